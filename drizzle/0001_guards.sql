-- What the table definitions cannot say: the application's role, row-level security, an append-only and balanced ledger, the refund cap,
-- and the numbering of the event feed. None of this trusts the application.

do $$
begin
  create role lephi_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
exception when duplicate_object or unique_violation then
  null; -- Roles belong to the cluster; another database may have made it.
end $$;
--> statement-breakpoint
do $$
begin
  if not pg_has_role(current_user, 'lephi_app', 'member') then
    execute format('grant lephi_app to %I', current_user);
  end if;
exception when unique_violation then
  null;
end $$;
--> statement-breakpoint
do $$ begin execute format('grant usage on schema %I to lephi_app', current_schema()); end $$;
--> statement-breakpoint

-- The caller's agency subtree. An unset scope covers nothing; '*' is the gateway's own jobs.
create function lephi_covers(code text) returns boolean language sql stable as $$
  select coalesce(
    current_setting('lephi.agency', true) = '*'
      or code = current_setting('lephi.agency', true)
      or starts_with(code, nullif(current_setting('lephi.agency', true), '') || '.'),
    false)
$$;
--> statement-breakpoint
do $$
declare owned record;
begin
  for owned in select distinct table_name from information_schema.columns
    where table_schema = current_schema() and column_name = 'agency_code'
  loop
    execute format('alter table %I enable row level security', owned.table_name);
    execute format('alter table %I force row level security', owned.table_name);
    execute format('create policy tenant on %I using (lephi_covers(agency_code)) with check (lephi_covers(agency_code))', owned.table_name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on journal_entries, postings, money_facts, events, receipts, statement_chunks to lephi_app;
--> statement-breakpoint
grant select, insert, update on agencies, merchant_accounts, merchant_account_keys, fee_schedules, clients, signing_keys, orders,
  attempts, refunds, receipt_series, discrepancies, callbacks, webhook_endpoints, webhook_deliveries, statements, reconciliations to lephi_app;
--> statement-breakpoint
grant select, insert on order_lines to lephi_app;
--> statement-breakpoint
grant select, insert, delete on idempotency_keys, statement_lines, reconciliation_items to lephi_app;
--> statement-breakpoint
grant select, insert, update, delete on job_leases to lephi_app;
--> statement-breakpoint

-- Refuses when a statement that must change exactly `wanted` rows did not: somebody else changed the order first, so the whole
-- transaction is undone and tried again from a fresh reading.
create function lephi_expect(actual bigint, wanted bigint, what text) returns void language plpgsql as $$
begin
  if actual is distinct from wanted then
    raise exception 'changed by somebody else: %', what using errcode = '40001';
  end if;
end $$;
--> statement-breakpoint

-- Append-only, for everybody who does not switch triggers off as a superuser.
create function lephi_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: a wrong row is corrected by another row', tg_table_name using errcode = '55000';
end $$;
--> statement-breakpoint
create trigger append_only before update or delete on journal_entries for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on journal_entries for each statement execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only before update or delete on postings for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on postings for each statement execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only before update or delete on money_facts for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on money_facts for each statement execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only before update or delete on receipts for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on receipts for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- An event may be given its place in the feed, once; nothing else about it ever changes.
create function lephi_guard_event() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.position is null and new.position is not null
    and to_jsonb(new) - 'position' = to_jsonb(old) - 'position' then
    return new;
  end if;
  raise exception 'events is append-only' using errcode = '55000';
end $$;
--> statement-breakpoint
create trigger append_only before update or delete on events for each row execute function lephi_guard_event();
--> statement-breakpoint
create trigger append_only_truncate before truncate on events for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- Double entry: at commit every journal entry has at least two postings, and they sum to zero.
create function lephi_check_balance() returns trigger language plpgsql as $$
declare
  entry text := case when tg_table_name = 'postings' then to_jsonb(new) ->> 'entry_id' else to_jsonb(new) ->> 'id' end;
  lines bigint;
  total numeric;
begin
  select count(*), coalesce(sum(amount), 0) into lines, total from postings where entry_id = entry;
  if lines < 2 or total <> 0 then
    raise exception 'journal entry % does not balance: % postings, sum %', entry, lines, total using errcode = '23514', constraint = 'ledger_balanced';
  end if;
  return null;
end $$;
--> statement-breakpoint
create constraint trigger ledger_balanced after insert on journal_entries deferrable initially deferred
  for each row execute function lephi_check_balance();
--> statement-breakpoint
create constraint trigger ledger_balanced after insert on postings deferrable initially deferred
  for each row execute function lephi_check_balance();
--> statement-breakpoint

-- The refund cap: what may still be refunded of an attempt is what was captured and not reversed, less every refund that is not refused. It
-- binds what people ask for; it never stands in the way of what a provider says has happened.
create function lephi_cap_refunds() returns trigger language plpgsql as $$
declare captured bigint; held numeric;
begin
  if new.status not in ('proposed', 'requested', 'approved') then
    return null;
  end if;
  select amount_captured - amount_reversed into captured from attempts where id = new.attempt_id for update;
  select coalesce(sum(amount), 0) into held from refunds
    where attempt_id = new.attempt_id and status not in ('rejected', 'failed', 'withdrawn');
  if captured is null or held > captured then
    raise exception 'refunds of % would be % of % captured', new.attempt_id, held, captured using errcode = '23514', constraint = 'refunds_cap';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger refunds_cap after insert or update of status, amount on refunds for each row execute function lephi_cap_refunds();
--> statement-breakpoint

-- Gives every committed event without a place the next ones. Run before the feed is read: an event that commits late gets a later place, so a
-- reader that remembers its last place never passes one by. Within one subject the places follow its sequence.
create function lephi_number_events() returns void language plpgsql security definer set lephi.agency = '*' as $$
begin
  if not exists (select from events where position is null) then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('lephi_number_events'));
  update events set position = placed.place
  from (
    select id, (select coalesce(max(position), 0) from events) + row_number() over (order by since, subject_id, sequence) as place
    from (
      select id, subject_id, sequence, max(created_at) over (partition by subject_id order by sequence) as since
      from events where position is null
    ) as waiting
  ) as placed
  where events.id = placed.id and events.position is null;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_number_events() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint

-- The outbox: an event and the webhooks that it owes are one write. An endpoint hears of its own agency and of those below it.
create function lephi_fan_out() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  insert into webhook_deliveries (id, agency_code, webhook_endpoint_id, event_id, event_type, next_attempt_at, created_at)
  select 'whd_' || substr(new.id, 5) || substr(md5(endpoint.id), 1, 6), endpoint.agency_code, endpoint.id, new.id, new.type, new.created_at, new.created_at
  from webhook_endpoints as endpoint
  where endpoint.disabled_at is null
    and (endpoint.agency_code = new.agency_code or starts_with(new.agency_code, endpoint.agency_code || '.'))
    and (endpoint.event_types is null or new.type = any(endpoint.event_types));
  return null;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_fan_out() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
create trigger fan_out after insert on events for each row execute function lephi_fan_out();
