-- The search for what has no place yet, and the places of the feed, cost what is new and not what was there, squared.

-- Gives committed events without a place the next ones, at most 10,000 in one call, the first in the feed's order, and answers how many; whoever wants the others calls again. Within one subject the
-- places follow its sequence. Each is looked up by its key: the partial index of those without a place is nearly empty whenever it is analyzed, so that PostgreSQL compared each waiting event with
-- each, 2,000 of them for 1.7 s.
create function lephi_number_batch() returns integer language plpgsql security definer set lephi.agency = '*' as $$
declare
  numbered integer;
begin
  if not exists (select from events where position is null) then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtext('lephi_number_events'));
  update events set position = placed.place
  from (
    select id, agency_code, (select coalesce(max(position), 0) from events) + row_number() over (order by since, subject_id, sequence) as place
    from (
      select id, agency_code, subject_id, sequence, max(created_at) over (partition by subject_id order by sequence) as since
      from events where position is null
    ) as waiting
    order by since, subject_id, sequence limit 10000
  ) as placed
  where events.id = placed.id and events.agency_code = placed.agency_code;
  get diagnostics numbered = row_count;
  return numbered;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_number_batch() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint

-- Run before the feed is read: an event that commits late gets a later place, so a reader that remembers its last place never passes one by.
create or replace function lephi_number_events() returns void language plpgsql security definer set lephi.agency = '*' as $$
begin
  perform lephi_number_batch();
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_number_events() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint

-- As before: an event gets its place once, and nothing else of it changes. Compared byte by byte, and not as JSON, which was half of what a place cost.
create or replace function lephi_guard_event() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.position is null and new.position is not null then
    old.position := new.position;
    if new *= old then
      return new;
    end if;
  end if;
  raise exception 'events is append-only' using errcode = '55000';
end $$;
--> statement-breakpoint

-- The first id that the search for records without a place looks at: so many places back, where there are as many. Null: at all. Planned with the number in it: PostgreSQL takes a limit that it does not know
-- for a tenth of all, and would read and sort every place that there is.
create function lephi_chain_floor(wanted text, reach integer) returns text language plpgsql stable as $$
declare
  first_id text;
begin
  if reach is null then
    return '';
  end if;
  execute format(
    'select case when count(*) < %1$s then %2$L else min(record_id) end from (select record_id from ledger_chain where kind = $1 order by number desc limit %1$s) as recent', reach, '')
    into first_id using wanted;
  return first_id;
end $$;
--> statement-breakpoint

-- Gives committed entries, facts and events their places, at most `batch` of them, and answers how many. Whoever commits late gets a later place. Several may call
-- it: one works, the others answer 0. It looks at what is younger than the latest `reach` places of each kind, or at the whole ledger where that is null. The canonical form is
-- described in domain/ledger-canonical.ts, where whoever verifies computes it anew.
create function lephi_chain_latest(at timestamptz, batch integer, reach integer) returns bigint
language plpgsql security definer set lephi.agency = '*' as $$
declare
  chained bigint;
  entries_from text := lephi_chain_floor('entry', reach);
  facts_from text := lephi_chain_floor('fact', reach);
  events_from text := lephi_chain_floor('event', reach);
begin
  if not pg_try_advisory_xact_lock(hashtext('lephi_ledger_chain')) then
    return 0;
  end if;
  with waiting as materialized (
    (select 'entry' as kind, id, agency_code from journal_entries as record
      where id >= entries_from and not exists (select from ledger_chain where kind = 'entry' and record_id = record.id) order by id limit batch)
    union all
    (select 'fact', id, agency_code from money_facts as record
      where id >= facts_from and not exists (select from ledger_chain where kind = 'fact' and record_id = record.id) order by id limit batch)
    union all
    (select 'event', id, agency_code from events as record
      where id >= events_from and type <> 'ledger.sealed' and not exists (select from ledger_chain where kind = 'event' and record_id = record.id)
      order by id limit batch)),
  chosen as materialized (
    -- Ids sort by time behind their prefix.
    select kind, id, split_part(agency_code, '.', 1) as tenant from waiting order by substr(id, 5) collate "C", kind limit batch),
  lines as (
    select posting.entry_id as id,
      array_to_json(array_agg(array[line_no::text, agency_code, account, merchant_account_id, order_id, amount::text, business_day::text] order by line_no)) as text
    from postings as posting where posting.entry_id in (select id from chosen where kind = 'entry') group by posting.entry_id),
  written as (
    select 'entry' as kind, id, tenant, array_to_json(array['lephi-entry-1', entry.id, entry.agency_code, entry.kind, entry.order_id, entry.attempt_id, entry.refund_id,
        entry.fact_id, entry.memo, entry.subject, entry.business_day::text, lephi_utc(entry.occurred_at), lephi_utc(entry.posted_at)])::text
        || E'\n' || coalesce(lines.text::text, '[]') as text
    from (select id, tenant from chosen where kind = 'entry') as one join journal_entries as entry using (id) left join lines using (id)
    union all
    select 'fact', id, tenant, array_to_json(array['lephi-fact-1', fact.id, fact.agency_code, fact.order_id, fact.attempt_id, fact.refund_id,
        fact.merchant_account_id, fact.kind, fact.reference, fact.amount::text, fact.source, fact.code, lephi_utc(fact.occurred_at),
        lephi_utc(fact.received_at), case when fact.is_contested then 'true' else 'false' end, fact.sequence::text, fact.business_day::text])::text
    from (select id, tenant from chosen where kind = 'fact') as one join money_facts as fact using (id)
    union all
    select 'event', id, tenant, array_to_json(array['lephi-event-1', event.id, event.agency_code, event.type, event.subject_id, event.order_id,
        event.sequence::text, event.data::text, event.hash, lephi_utc(event.created_at)])::text
    from (select id, tenant from chosen where kind = 'event') as one join events as event using (id)),
  hashed as materialized (
    select kind, id, tenant, sha256('\x00'::bytea || convert_to(text, 'UTF8')) as leaf from written),
  heads as materialized (
    select tenant, coalesce(head.place, 0) as place, coalesce(head.hash, sha256(convert_to('lephi-ledger-chain-1' || E'\n' || tenant, 'UTF8'))) as hash,
      -- Never on a day that is sealed, nor before what was chained already, however the clocks of two processes differ.
      greatest(least(at, lephi_clock()), head.chained_at, ((sealed.day + 1)::timestamp at time zone 'UTC') - interval '7 hours') as chained_at
    from (select distinct tenant from chosen) as tenants
    left join lateral (select place, hash, chained_at from ledger_chain where agency_code = tenant order by place desc limit 1) as head on true
    left join lateral (select day from ledger_seals where agency_code = tenant order by day desc limit 1) as sealed on true)
  insert into ledger_chain (agency_code, place, kind, record_id, leaf, hash, chained_at)
  select tenant, heads.place + row_number() over behind, kind, id, leaf, lephi_chain_hash(leaf, heads.hash) over behind, heads.chained_at
  from hashed join heads using (tenant)
  window behind as (partition by tenant order by substr(id, 5) collate "C", kind)
  order by tenant, row_number() over behind;
  get diagnostics chained = row_count;
  return chained;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_chain_latest(timestamptz, integer, integer) set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint

-- What the version before calls.
create or replace function lephi_chain_ledger(at timestamptz, batch integer, everything boolean) returns bigint
language sql security definer set lephi.agency = '*' as $$
  select lephi_chain_latest(at, batch, case when everything then null else 10000 end)
$$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_chain_ledger(timestamptz, integer, boolean) set search_path = %I, pg_temp', current_schema()); end $$;
