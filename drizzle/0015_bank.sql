CREATE INDEX "statement_lines_payout" ON "statement_lines" USING btree ("merchant_account_id","payout_reference","business_day") WHERE payout_reference is not null;--> statement-breakpoint
-- by hand

-- A text as banks leave it: small letters without Vietnamese marks. The marks of letters that NFD takes apart go with everything else that is no letter or digit.
create function lephi_fold(value text) returns text language sql immutable parallel safe as $$
  select lower(regexp_replace(normalize(translate(value, 'đĐ', 'dD'), NFD), '[\u0300-\u036f]', '', 'g'))
$$;
--> statement-breakpoint
-- What is left of a reference when case, marks, spaces and signs are lost.
create function lephi_reference(value text) returns text language sql immutable parallel safe as $$
  select regexp_replace(lower(normalize(translate(value, 'đĐ', 'dD'), NFD)), '[^a-z0-9]+', '', 'g')
$$;
