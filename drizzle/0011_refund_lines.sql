CREATE TABLE "disputes" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"order_id" text NOT NULL,
	"attempt_id" text NOT NULL,
	"merchant_account_id" text NOT NULL,
	"kind" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"reason" text NOT NULL,
	"amount" bigint NOT NULL,
	"reference" text,
	"respond_by" date NOT NULL,
	"sent_refunds" text[] DEFAULT '{}' NOT NULL,
	"opened_by" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"note" text,
	"closed_by" text,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "disputes_kind" CHECK (kind in ('chargeback', 'complaint', 'tracing')),
	CONSTRAINT "disputes_status" CHECK ((status = 'open' and closed_at is null) or (status = 'closed' and closed_at is not null)),
	CONSTRAINT "disputes_outcome" CHECK ((outcome is null) = (status = 'open') and outcome in ('won', 'lost', 'withdrawn')),
	CONSTRAINT "disputes_amount" CHECK (amount > 0),
	CONSTRAINT "disputes_four_eyes" CHECK (closed_by is null or closed_by <> opened_by)
);
--> statement-breakpoint
CREATE TABLE "refund_lines" (
	"refund_id" text NOT NULL,
	"order_id" text NOT NULL,
	"line_no" integer NOT NULL,
	"agency_code" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "refund_lines_refund_id_line_no_pk" PRIMARY KEY("refund_id","line_no"),
	CONSTRAINT "refund_lines_amount" CHECK (amount > 0)
);
--> statement-breakpoint
ALTER TABLE "fee_schedules" ADD COLUMN "refundable_when_rejected" boolean;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "reason_code" text;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_attempt_id_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."attempts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refund_lines" ADD CONSTRAINT "refund_lines_refund_id_refunds_id_fk" FOREIGN KEY ("refund_id") REFERENCES "public"."refunds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refund_lines" ADD CONSTRAINT "refund_lines_order_id_line_no_order_lines_order_id_line_no_fk" FOREIGN KEY ("order_id","line_no") REFERENCES "public"."order_lines"("order_id","line_no") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "disputes_one_open" ON "disputes" USING btree ("attempt_id") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "disputes_attempt_id_index" ON "disputes" USING btree ("attempt_id");--> statement-breakpoint
CREATE INDEX "disputes_order_id_index" ON "disputes" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "disputes_agency_code_id_index" ON "disputes" USING btree ("agency_code","id");--> statement-breakpoint
CREATE INDEX "refund_lines_order_id_index" ON "refund_lines" USING btree ("order_id");--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_reason_code" CHECK (reason_code in ('dossier_rejected', 'overcharged', 'duplicate', 'other'));--> statement-breakpoint
-- by hand
alter table refund_lines enable row level security;
--> statement-breakpoint
alter table refund_lines force row level security;
--> statement-breakpoint
create policy tenant on refund_lines using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
alter table disputes enable row level security;
--> statement-breakpoint
alter table disputes force row level security;
--> statement-breakpoint
create policy tenant on disputes using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
grant select, insert on refund_lines, disputes to lephi_app;
--> statement-breakpoint
grant update (status, outcome, note, closed_by, closed_at) on disputes to lephi_app;
--> statement-breakpoint
create trigger append_only before update or delete on refund_lines for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on refund_lines for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- Refunds of an order's money that were asked for before lines were kept: spread over the order's lines, cumulated and rounded half up.
do $$
begin
  perform set_config('lephi.agency', '*', true);
  insert into refund_lines (refund_id, order_id, line_no, agency_code, amount)
  select refund_id, order_id, line_no, agency_code, amount from (
    select refund.id as refund_id, line.order_id, line.line_no, line.agency_code,
      (round(line.up_to * refund.amount / line.total) - round((line.up_to - line.amount) * refund.amount / line.total))::bigint as amount
    from refunds as refund join (
      select order_id, line_no, agency_code, amount, sum(amount) over (partition by order_id order by line_no) as up_to, sum(amount) over (partition by order_id) as total
      from order_lines) as line on line.order_id = refund.order_id
    where refund.source = 'order' and line.total > 0) as spread
  where amount > 0;
  perform set_config('lephi.agency', '', true);
end $$;
--> statement-breakpoint

-- What each refund takes of each line: nothing once it was refused, what was asked while it is under way, and then what went back, spread over its lines,
-- cumulated and rounded half up, so that the parts add up to it.
create view refund_line_amounts with (security_invoker = true) as
select part.refund_id, part.order_id, part.line_no, part.agency_code, line.kind, line.fee_code, refund.status, part.amount as asked,
  case
    when refund.status in ('rejected', 'failed', 'withdrawn') then 0
    when refund.status = 'succeeded' then (round(part.up_to * refund.amount_refunded / refund.amount) - round((part.up_to - part.amount) * refund.amount_refunded / refund.amount))::bigint
    else part.amount
  end as taken
from (
  select refund_id, order_id, line_no, agency_code, amount, sum(amount) over (partition by order_id, refund_id order by line_no) as up_to from refund_lines) as part
join refunds as refund on refund.id = part.refund_id
join order_lines as line on line.order_id = part.order_id and line.line_no = part.line_no;
--> statement-breakpoint
grant select on refund_line_amounts to lephi_app;
--> statement-breakpoint

-- The cap of a line: refunds never take more of it than it cost, and one that is not finished is the only one that touches it. Binds what people ask for; what a
-- provider says has happened is never in its way.
create function lephi_cap_refund_lines() returns trigger language plpgsql as $$
declare subject text := coalesce(to_jsonb(new) ->> 'refund_id', to_jsonb(new) ->> 'id'); line record;
begin
  -- Refunds of one order go one after the other.
  perform from orders where id = new.order_id for update;
  perform from refunds where id = subject and status in ('requested', 'approved', 'sending');
  if not found then
    return null;
  end if;
  for line in
    select priced.line_no, priced.amount, sum(part.taken) as taken,
      count(*) filter (where part.status in ('proposed', 'requested', 'approved', 'sending', 'pending', 'unknown')) as open
    from order_lines as priced join refund_line_amounts as part on part.order_id = priced.order_id and part.line_no = priced.line_no
    where priced.order_id = new.order_id and part.order_id = new.order_id
      and priced.line_no in (select line_no from refund_lines where refund_id = subject)
    group by priced.line_no, priced.amount
  loop
    if line.taken > line.amount then
      raise exception 'refunds of line % of % would be % of %', line.line_no, new.order_id, line.taken, line.amount using errcode = '23514', constraint = 'refund_lines_cap';
    elsif line.open > 1 then
      raise exception 'line % of % has another open refund', line.line_no, new.order_id using errcode = '23514', constraint = 'refund_lines_one_open';
    end if;
  end loop;
  return null;
end $$;
--> statement-breakpoint
create trigger refund_lines_cap after insert on refund_lines for each row execute function lephi_cap_refund_lines();
--> statement-breakpoint
create trigger refund_lines_cap after update of status on refunds for each row execute function lephi_cap_refund_lines();
--> statement-breakpoint

-- The lines of a refund add up to it.
create function lephi_check_refund_lines() returns trigger language plpgsql as $$
declare wanted bigint; total numeric;
begin
  select amount into wanted from refunds where id = new.refund_id and source = 'order';
  select sum(amount) into total from refund_lines where refund_id = new.refund_id;
  if total is distinct from wanted then
    raise exception 'the lines of refund % are % of %', new.refund_id, total, wanted using errcode = '23514', constraint = 'refund_lines_sum';
  end if;
  return null;
end $$;
--> statement-breakpoint
create constraint trigger refund_lines_sum after insert on refund_lines deferrable initially deferred
  for each row execute function lephi_check_refund_lines();
--> statement-breakpoint

-- A dispute locks the refunds of its payment: none is asked for, approved or sent while it is open, nor after a lost one until its reversal was told. A refund
-- that nobody has taken goes back from sending to approved all the same.
create function lephi_lock_disputed() returns trigger language plpgsql as $$
declare reversed bigint;
begin
  if new.status not in ('requested', 'approved', 'sending')
    or (tg_op = 'UPDATE' and (new.status = old.status or (new.status = 'approved' and old.status not in ('proposed', 'requested')))) then
    return null;
  end if;
  select amount_reversed into reversed from attempts where id = new.attempt_id for update;
  if exists (select from disputes where attempt_id = new.attempt_id and status = 'open')
    or (select coalesce(sum(amount), 0) from disputes where attempt_id = new.attempt_id and outcome = 'lost') > reversed then
    raise exception 'the payment % is disputed', new.attempt_id using errcode = '23514', constraint = 'refunds_disputed';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger refunds_disputed after insert or update of status on refunds for each row execute function lephi_lock_disputed();
--> statement-breakpoint

-- A dispute and a refund of one payment go one after the other; a closed dispute stays as it was closed.
create function lephi_guard_dispute() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform from attempts where id = new.attempt_id for update;
  elsif old.status = 'closed' then
    raise exception 'dispute % is closed', old.id using errcode = '23514', constraint = 'dispute_closed';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger disputes_guard before insert or update on disputes for each row execute function lephi_guard_dispute();
