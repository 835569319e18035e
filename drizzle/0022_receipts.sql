CREATE TABLE "receipt_notices" (
	"id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"receipt_id" text NOT NULL,
	"field" text NOT NULL,
	"text" text NOT NULL,
	"refund_id" text,
	"made_by" text NOT NULL,
	"noticed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "receipt_notices_field" CHECK (field in ('payer_name', 'address', 'phone', 'procedure_name', 'description', 'amount_in_words', 'refund')),
	CONSTRAINT "receipt_notices_refunded" CHECK ((field = 'refund') = (refund_id is not null))
);
--> statement-breakpoint
CREATE TABLE "receipt_tries" (
	"order_id" text PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try_at" timestamp (3) with time zone NOT NULL,
	"overdue_at" timestamp (3) with time zone
);
--> statement-breakpoint
DROP INDEX "receipts_order_id_kind_index";--> statement-breakpoint
ALTER TABLE "agencies" ADD COLUMN "receipt_serial_phi" text DEFAULT 'TAA' NOT NULL;--> statement-breakpoint
ALTER TABLE "agencies" ADD COLUMN "receipt_serial_le_phi" text DEFAULT 'TAB' NOT NULL;--> statement-breakpoint
ALTER TABLE "receipt_series" ADD COLUMN "kind" text;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "replaces" text;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "made_by" text;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "refund_id" text;--> statement-breakpoint
ALTER TABLE "receipt_notices" ADD CONSTRAINT "receipt_notices_receipt_id_receipts_id_fk" FOREIGN KEY ("receipt_id") REFERENCES "public"."receipts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipt_notices" ADD CONSTRAINT "receipt_notices_refund_id_refunds_id_fk" FOREIGN KEY ("refund_id") REFERENCES "public"."refunds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipt_tries" ADD CONSTRAINT "receipt_tries_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "receipt_notices_receipt_id_index" ON "receipt_notices" USING btree ("receipt_id");--> statement-breakpoint
CREATE UNIQUE INDEX "receipt_notices_refund" ON "receipt_notices" USING btree ("receipt_id","refund_id") WHERE refund_id is not null;--> statement-breakpoint
CREATE INDEX "receipt_tries_next_try_at_index" ON "receipt_tries" USING btree ("next_try_at");--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_replaces_receipts_id_fk" FOREIGN KEY ("replaces") REFERENCES "public"."receipts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_refund_id_refunds_id_fk" FOREIGN KEY ("refund_id") REFERENCES "public"."refunds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "receipts_first" ON "receipts" USING btree ("order_id","kind") WHERE replaces is null;--> statement-breakpoint
CREATE UNIQUE INDEX "receipts_replaced_once" ON "receipts" USING btree ("replaces") WHERE replaces is not null;--> statement-breakpoint
CREATE INDEX "receipts_by_order" ON "receipts" USING btree ("order_id");--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_replacement" CHECK ((replaces is null) = (reason is null) and (replaces is null) = (made_by is null));--> statement-breakpoint
-- by hand
grant select, insert on receipt_notices to lephi_app;
--> statement-breakpoint
grant select, insert, update, delete on receipt_tries to lephi_app;
--> statement-breakpoint
do $$
declare owned text;
begin
  foreach owned in array array['receipt_notices', 'receipt_tries'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('alter table %I force row level security', owned);
    execute format('create policy tenant on %I using (lephi_covers(agency_code)) with check (lephi_covers(agency_code))', owned);
  end loop;
end $$;
--> statement-breakpoint
create trigger append_only before update or delete on receipt_notices for each row execute function lephi_refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on receipt_notices for each statement execute function lephi_refuse_change();
--> statement-breakpoint

-- A number follows the one before it, within its kind's series and its year; a replacement is of the same order and kind.
create function lephi_guard_receipt() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare series record; last integer; replaced record;
begin
  if new.serial !~ '^\d{2}T[ABCDEGHKLMNPQRSTUVXY]{2}$' then
    raise exception 'receipt serial % is none of TT 91 annex II', new.serial using errcode = '23514', constraint = 'receipt_serial';
  end if;
  if left(new.serial, 2) <> to_char(new.issued_at at time zone 'UTC' + interval '7 hours', 'YY') then
    raise exception 'receipt serial % is of another year', new.serial using errcode = '23514', constraint = 'receipt_year';
  end if;
  select * into series from receipt_series where agency_code = new.agency_code and serial = new.serial for update;
  if series.kind is distinct from new.kind then
    raise exception 'receipt serial % is not of %', new.serial, new.kind using errcode = '23514', constraint = 'receipt_kind';
  end if;
  select coalesce(max(number), 0) into last from receipts where agency_code = new.agency_code and serial = new.serial;
  if new.number <> last + 1 or new.number > series.last_number then
    raise exception 'receipt number % of % does not follow %', new.number, new.serial, last using errcode = '23514', constraint = 'receipt_dense';
  end if;
  if new.replaces is not null then
    select order_id, kind into replaced from receipts where id = new.replaces;
    if replaced.order_id is distinct from new.order_id or replaced.kind is distinct from new.kind then
      raise exception 'receipt % is of another order or kind', new.replaces using errcode = '23514', constraint = 'receipt_replaces';
    end if;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger numbered before insert on receipts for each row execute function lephi_guard_receipt();
--> statement-breakpoint

-- A series only grows, its kind stays once it is known, and at the end of a transaction every number that was taken is on a receipt.
create function lephi_guard_series() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'receipt series are never deleted' using errcode = '23514', constraint = 'series_grows';
  end if;
  if new.last_number < old.last_number or new.serial <> old.serial or new.agency_code <> old.agency_code
    or (old.kind is not null and new.kind is distinct from old.kind) then
    raise exception 'receipt series % only grows', old.serial using errcode = '23514', constraint = 'series_grows';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger grows before update or delete on receipt_series for each row execute function lephi_guard_series();
--> statement-breakpoint
create function lephi_guard_taken_numbers() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare taken integer; used integer;
begin
  select last_number into taken from receipt_series where agency_code = new.agency_code and serial = new.serial;
  select coalesce(max(number), 0) into used from receipts where agency_code = new.agency_code and serial = new.serial;
  if taken <> used then
    raise exception 'receipt series % of %: % taken, % on receipts', new.serial, new.agency_code, taken, used
      using errcode = '23514', constraint = 'series_used';
  end if;
  return null;
end $$;
--> statement-breakpoint
create constraint trigger used after insert or update on receipt_series deferrable initially deferred
  for each row execute function lephi_guard_taken_numbers();
--> statement-breakpoint

-- What one kind's serials were made of stays that kind's, whatever the year.
create function lephi_guard_serials() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
begin
  if exists (select from receipt_series where agency_code = new.agency_code
      and ((right(serial, 3) = new.receipt_serial_phi and kind = 'le_phi') or (right(serial, 3) = new.receipt_serial_le_phi and kind is distinct from 'le_phi'))) then
    raise exception 'a serial of % is used by the other kind', new.agency_code using errcode = '23514', constraint = 'agencies_receipt_serials';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger receipt_serials before insert or update of receipt_serial_phi, receipt_serial_le_phi on agencies
  for each row execute function lephi_guard_serials();
--> statement-breakpoint
alter table agencies add constraint agencies_receipt_serials check (receipt_serial_phi <> receipt_serial_le_phi
  and receipt_serial_phi ~ '^T[ABCDEGHKLMNPQRSTUVXY]{2}$' and receipt_serial_le_phi ~ '^T[ABCDEGHKLMNPQRSTUVXY]{2}$');
--> statement-breakpoint
do $$
declare guard text;
begin
  foreach guard in array array['lephi_guard_receipt()', 'lephi_guard_series()', 'lephi_guard_taken_numbers()', 'lephi_guard_serials()'] loop
    execute format('alter function %s set search_path = %I, pg_temp', guard, current_schema());
  end loop;
end $$;
