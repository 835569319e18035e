ALTER TABLE "receipt_series" ADD COLUMN "last_issued_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "proof" text;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "signature" text;--> statement-breakpoint
ALTER TABLE "receipt_notices" ADD COLUMN "signature" text;--> statement-breakpoint
CREATE INDEX "receipts_unsigned" ON "receipts" USING btree ("id") WHERE proof is null;--> statement-breakpoint
-- by hand
-- What was signed of a receipt of before is added once; nothing else about a receipt or a notice ever changes, and none goes.
create function lephi_guard_signed() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(old) ->> 'proof' is null and old.signature is null and new.signature is not null and to_jsonb(new) ->> 'proof' is not null
    and to_jsonb(new) - 'signature' - 'proof' = to_jsonb(old) - 'signature' - 'proof' then
    return new;
  end if;
  raise exception '% is append-only: a wrong row is corrected by another row', tg_table_name using errcode = '55000';
end $$;
--> statement-breakpoint
drop trigger append_only on receipts;
--> statement-breakpoint
create trigger append_only before update or delete on receipts for each row execute function lephi_guard_signed();
--> statement-breakpoint
grant update (proof, signature) on receipts to lephi_app;
--> statement-breakpoint

-- As before (drizzle/0022_receipts.sql), and: a receipt is signed when it is issued, and no number is issued before the one that it follows.
create or replace function lephi_guard_receipt() returns trigger language plpgsql security definer set lephi.agency = '*' as $$
declare series record; last record; replaced record;
begin
  if new.serial !~ '^\d{2}T[ABCDEGHKLMNPQRSTUVXY]{2}$' then
    raise exception 'receipt serial % is none of TT 91 annex II', new.serial using errcode = '23514', constraint = 'receipt_serial';
  end if;
  if left(new.serial, 2) <> to_char(new.issued_at at time zone 'UTC' + interval '7 hours', 'YY') then
    raise exception 'receipt serial % is of another year', new.serial using errcode = '23514', constraint = 'receipt_year';
  end if;
  if new.proof is null or new.signature is null then
    raise exception 'receipt % is not signed', new.id using errcode = '23514', constraint = 'receipt_signed';
  end if;
  select * into series from receipt_series where agency_code = new.agency_code and serial = new.serial for update;
  if series.kind is distinct from new.kind then
    raise exception 'receipt serial % is not of %', new.serial, new.kind using errcode = '23514', constraint = 'receipt_kind';
  end if;
  select number, issued_at into last from receipts where agency_code = new.agency_code and serial = new.serial order by number desc limit 1;
  if new.number <> coalesce(last.number, 0) + 1 or new.number > series.last_number then
    raise exception 'receipt number % of % does not follow %', new.number, new.serial, last.number using errcode = '23514', constraint = 'receipt_dense';
  end if;
  if new.issued_at < last.issued_at then
    raise exception 'receipt number % of % is issued before the one that it follows', new.number, new.serial using errcode = '23514', constraint = 'receipt_time';
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
create function lephi_guard_notice() returns trigger language plpgsql as $$
begin
  if new.signature is null then
    raise exception 'receipt notice % is not signed', new.id using errcode = '23514', constraint = 'notice_signed';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger signed before insert on receipt_notices for each row execute function lephi_guard_notice();
--> statement-breakpoint
do $$
declare guard text;
begin
  foreach guard in array array['lephi_guard_receipt()', 'lephi_guard_signed()', 'lephi_guard_notice()'] loop
    execute format('alter function %s set search_path = %I, pg_temp', guard, current_schema());
  end loop;
end $$;
--> statement-breakpoint
do $$
begin
  perform set_config('lephi.agency', '*', true);
  update receipt_series as series set last_issued_at = latest.issued_at
    from (select agency_code, serial, max(issued_at) as issued_at from receipts group by agency_code, serial) as latest
    where latest.agency_code = series.agency_code and latest.serial = series.serial;
  perform set_config('lephi.agency', '', true);
end $$;
