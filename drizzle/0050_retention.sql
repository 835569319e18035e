CREATE TABLE "legal_holds" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"kind" text NOT NULL,
	"object_id" text NOT NULL,
	"reason" text NOT NULL,
	"placed_by" text NOT NULL,
	"placed_at" timestamp (3) with time zone NOT NULL,
	"released_by" text,
	"released_at" timestamp (3) with time zone,
	"release_reason" text,
	CONSTRAINT "legal_holds_kind" CHECK (kind in ('order', 'merchant_account')),
	CONSTRAINT "legal_holds_released" CHECK ((released_at is null) = (released_by is null) and (released_at is null) = (release_reason is null))
);
--> statement-breakpoint
CREATE TABLE "retention_passes" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"cutoff" timestamp (3) with time zone NOT NULL,
	"due" integer NOT NULL,
	"held" integer NOT NULL,
	"erased" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "callbacks" ALTER COLUMN "sealed" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "erased_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "statements" ADD COLUMN "erased_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "legal_holds_active" ON "legal_holds" USING btree ("object_id") WHERE released_at is null;--> statement-breakpoint
-- by hand

alter table legal_holds enable row level security;
--> statement-breakpoint
alter table legal_holds force row level security;
--> statement-breakpoint
create policy tenant on legal_holds using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- What a hold is about never changes; it is released, once.
grant select, insert on legal_holds to lephi_app;
--> statement-breakpoint
grant update (released_by, released_at, release_reason) on legal_holds to lephi_app;
--> statement-breakpoint
create function lephi_guard_hold() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.released_at is null and new.released_at is not null then
    return new;
  end if;
  raise exception 'hold % was released, and none goes', old.id using errcode = '55000';
end $$;
--> statement-breakpoint
create trigger released_once before update or delete on legal_holds for each row execute function lephi_guard_hold();
--> statement-breakpoint
grant select, insert on retention_passes to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on retention_passes for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on retention_passes for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- The least time that the database itself asks for before anything is erased, by its own clock: five years for what a booking rests on, which is the shortest class of
-- accounting documents (NĐ 174/2016/NĐ-CP, Điều 12), a hundred days for the rest. The terms that hold are the application's and longer (domain/retention.ts).
create function lephi_may_erase(written_at timestamptz, is_accounting boolean) returns boolean language sql volatile as $$
  select coalesce(written_at < lephi_clock() - case when is_accounting then interval '5 years' else interval '100 days' end, false)
$$;
--> statement-breakpoint

-- As before; and what has been kept long enough is erased.
create or replace function lephi_guard_callback_envelope() returns trigger language plpgsql as $$
begin
  if not row_security_active(tg_relid) or lephi_is_resealed(old.sealed, new.sealed) then
    return new;
  end if;
  if old.sealed is not null and new.sealed is null and new.erased_at is not null and lephi_may_erase(old.received_at, old.reading = 'genuine') then
    return new;
  end if;
  if new.sealed is not distinct from old.sealed and new.erased_at is not distinct from old.erased_at then
    return new;
  end if;
  raise exception 'callback % is evidence: what it holds can be sealed anew and not be changed', old.id using errcode = '55000', constraint = 'envelope_kept';
end $$;
--> statement-breakpoint
drop trigger keep_envelope on callbacks;
--> statement-breakpoint
create trigger keep_envelope before update of sealed, erased_at on callbacks for each row execute function lephi_guard_callback_envelope();
--> statement-breakpoint
grant update (erased_at) on callbacks to lephi_app;
--> statement-breakpoint
create or replace function lephi_guard_payer_envelope() returns trigger language plpgsql as $$
begin
  if row_security_active(tg_relid) and new.payer_sealed is distinct from old.payer_sealed and not lephi_is_resealed(old.payer_sealed, new.payer_sealed)
    and not (new.payer_sealed is null and old.status <> 'open' and lephi_may_erase(old.created_at, false)) then
    raise exception 'the payer of order % stays who it is', old.id using errcode = '55000', constraint = 'envelope_kept';
  end if;
  return new;
end $$;
--> statement-breakpoint
create or replace function lephi_guard_payee() returns trigger language plpgsql as $$
begin
  if new.payee_account is not distinct from old.payee_account and new.payee_version = old.payee_version and (
    lephi_is_resealed(old.payee_sealed, new.payee_sealed)
    or (new.payee_sealed is null and old.status in ('succeeded', 'failed', 'rejected', 'withdrawn') and lephi_may_erase(old.created_at, false))) then
    return new;
  end if;
  if old.payee_account is not null or old.method = 'provider' or old.status not in ('proposed', 'requested') or new.payee_version <> old.payee_version + 1 then
    raise exception 'who gets refund % is settled', old.id using errcode = '23514', constraint = 'refund_payee_settled';
  end if;
  return new;
end $$;
--> statement-breakpoint

-- A statement is erased once, and then its file and the texts of its lines may go.
create function lephi_guard_erasing() returns trigger language plpgsql as $$
begin
  if new.erased_at is distinct from old.erased_at
    and not (old.erased_at is null and old.status in ('imported', 'rejected') and lephi_may_erase(old.created_at, old.status = 'imported')) then
    raise exception 'statement % is evidence', old.id using errcode = '55000', constraint = 'evidence_kept';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger keep_evidence before update of erased_at on statements for each row execute function lephi_guard_erasing();
--> statement-breakpoint
create or replace function lephi_keep_evidence() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if exists (select from statements where id = old.statement_id and erased_at is null) then
    raise exception 'the file of statement % is evidence', old.statement_id using errcode = '55000';
  end if;
  return old;
end $$;
--> statement-breakpoint
create function lephi_guard_line_text() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if new.description is not null or new.counterparty is not null
    or not exists (select from statements where id = old.statement_id and erased_at is not null) then
    raise exception 'line % of statement % is evidence', old.line, old.statement_id using errcode = '55000', constraint = 'evidence_kept';
  end if;
  return new;
end $$;
--> statement-breakpoint
do $$
declare guard text;
begin
  foreach guard in array array['lephi_keep_evidence()', 'lephi_guard_line_text()'] loop
    execute format('alter function %s set search_path = %I, pg_temp', guard, current_schema());
  end loop;
end $$;
--> statement-breakpoint
create trigger keep_evidence before update of description, counterparty on statement_lines for each row
  when (row_security_active('statement_lines')) execute function lephi_guard_line_text();
--> statement-breakpoint
grant update (description, counterparty) on statement_lines to lephi_app;
--> statement-breakpoint
create function lephi_guard_credit_text() returns trigger language plpgsql as $$
begin
  if row_security_active(tg_relid) and not (new.text is null and old.status <> 'open' and lephi_may_erase(old.opened_at, true)) then
    raise exception 'what was told of % is evidence', old.id using errcode = '55000', constraint = 'evidence_kept';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger keep_evidence before update of text on quarantine for each row execute function lephi_guard_credit_text();
--> statement-breakpoint
grant update (text) on quarantine to lephi_app;
--> statement-breakpoint
create function lephi_guard_words() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if exists (select from orders where id = old.order_id and (status = 'open' or not lephi_may_erase(created_at, true))) then
    raise exception 'order % is found by the name of its payer', old.order_id using errcode = '55000', constraint = 'evidence_kept';
  end if;
  return old;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_guard_words() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
create trigger keep_words before delete on payer_words for each row execute function lephi_guard_words();
--> statement-breakpoint
grant delete on payer_words to lephi_app;
--> statement-breakpoint
create function lephi_guard_session() returns trigger language plpgsql as $$
begin
  if not lephi_may_erase(old.seen_at, false) then
    raise exception 'session % is too young to be forgotten', old.id using errcode = '55000', constraint = 'evidence_kept';
  end if;
  return old;
end $$;
--> statement-breakpoint
create trigger keep_session before delete on staff_sessions for each row execute function lephi_guard_session();
--> statement-breakpoint
grant delete on staff_sessions to lephi_app;
--> statement-breakpoint
-- The record of reading is still only added to; a row goes when it has been kept long enough.
create function lephi_guard_audit() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and lephi_may_erase(old.at, true) then
    return old;
  end if;
  raise exception 'audit_log is append-only: a row goes when it has been kept long enough' using errcode = '55000';
end $$;
--> statement-breakpoint
drop trigger append_only on audit_log;
--> statement-breakpoint
create trigger append_only before update or delete on audit_log for each row execute function lephi_guard_audit();
--> statement-breakpoint
grant delete on audit_log to lephi_app;
