DROP INDEX "refunds_bank_reference";--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "bounce_reference" text;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "transfer_key" text;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "bounce_key" text;--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_bounce_reference" ON "refunds" USING btree ("merchant_account_id","bounce_key") WHERE bounce_key is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_bank_reference" ON "refunds" USING btree ("merchant_account_id","transfer_key") WHERE transfer_key is not null;--> statement-breakpoint
-- by hand

-- What was confirmed before numbers were folded: of transfers that differ in spelling only the first has the key, and so keeps any other from using the number;
-- the later ones stay as they were confirmed. The same for credits that gave one back, whose numbers stood in the facts alone.
do $$
begin
  perform set_config('lephi.agency', '*', true);
  update refunds as refund set transfer_key = told.key from (
    select id, lephi_reference(bank_reference) as key,
      row_number() over (partition by merchant_account_id, lephi_reference(bank_reference) order by paid_on, id) as place
    from refunds where bank_reference is not null) as told
  where told.id = refund.id and told.place = 1 and told.key <> '';
  update refunds as refund set bounce_reference = told.reference, bounce_key = case when told.place = 1 and told.key <> '' then told.key end from (
    select refund_id, reference, lephi_reference(reference) as key,
      row_number() over (partition by merchant_account_id, lephi_reference(reference) order by received_at, refund_id) as place
    from (
      select distinct on (refund_id) refund_id, merchant_account_id, reference, received_at from money_facts
      where kind = 'bounced' and refund_id is not null order by refund_id, sequence) as first) as told
  where told.refund_id = refund.id;
  perform set_config('lephi.agency', '', true);
end $$;
--> statement-breakpoint

-- A transfer returns a refund that is under way and has none yet, and stays the one that returned it; a credit gives back one transfer, and stays the one that did.
-- Whose number it is does not hang on its spelling. Money leaves by hand through two people: who approved what the gateway proposed does not confirm it too.
create or replace function lephi_guard_transfer() returns trigger language plpgsql as $$
begin
  new.transfer_key := old.transfer_key;
  new.bounce_key := old.bounce_key;
  if new.bank_reference is distinct from old.bank_reference then
    if old.bank_reference is not null or old.status not in ('sending', 'pending', 'unknown') or old.method = 'provider' then
      raise exception 'refund % is confirmed otherwise', old.id using errcode = '23514', constraint = 'refund_confirmed';
    elsif new.made_by = 'lephi' and new.confirmed_by = new.decided_by then
      raise exception 'refund % is approved and confirmed by one person', old.id using errcode = '23514', constraint = 'refunds_confirmed';
    end if;
    new.transfer_key := lephi_reference(new.bank_reference);
  end if;
  if new.bounce_reference is distinct from old.bounce_reference then
    if old.bounce_reference is not null or old.bank_reference is null then
      raise exception 'refund % came back otherwise', old.id using errcode = '23514', constraint = 'refund_bounced';
    end if;
    new.bounce_key := lephi_reference(new.bounce_reference);
  end if;
  if new.transfer_key = '' or new.bounce_key = '' then
    raise exception 'the number of a transfer of refund % is blank', old.id using errcode = '23514', constraint = 'refunds_reference_blank';
  end if;
  return new;
end $$;
--> statement-breakpoint
drop trigger refunds_transfer on refunds;
--> statement-breakpoint
create trigger refunds_transfer before update of bank_reference, bounce_reference, transfer_key, bounce_key on refunds
  for each row execute function lephi_guard_transfer();
--> statement-breakpoint

-- What a person says of a refund by hand stands on its transfer: that it went back on the one that was confirmed, that it came back on the credit that is kept.
create function lephi_guard_by_hand() returns trigger language plpgsql as $$
declare refund record;
begin
  select method, bank_reference, bounce_reference into refund from refunds where id = new.refund_id;
  if refund.method = 'provider' then
    return new;
  elsif new.kind = 'refunded' and (new.code <> 'confirmed_by_person' or new.reference is distinct from refund.bank_reference) then
    raise exception 'refund % is returned by hand', new.refund_id using errcode = '23514', constraint = 'refund_by_hand';
  elsif new.kind = 'bounced' and new.reference is distinct from refund.bounce_reference then
    raise exception 'refund % came back otherwise', new.refund_id using errcode = '23514', constraint = 'refund_bounced';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger money_facts_by_hand before insert on money_facts for each row
  when (new.kind = 'bounced' or (new.kind = 'refunded' and new.source = 'person')) execute function lephi_guard_by_hand();
