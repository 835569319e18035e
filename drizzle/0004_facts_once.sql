DROP INDEX "money_facts_once";--> statement-breakpoint
ALTER TABLE "money_facts" ADD COLUMN "is_contested" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "money_facts_once" ON "money_facts" USING btree ("attempt_id","kind","reference","amount",coalesce(refund_id, ''));--> statement-breakpoint

-- What was really returned counts, once a provider has said it; and money is asked for once more when a refund is about to be sent.
create or replace function lephi_cap_refunds() returns trigger language plpgsql as $$
declare captured bigint; held numeric;
begin
  if new.status not in ('proposed', 'requested', 'approved', 'sending') then
    return null;
  end if;
  select amount_captured - amount_reversed into captured from attempts where id = new.attempt_id for update;
  select coalesce(sum(case when status = 'succeeded' then amount_refunded else amount end), 0) into held from refunds
    where attempt_id = new.attempt_id and status not in ('rejected', 'failed', 'withdrawn');
  if captured is null or held > captured then
    raise exception 'refunds of % would be % of % captured', new.attempt_id, held, captured using errcode = '23514', constraint = 'refunds_cap';
  end if;
  return null;
end $$;
--> statement-breakpoint

-- A delivery's id sorts by its event's time and is told from every other by a hash of event and endpoint; two endpoints never share one.
create or replace function lephi_fan_out() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  insert into webhook_deliveries (id, agency_code, webhook_endpoint_id, event_id, event_type, next_attempt_at, created_at)
  select 'whd_' || substr(new.id, 5, 10) || substr(md5(new.id || endpoint.id), 1, 22), endpoint.agency_code, endpoint.id, new.id, new.type, new.created_at, new.created_at
  from webhook_endpoints as endpoint
  where endpoint.disabled_at is null
    and (endpoint.agency_code = new.agency_code or starts_with(new.agency_code, endpoint.agency_code || '.'))
    and (endpoint.event_types is null or new.type = any(endpoint.event_types));
  return null;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_fan_out() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint

-- Evidence is kept as it came: of a callback only the answer may be noted afterwards.
revoke update on callbacks from lephi_app;
--> statement-breakpoint
grant update (verdict) on callbacks to lephi_app;
