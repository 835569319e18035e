-- by hand

-- Months are made and dropped by the gateway's role alone, and one at a time.

-- What makes a month stays as it is, with the rights of whoever calls it: the one below has its owner's, and asks first.
alter function lephi_make_month(text, date) rename to lephi_lay_month;
--> statement-breakpoint
alter function lephi_lay_month(text, date) security invoker;
--> statement-breakpoint
revoke all on function lephi_lay_month(text, date) from public;
--> statement-breakpoint
-- As before; and `early` for a month that is more than thirteen ahead of the database's clock, of which nothing is made.
create function lephi_make_month(parent text, month date) returns text language plpgsql volatile
  security definer set lephi.agency = '*' set lock_timeout = '1s' set timezone = 'UTC' as $$
begin
  if parent is null or month is null then
    raise exception 'a month of a table is asked for' using errcode = '22004';
  end if;
  if month > lephi_clock() + interval '13 months' and month <= '9999-12-01' then
    return 'early';
  end if;
  return lephi_lay_month(parent, month);
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_make_month(text, date) set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
revoke all on function lephi_make_month(text, date) from public;
--> statement-breakpoint
grant execute on function lephi_make_month(text, date) to lephi_app;
--> statement-breakpoint

-- Looks at the first month behind that part (at the first of all for an empty name) that is past its term, and drops it unless something in it is younger, by the
-- database's own clock as well (lephi_may_erase), or held. Answers its name, how many rows went with it, and whether it went: null where a lock could not be had, and then
-- nothing did. No row where no such month is left. Who asks again with that name comes to the next one: the table is locked for one month at a time, and not while it is read.
create function lephi_drop_month(parent text, kept_from timestamptz, behind text, out part text, out is_dropped boolean, out rows bigint) returns setof record
  language plpgsql volatile security definer set lephi.agency = '*' set lock_timeout = '1s' set timezone = 'UTC' as $$
declare
  limit_of_all timestamptz;
  is_younger boolean := false;
  is_held boolean := false;
begin
  if parent is null or kept_from is null or behind is null then
    raise exception 'a table, an instant and a part are asked for' using errcode = '22004';
  end if;
  if parent not in ('audit_log', 'provider_calls') then
    raise exception 'nothing of % is ever dropped', parent using errcode = '22023';
  end if;
  -- As lephi_may_erase has it.
  limit_of_all := least(kept_from, lephi_clock() - case parent when 'audit_log' then interval '5 years' else interval '100 days' end);
  select name into part from (
    select relname as name, substring(pg_get_expr(relpartbound, pg_class.oid) from $text$ TO \('([^']+)'\)$text$) as ends
    from pg_class join pg_inherits on inhrelid = pg_class.oid
    where inhparent = parent::regclass and pg_get_expr(relpartbound, pg_class.oid) like '% TO (''%') as months
  where name > behind::name
    and case parent when 'audit_log' then ends <= lephi_id_since(left(ends, -10), limit_of_all) else ends::timestamptz <= limit_of_all end
  order by name limit 1;
  if part is null then
    return;
  end if;
  execute format('select count(*) from %I', part) into rows;
  if parent = 'audit_log' then
    -- A row may say another time than its id does.
    execute format('select exists (select from %I where at >= $1)', part) into is_younger using limit_of_all;
  end if;
  if not is_younger then
    -- That of holds and of erasing: nothing is held from here on that was not.
    perform pg_advisory_xact_lock(hashtext('lephi_retention'));
    if parent = 'audit_log' then
      execute format('select exists (select from %1$I where object in (select object_id from legal_holds where released_at is null))
        or exists (select from %1$I where shown && array(select object_id from legal_holds where released_at is null))', part) into is_held;
    end if;
  end if;
  is_dropped := not is_younger and not is_held;
  if is_dropped then
    execute format('drop table %I', part);
  else
    rows := 0;
  end if;
  return next;
exception
  when lock_not_available or deadlock_detected then
    is_dropped := null;
    rows := 0;
    return next;
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_drop_month(text, timestamptz, text) set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
revoke all on function lephi_drop_month(text, timestamptz, text) from public;
--> statement-breakpoint
grant execute on function lephi_drop_month(text, timestamptz, text) to lephi_app;
--> statement-breakpoint
-- No version that was ever installed calls it.
drop function lephi_drop_months(text, timestamptz);
