-- online
-- batched
-- What was confirmed before that was kept: the account as it was when the transfer was confirmed, as far as changes are on record, else as it is.
update refunds set paid_from = (
  select concat_ws(' ', account ->> 'bank_bin', lephi_reference(account ->> 'number')) from (
    select coalesce(
      (select payee_account from former_merchant_accounts as former
        where former.merchant_account_id = refunds.merchant_account_id and former.until > (
          select min(received_at) from money_facts as fact
          where fact.attempt_id = refunds.attempt_id and fact.refund_id = refunds.id and fact.kind = 'refunded')
        order by former.until limit 1),
      (select payee_account from merchant_accounts where id = refunds.merchant_account_id)) as account) as known)
where id in (select id from refunds where bank_reference is not null and paid_from is null limit 1000);
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "refunds_paid_from" ON "refunds" USING btree ("paid_from","transfer_key") WHERE transfer_key is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "refunds_bounced_from" ON "refunds" USING btree ("paid_from","bounce_key") WHERE bounce_key is not null;
