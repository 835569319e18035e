-- by hand

-- Months that have been kept long enough leave as a whole, without their rows being touched: those of which nothing is younger, by the database's own clock as well
-- (lephi_may_erase), and nothing is held. Answers how many rows went; null where a lock could not be had, and
-- then nothing did. Of any other table nothing is ever dropped.
create function lephi_drop_months(parent text, kept_from timestamptz) returns bigint language plpgsql volatile
  security definer set lephi.agency = '*' set lock_timeout = '1s' set timezone = 'UTC' as $$
declare
  -- As lephi_may_erase has it.
  limit_of_all timestamptz := least(kept_from, lephi_clock() - case parent when 'audit_log' then interval '5 years' else interval '100 days' end);
  each record;
  is_over boolean;
  rows bigint;
  gone bigint := 0;
begin
  if parent not in ('audit_log', 'provider_calls') then
    raise exception 'nothing of % is ever dropped', parent using errcode = '22023';
  end if;
  -- That of holds and of erasing.
  perform pg_advisory_xact_lock(hashtext('lephi_retention'));
  for each in
    select relname as part, substring(pg_get_expr(relpartbound, pg_class.oid) from $text$ TO \('([^']+)'\)$text$) as ends
    from pg_class join pg_inherits on inhrelid = pg_class.oid
    where inhparent = parent::regclass and pg_get_expr(relpartbound, pg_class.oid) like '% TO (''%' order by relname
  loop
    if parent = 'audit_log' then
      is_over := each.ends <= lephi_id_since(left(each.ends, -10), limit_of_all);
      if is_over then
        -- A row may say another time than its id does.
        execute format('select count(*), not exists (
            select from %1$I as item where at >= $1 or exists (
              select from legal_holds where released_at is null and (object_id = item.object or object_id = any(item.shown))))
          from %1$I', each.part) into rows, is_over using limit_of_all;
      end if;
    else
      is_over := each.ends::timestamptz <= limit_of_all;
      if is_over then
        execute format('select count(*) from %I', each.part) into rows;
      end if;
    end if;
    if is_over then
      execute format('drop table %I', each.part);
      gone := gone + rows;
    end if;
  end loop;
  return gone;
exception
  when lock_not_available or deadlock_detected then
    return null;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_drop_months(text, timestamptz) set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
-- They have done what they were made for.
drop function lephi_bound_months(text, text, text);
--> statement-breakpoint
drop function lephi_by_month(text, text);
--> statement-breakpoint
-- For a callback's id that a statement finds only on its way: what is planned for such a one asks every month, and this asks the one that is meant.
create function lephi_callback_hash(callback text) returns text language plpgsql stable as $$
begin
  return (select content_hash from callbacks where id = callback);
end $$;
