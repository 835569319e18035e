ALTER TABLE "refunds" ADD COLUMN "payee_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- by hand

-- Who gets a refund by hand is named once, before anybody has agreed, and the naming is counted: a checker agrees to the one that they saw.
create function lephi_guard_payee() returns trigger language plpgsql as $$
begin
  if old.payee_account is not null or old.method = 'provider' or old.status not in ('proposed', 'requested') or new.payee_version <> old.payee_version + 1 then
    raise exception 'who gets refund % is settled', old.id using errcode = '23514', constraint = 'refund_payee_settled';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger refunds_payee before update of payee_sealed, payee_account, payee_version on refunds
  for each row execute function lephi_guard_payee();
--> statement-breakpoint

-- What each refund takes of each line, as before, but in whole numbers throughout: a quotient of fifteen digits is rounded to four places first, and then not
-- always as its last đồng wants it.
create or replace view refund_line_amounts with (security_invoker = true) as
select part.refund_id, part.order_id, part.line_no, part.agency_code, line.kind, line.fee_code, refund.status, part.amount as asked,
  case
    when refund.status in ('rejected', 'failed', 'withdrawn') then 0
    when refund.status = 'succeeded' then (div(2 * part.up_to * refund.amount_refunded + refund.amount, 2 * refund.amount::numeric)
      - div(2 * (part.up_to - part.amount) * refund.amount_refunded + refund.amount, 2 * refund.amount::numeric))::bigint
    else part.amount
  end as taken
from (
  select refund_id, order_id, line_no, agency_code, amount, sum(amount) over (partition by order_id, refund_id order by line_no) as up_to from refund_lines) as part
join refunds as refund on refund.id = part.refund_id
join order_lines as line on line.order_id = part.order_id and line.line_no = part.line_no;
