CREATE TABLE "ledger_chain" (
	"agency_code" text NOT NULL,
	"place" bigint NOT NULL,
	"kind" text NOT NULL,
	"record_id" text NOT NULL,
	"leaf" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"chained_at" timestamp (3) with time zone NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "ledger_chain_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	CONSTRAINT "ledger_chain_agency_code_place_pk" PRIMARY KEY("agency_code","place"),
	CONSTRAINT "ledger_chain_kind" CHECK (kind in ('entry', 'fact'))
);
--> statement-breakpoint
CREATE TABLE "ledger_seals" (
	"agency_code" text NOT NULL,
	"day" date NOT NULL,
	"first_place" bigint NOT NULL,
	"last_place" bigint NOT NULL,
	"root" text NOT NULL,
	"chain_hash" text NOT NULL,
	"previous_root" text,
	"kid" text NOT NULL,
	"jws" text NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_seals_agency_code_day_pk" PRIMARY KEY("agency_code","day"),
	CONSTRAINT "ledger_seals_places" CHECK (first_place >= 1 and last_place >= first_place - 1)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_chain_once" ON "ledger_chain" USING btree ("kind","record_id");--> statement-breakpoint
CREATE INDEX "ledger_chain_recent" ON "ledger_chain" USING btree ("kind","number");--> statement-breakpoint
-- by hand

-- The seal over the ledger: everybody in the agency may read it, the gateway's role adds signed days, and places are given by one function only.
alter table ledger_chain enable row level security;
--> statement-breakpoint
alter table ledger_chain force row level security;
--> statement-breakpoint
create policy tenant on ledger_chain using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
alter table ledger_seals enable row level security;
--> statement-breakpoint
alter table ledger_seals force row level security;
--> statement-breakpoint
create policy tenant on ledger_seals using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
grant select on ledger_chain to lephi_app;
--> statement-breakpoint
grant select, insert on ledger_seals to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on ledger_chain for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on ledger_chain for each statement execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only before update or delete on ledger_seals for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on ledger_seals for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- Days follow each other without a gap, each from the place behind the one before it.
create function lephi_guard_seal() returns trigger language plpgsql as $$
declare former record;
begin
  select day, last_place, root into former from ledger_seals where agency_code = new.agency_code order by day desc limit 1;
  if (found and (new.day <> former.day + 1 or new.first_place <> former.last_place + 1 or new.previous_root is distinct from former.root))
    or (not found and (new.first_place <> 1 or new.previous_root is not null)) then
    raise exception 'the seal of % for % does not follow the one before it', new.day, new.agency_code
      using errcode = '23514', constraint = 'ledger_seals_gapless';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger gapless before insert on ledger_seals for each row execute function lephi_guard_seal();
--> statement-breakpoint

-- The running hash of a chain: SHA-256 of the byte 2, the hash before, and the leaf.
create function lephi_chain_step(former bytea, leaf bytea, start bytea) returns bytea language sql immutable parallel safe as $$
  select sha256('\x02'::bytea || coalesce(former, start) || leaf)
$$;
--> statement-breakpoint
create aggregate lephi_chain_hash(leaf bytea, start bytea) (sfunc = lephi_chain_step, stype = bytea);
--> statement-breakpoint
create function lephi_utc(at timestamptz) returns text language sql stable parallel safe as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
--> statement-breakpoint

-- The first id that the search for records without a place looks at: 10,000 places back, where there are as many.
create function lephi_chain_floor(wanted text) returns text language sql stable as $$
  select case when count(*) < 10000 then '' else min(record_id) end
  from (select record_id from ledger_chain where kind = wanted order by number desc limit 10000) as recent
$$;
--> statement-breakpoint

-- Gives committed entries and facts their places, at most `batch` of them, and answers how many. Whoever commits late gets a later place. Several may call it:
-- one works, the others answer 0. `everything` looks at the whole ledger and not only at what is younger than the latest places. The canonical form is described
-- in domain/ledger-canonical.ts, where whoever verifies computes it anew.
create function lephi_chain_ledger(at timestamptz, batch integer, everything boolean) returns bigint
language plpgsql security definer set lephi.agency = '*' as $$
declare
  chained bigint;
  entries_from text := case when everything then '' else lephi_chain_floor('entry') end;
  facts_from text := case when everything then '' else lephi_chain_floor('fact') end;
begin
  if not pg_try_advisory_xact_lock(hashtext('lephi_ledger_chain')) then
    return 0;
  end if;
  with waiting as materialized (
    (select 'entry' as kind, id, agency_code from journal_entries as record
      where id >= entries_from and not exists (select from ledger_chain where kind = 'entry' and record_id = record.id) order by id limit batch)
    union all
    (select 'fact', id, agency_code from money_facts as record
      where id >= facts_from and not exists (select from ledger_chain where kind = 'fact' and record_id = record.id) order by id limit batch)),
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
    from (select id, tenant from chosen where kind = 'fact') as one join money_facts as fact using (id)),
  hashed as (
    select kind, id, tenant, sha256('\x00'::bytea || convert_to(text, 'UTF8')) as leaf from written),
  heads as (
    select tenant, coalesce(head.place, 0) as place, coalesce(head.hash, sha256(convert_to('lephi-ledger-chain-1' || E'\n' || tenant, 'UTF8'))) as hash,
      -- Never on a day that is sealed, nor before what was chained already, however the clocks of two processes differ.
      greatest(at, head.chained_at, ((sealed.day + 1)::timestamp at time zone 'UTC') - interval '7 hours') as chained_at
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
