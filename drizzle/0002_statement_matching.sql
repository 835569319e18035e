DROP INDEX "items_attempt_once";--> statement-breakpoint
DROP INDEX "items_refund_once";--> statement-breakpoint
ALTER TABLE "reconciliation_items" ADD COLUMN "capture_reference" text;--> statement-breakpoint
ALTER TABLE "reconciliation_items" ADD COLUMN "heal" text;--> statement-breakpoint
CREATE INDEX "items_to_heal" ON "reconciliation_items" USING btree ("reconciliation_id","id") WHERE heal is not null;--> statement-breakpoint
CREATE INDEX "reconciliations_merchant_account_id_from_day_index" ON "reconciliations" USING btree ("merchant_account_id","from_day");--> statement-breakpoint
CREATE INDEX "reconciliations_running" ON "reconciliations" USING btree ("created_at") WHERE status = 'running';--> statement-breakpoint
CREATE INDEX "statement_lines_merchant_account_id_provider_reference_index" ON "statement_lines" USING btree ("merchant_account_id","provider_reference");--> statement-breakpoint
CREATE UNIQUE INDEX "items_attempt_once" ON "reconciliation_items" USING btree ("reconciliation_id","attempt_id","capture_reference") WHERE refund_id is null and class <> 'duplicate_line';--> statement-breakpoint
CREATE UNIQUE INDEX "items_refund_once" ON "reconciliation_items" USING btree ("reconciliation_id","refund_id") WHERE refund_id is not null and class <> 'duplicate_line';--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_status" CHECK (status in ('running', 'completed', 'failed'));--> statement-breakpoint
CREATE INDEX "discrepancies_unresolved" ON "discrepancies" USING btree ("merchant_account_id") WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX "postings_business_day" ON "postings" USING btree ("business_day","account");--> statement-breakpoint

-- An upload that is given up may be swept away; the file of a statement is evidence and stays.
create function lephi_keep_evidence() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if exists (select from statements where id = old.statement_id) then
    raise exception 'the file of statement % is evidence', old.statement_id using errcode = '55000';
  end if;
  return old;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_keep_evidence() set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
create trigger keep_evidence before delete on statement_chunks for each row execute function lephi_keep_evidence();
--> statement-breakpoint
create trigger keep_evidence_truncate before truncate on statement_chunks for each statement execute function lephi_refuse_change();
--> statement-breakpoint
grant delete on statement_chunks to lephi_app;
--> statement-breakpoint

-- What a provider keeps of one capture: the rate half up, plus the fixed part, within minimum and maximum, and VAT on that half up. The same as
-- domain/provider-fee.ts, for a million lines at once: one expression, so that the planner can put it in place of the call. The fee is a whole
-- number, which lets the sum of fee and VAT be rounded instead of the VAT.
create function lephi_provider_fee(amount bigint, basis_points integer, fixed bigint, minimum bigint, maximum bigint, vat_basis_points integer)
returns bigint language sql immutable as $$
  select div(
    least(greatest(div(2 * amount::numeric * basis_points + 10000, 20000) + fixed, minimum), maximum) * (20000 + 2 * vat_basis_points) + 10000,
    20000)::bigint
$$;
