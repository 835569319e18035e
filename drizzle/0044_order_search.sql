CREATE TABLE "payer_words" (
	"order_id" text NOT NULL,
	"agency_code" text NOT NULL,
	"word" text NOT NULL,
	CONSTRAINT "payer_words_order_id_word_pk" PRIMARY KEY("order_id","word")
);
--> statement-breakpoint
CREATE INDEX "payer_words_by_word" ON "payer_words" USING btree ("word" text_pattern_ops,"order_id");--> statement-breakpoint
CREATE INDEX "orders_by_amount" ON "orders" USING btree ("amount","id");--> statement-breakpoint
-- by hand

-- The words of a name, small and without marks: what spaces and ASCII signs separate, so that the server's locale makes no difference. As many as names have.
create function lephi_words(name text) returns setof text language sql immutable parallel safe as $$
  select distinct word from regexp_split_to_table(lephi_fold(name), '[\s\u00a0\u2000-\u200b\u3000!-/:-@[-`{-~]+') as word where word <> '' limit 20
$$;
--> statement-breakpoint
alter table payer_words enable row level security;
--> statement-breakpoint
alter table payer_words force row level security;
--> statement-breakpoint
create policy tenant on payer_words using (lephi_covers(agency_code)) with check (lephi_covers(agency_code));
--> statement-breakpoint
-- An order's payer stays who it is.
grant select, insert on payer_words to lephi_app;
--> statement-breakpoint
create function lephi_index_payer() returns trigger language plpgsql as $$
begin
  insert into payer_words (order_id, agency_code, word) select new.id, new.agency_code, word from lephi_words(new.payer_name) as word;
  return null;
end $$;
--> statement-breakpoint
create trigger index_payer after insert on orders for each row execute function lephi_index_payer();
--> statement-breakpoint
do $$
begin
  perform set_config('lephi.agency', '*', true);
  insert into payer_words (order_id, agency_code, word) select id, agency_code, word from orders cross join lateral lephi_words(payer_name) as word;
  perform set_config('lephi.agency', '', true);
end $$;
