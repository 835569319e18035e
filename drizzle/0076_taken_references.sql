CREATE TABLE "taken_references" (
	"merchant_account_id" text NOT NULL,
	"kind" text NOT NULL,
	"reference" text NOT NULL,
	"agency_code" text NOT NULL,
	"taken_by" text NOT NULL,
	CONSTRAINT "taken_references_pkey" PRIMARY KEY("merchant_account_id","kind","reference","agency_code"),
	CONSTRAINT "taken_references_kind" CHECK (kind in ('attempt', 'refund', 'transfer', 'bounce'))
);
--> statement-breakpoint
-- by hand

-- The keys of the schema come to hold the agency, so that it can be spread over servers by it (src/store/schema/placement.ts). What must be one over several agencies
-- is kept here first: a number under a merchant account, which may serve the agencies below its own. Other files build the new keys beside the old, prove what
-- refers to them, and put them in the place of the old.
alter table taken_references enable row level security;
--> statement-breakpoint
alter table taken_references force row level security;
--> statement-breakpoint
create policy tenant on taken_references using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
grant select on taken_references to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on taken_references for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on taken_references for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- Takes the number in one column of a row, as a unique index over all agencies would, and refuses under that index's name: whoever is second waits for the first. What was
-- taken once stays taken, also by one that has another number since. Arguments: the kind, the column, the name.
create function lephi_take_reference() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare
  wanted text := to_jsonb(new) ->> tg_argv[1];
  holder text;
begin
  insert into taken_references (merchant_account_id, kind, reference, agency_code, taken_by)
  values (new.merchant_account_id, tg_argv[0], wanted,
    coalesce((select agency_code from merchant_accounts where id = new.merchant_account_id), new.agency_code), new.id)
  on conflict do nothing;
  if not found then
    select taken_by into holder from taken_references
      where merchant_account_id = new.merchant_account_id and kind = tg_argv[0] and reference = wanted;
    if holder is distinct from new.id then
      raise exception 'the number of % is that of another %', new.id, tg_argv[0] using errcode = '23505', constraint = tg_argv[2];
    end if;
  end if;
  return null;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_take_reference() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
-- Nobody makes a trigger of his own with it, which would take numbers of others' accounts.
revoke all on function lephi_take_reference() from public;
--> statement-breakpoint
create trigger take_reference after insert or update of merchant_account_id, merchant_reference on attempts for each row
  execute function lephi_take_reference('attempt', 'merchant_reference', 'attempts_merchant_account_id_merchant_reference_index');
--> statement-breakpoint
create trigger take_reference after insert or update of merchant_account_id, merchant_reference on refunds for each row
  execute function lephi_take_reference('refund', 'merchant_reference', 'refunds_merchant_account_id_merchant_reference_index');
--> statement-breakpoint
create trigger take_transfer after insert or update of merchant_account_id, bank_reference, transfer_key on refunds for each row when (new.transfer_key is not null)
  execute function lephi_take_reference('transfer', 'transfer_key', 'refunds_bank_reference');
--> statement-breakpoint
create trigger take_bounce after insert or update of merchant_account_id, bounce_reference, bounce_key on refunds for each row when (new.bounce_key is not null)
  execute function lephi_take_reference('bounce', 'bounce_key', 'refunds_bounce_reference');
--> statement-breakpoint

-- What is unique for an account, a client or an endpoint is so because each has one agency for ever.
create function lephi_keep_agency() returns trigger language plpgsql as $$
begin
  raise exception '% stays with its agency', old.id using errcode = '23514', constraint = 'agency_kept';
end $$;
--> statement-breakpoint
create trigger agency_kept before update of agency_code on merchant_accounts for each row when (new.agency_code is distinct from old.agency_code)
  execute function lephi_keep_agency();
--> statement-breakpoint
create trigger agency_kept before update of agency_code on clients for each row when (new.agency_code is distinct from old.agency_code)
  execute function lephi_keep_agency();
--> statement-breakpoint
create trigger agency_kept before update of agency_code on webhook_endpoints for each row when (new.agency_code is distinct from old.agency_code)
  execute function lephi_keep_agency();
--> statement-breakpoint

-- A first answer was kept under the agency that it was about, so that one key of a client could be one in each agency below it: it is the client's. Until no process of a
-- former version is left, what such a one writes is put right here.
create function lephi_own_first_answer() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  new.agency_code := coalesce((select agency_code from clients where id = new.client_id), new.agency_code);
  return new;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_own_first_answer() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
create trigger own_first_answer before insert on idempotency_keys for each row execute function lephi_own_first_answer();
--> statement-breakpoint
revoke all on function lephi_own_first_answer() from public;
--> statement-breakpoint
-- Not every caller is a row of clients: one whom another issuer vouches for has the agency of its token, which may be another one with the next. And a former version kept
-- such a one's keys under the agency that they were about. So a key is one over all agencies, whoever's it is; its name is after the trigger's that puts the agency right.
create function lephi_single_first_answer() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(new.client_id || chr(1) || new.route || chr(1) || new.key, 11));
  if exists (
    select from idempotency_keys as kept
    where kept.client_id = new.client_id and kept.route = new.route and kept.key = new.key and kept.agency_code <> new.agency_code) then
    raise exception 'the key is taken already' using errcode = '23505', constraint = 'idempotency_keys_client_id_route_key_pk';
  end if;
  return new;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_single_first_answer() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
revoke all on function lephi_single_first_answer() from public;
--> statement-breakpoint
create trigger single_first_answer before insert on idempotency_keys for each row execute function lephi_single_first_answer();
--> statement-breakpoint
-- As before; and it may become its client's.
create or replace function lephi_guard_first_answer() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - 'agency_code' = to_jsonb(old) - 'agency_code'
    and new.agency_code = (select agency_code from clients where id = old.client_id) then
    return new;
  end if;
  if lephi_sealing_key_of_text(old.response_body) is null or lephi_sealing_key_of_text(new.response_body) is null
    or not lephi_is_resealed(decode(old.response_body, 'base64'), decode(new.response_body, 'base64')) then
    raise exception 'a first answer stays as it was given' using errcode = '55000', constraint = 'envelope_kept';
  end if;
  return new;
end $$;
