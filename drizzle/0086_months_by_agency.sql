-- by hand

-- The same of what is held by month: PostgreSQL takes no index for the key of such a table, but one that each part has as its own key already. A month that was made
-- since the file before has its index built here: it is empty.
create function lephi_key_months(parent text, key text, columns text) returns void language plpgsql as $$
declare
  part text;
begin
  execute format('alter table %I drop constraint %I', parent, key);
  for part in select relname from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = parent::regclass order by relname loop
    if to_regclass(format('%I.%I', current_schema(), part || '_by_agency')) is null then
      execute format('create unique index %I on %I (%s)', part || '_by_agency', part, columns);
    end if;
    execute format('alter table %I add constraint %I primary key using index %I', part, part || '_pkey', part || '_by_agency');
  end loop;
  execute format('alter table %I add constraint %I primary key (%s)', parent, key, columns);
end $$;
--> statement-breakpoint
select lephi_key_months('callbacks', 'callbacks_pkey', 'id, agency_code');
--> statement-breakpoint
select lephi_key_months('audit_log', 'audit_log_pkey', 'id, agency_code');
--> statement-breakpoint
select lephi_key_months('provider_calls', 'provider_calls_merchant_account_id_minute_operation_pk', 'merchant_account_id, minute, operation, agency_code');
--> statement-breakpoint
drop function lephi_key_months(text, text, text);
