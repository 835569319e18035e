ALTER TABLE "ledger_chain" DROP CONSTRAINT "ledger_chain_kind";--> statement-breakpoint
ALTER TABLE "ledger_seals" ADD COLUMN "format" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "ledger_chain" ADD CONSTRAINT "ledger_chain_kind" CHECK (kind in ('entry', 'fact', 'event'));--> statement-breakpoint
-- by hand

-- As before, with events as a third kind of record, except the one that tells of a seal, which is signed itself; and by the earlier of two clocks. Events that
-- were there before get their places first, as they stand now.
-- Gives committed entries, facts and events their places, at most `batch` of them, and answers how many. Whoever commits late gets a later place. Several may call
-- it: one works, the others answer 0. `everything` looks at the whole ledger and not only at what is younger than the latest places. The canonical form is
-- described in domain/ledger-canonical.ts, where whoever verifies computes it anew.
create or replace function lephi_chain_ledger(at timestamptz, batch integer, everything boolean) returns bigint
language plpgsql security definer set lephi.agency = '*' as $$
declare
  chained bigint;
  entries_from text := case when everything then '' else lephi_chain_floor('entry') end;
  facts_from text := case when everything then '' else lephi_chain_floor('fact') end;
  events_from text := case when everything then '' else lephi_chain_floor('event') end;
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
do $$ begin execute format('alter function lephi_chain_ledger(timestamptz, integer, boolean) set search_path = %I, pg_temp', current_schema()); end $$;
