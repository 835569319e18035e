-- by hand

-- Tables that grow are held by month, so that what is old leaves as a whole and what is new stays small (docs/decisions). Here is what makes the months; the files
-- behind this one change table after table: its rows are bounded, the bound is proven beside writers, and then the table becomes the first part of one by month.

-- The least id of an instant: behind the prefix ten characters of Crockford's base32 tell its milliseconds (src/lib/id.ts).
create function lephi_id_since(prefix text, at timestamptz) returns text language sql immutable strict as $$
  select prefix || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', ((ms >> (5 * place)) & 31)::integer + 1, 1), '' order by place desc)
  from (select floor(extract(epoch from at) * 1000)::bigint as ms) as told cross join generate_series(0, 9) as place
$$;
--> statement-breakpoint
-- Where a month begins in a table that is held by ids of this prefix or, without one, by time. Months are those of UTC.
create function lephi_month_bound(prefix text, month date) returns text language sql stable as $$
  select coalesce(lephi_id_since(prefix, month::timestamp at time zone 'UTC'), to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00')
$$;
--> statement-breakpoint

-- The first step: all rows are before the end of this month of the next year, or some years later where a clock was ahead. Not proven yet. It binds whatever is written
-- from then on: so far ahead that a version that goes on because the files behind this one could not be applied has a year until they must be.
create function lephi_bound_months(parent text, key text, prefix text) returns void language plpgsql as $$
declare
  today timestamp := lephi_clock() at time zone 'UTC';
  month date := make_date(extract(year from today)::integer, extract(month from today)::integer, 1) + interval '13 months';
  fits boolean;
begin
  perform set_config('lephi.agency', '*', true);
  loop
    execute format('select coalesce(max(%I) < %L, true) from %I', key, lephi_month_bound(prefix, month), parent) into fits;
    exit when fits;
    month := month + interval '1 year';
    if month > '9990-01-01' then
      raise exception 'the last % of % tells no time', key, parent;
    end if;
  end loop;
  execute format('alter table %I add constraint %I check (%I < %L) not valid', parent, parent || '_first_months', key, lephi_month_bound(prefix, month));
end $$;
--> statement-breakpoint

-- What a part does not get from its table: it is bound by the same policy, is truncated by nobody who may not truncate the whole, keeps what is unique within it, and
-- is nobody's to address.
create function lephi_guard_month(parent text, part text) returns void language plpgsql as $$
declare each record;
begin
  execute format('alter table %I enable row level security', part);
  execute format('alter table %I force row level security', part);
  for each in select polname, pg_get_expr(polqual, polrelid) as sees, pg_get_expr(polwithcheck, polrelid) as writes from pg_policy where polrelid = parent::regclass loop
    execute format('create policy %I on %I using (%s) with check (%s)', each.polname, part, each.sees, each.writes);
  end loop;
  for each in select pg_get_triggerdef(oid) as text from pg_trigger where tgrelid = parent::regclass and not tgisinternal and tgtype & 1 = 0 loop
    execute replace(each.text, format(' ON %I.%I ', current_schema(), parent), format(' ON %I.%I ', current_schema(), part));
  end loop;
  for each in
    select row_number() over (order by relname) as number, substring(pg_get_indexdef(indexrelid) from ' USING .*') as text
    from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = to_regclass(parent || '_first') and indisunique and not exists (select from pg_inherits where inhrelid = indexrelid)
  loop
    execute format('create unique index %I on %I%s', part || '_once_' || each.number, part, each.text);
  end loop;
  execute format('revoke all on %I from public, lephi_app', part);
end $$;
--> statement-breakpoint

-- The last step, once the bound is proven: the table becomes the first part of one that is held by month. Nothing is read for it, so the lock is short.
create function lephi_by_month(parent text, key text) returns void language plpgsql as $$
declare
  former text := parent || '_first';
  bound text := parent || '_first_months';
  ends text;
  made text[];
  each record;
begin
  -- Whoever disables an endpoint locks it before its deliveries.
  for each in select distinct confrelid::regclass as name from pg_constraint where conrelid = parent::regclass and contype = 'f' loop
    execute format('lock table %s in share row exclusive mode', each.name);
  end loop;
  execute format('lock table %I in access exclusive mode', parent);
  select substring(pg_get_constraintdef(oid) from $text$'([^']+)'$text$) into strict ends
    from pg_constraint where conrelid = parent::regclass and conname = bound and convalidated;

  -- What the whole table shall have is read before its name goes.
  select array_agg(statement order by place, statement) into made from (
    select 1 as place, format('alter table %I add constraint %I %s', parent, conname, pg_get_constraintdef(oid)) as statement
      from pg_constraint where conrelid = parent::regclass and contype in ('p', 'f')
    union all select 2, pg_get_indexdef(indexrelid) from pg_index
      where indrelid = parent::regclass and not indisprimary
        and (not indisunique or (select attnum from pg_attribute where attrelid = indrelid and attname = key) = any(indkey::int2[]))
    union all select 3, format('alter table %I enable row level security', parent)
    union all select 3, format('alter table %I force row level security', parent)
    union all select 3, format('create policy %I on %I using (%s) with check (%s)', polname, parent, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
      from pg_policy where polrelid = parent::regclass
    union all select 4, pg_get_triggerdef(oid) from pg_trigger where tgrelid = parent::regclass and not tgisinternal
    union all select 5, format('grant %s on %I to %s', privilege_type, parent, case grantee when 0 then 'public' else grantee::regrole::text end)
      from pg_class, aclexplode(relacl) where oid = parent::regclass and grantee <> relowner
    union all select 5, format('grant %s (%I) on %I to %s', privilege_type, attname, parent, case grantee when 0 then 'public' else grantee::regrole::text end)
      from pg_attribute, aclexplode(attacl) where attrelid = parent::regclass
    -- Nobody addresses a part.
    union all select 6, format('revoke all on %I from %s', former, case grantee when 0 then 'public' else grantee::regrole::text end)
      from (
        select grantee from pg_class, aclexplode(relacl) where oid = parent::regclass and grantee <> relowner
        union select grantee from pg_attribute, aclexplode(attacl) where attrelid = parent::regclass) as holder
    union all select 7, format('alter table %I owner to %s', parent, relowner::regrole)
      from pg_class where oid = parent::regclass and relowner <> current_user::regrole) as wanted;

  -- A trigger of the whole becomes one of each part; its own would be in the way.
  for each in select tgname from pg_trigger where tgrelid = parent::regclass and not tgisinternal and tgtype & 1 = 1 loop
    execute format('drop trigger %I on %I', each.tgname, parent);
  end loop;
  for each in select relname from pg_index join pg_class on pg_class.oid = indexrelid where indrelid = parent::regclass loop
    execute format('alter index %I rename to %I', each.relname, left(each.relname, 57) || '_first');
  end loop;
  execute format('alter table %I rename to %I', parent, former);
  execute format(
    'create table %I (like %I including defaults including constraints including storage including compression including comments) partition by range (%I)', parent, former, key);
  execute format('alter table %I drop constraint %I', parent, bound);
  for number in 1 .. array_length(made, 1) loop
    execute made[number];
  end loop;
  execute format('alter table %I attach partition %I for values from (minvalue) to (%L)', parent, former, ends);
  execute format('alter table %I drop constraint %I', former, bound);
  -- What has no month yet: a clock was ahead, or an id tells no time. No write fails for it.
  execute format('create table %I partition of %I default', parent || '_default', parent);
  perform lephi_guard_month(parent, parent || '_default');
end $$;
--> statement-breakpoint

-- Makes a month of a table ahead of its time, for whoever does background work; answers `made`, `there`, `occupied` where rows of that month are among those without
-- one (they stay there, and so does what comes), or `busy`. Whoever calls can make nothing but months of such a table.
create function lephi_make_month(parent text, month date) returns text language plpgsql volatile
  security definer set lephi.agency = '*' set lock_timeout = '1s' set timezone = 'UTC' as $$
declare
  part text := parent || to_char(month, '_YYYY_MM');
  key text;
  has_ids boolean;
  ends text;
  since text;
  until text;
  is_there boolean;
  each record;
begin
  if month <> make_date(extract(year from month)::integer, extract(month from month)::integer, 1) or month not between '2000-01-01' and '9999-12-01' then
    raise exception '% is the first of no month', month using errcode = '22023';
  end if;
  if not exists (select from pg_class where oid = to_regclass(format('%I.%I', current_schema(), parent)) and relkind = 'p') then
    raise exception '% is not held by month', parent using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtext('lephi_months'));
  if to_regclass(format('%I.%I', current_schema(), part)) is not null then
    return 'there';
  end if;
  if (select count(*) from pg_inherits where inhparent = parent::regclass) >= 1000 then
    raise exception '% has too many months', parent using errcode = '54000';
  end if;
  -- Any part with an end tells by what the table is held.
  select substring(pg_get_expr(relpartbound, pg_class.oid) from $text$ TO \('([^']+)'\)$text$) into ends
    from pg_class join pg_inherits on inhrelid = pg_class.oid
    where inhparent = parent::regclass and pg_get_expr(relpartbound, pg_class.oid) like '% TO (''%' order by relname limit 1;
  select attname, atttypid = 'text'::regtype into key, has_ids
    from pg_partitioned_table join pg_attribute on attrelid = partrelid and attnum = partattrs[0] where partrelid = parent::regclass;
  if not has_ids then
    ends := null;
  end if;
  since := lephi_month_bound(left(ends, -10), month);
  until := lephi_month_bound(left(ends, -10), (month + interval '1 month')::date);
  -- The first part holds all until its end.
  select exists (
    select from pg_class join pg_inherits on inhrelid = pg_class.oid
    where inhparent = parent::regclass and pg_get_expr(relpartbound, pg_class.oid) like '% FROM (MINVALUE) %'
      and substring(pg_get_expr(relpartbound, pg_class.oid) from $text$ TO \('([^']+)'\)$text$) >= until) into is_there;
  if is_there then
    return 'there';
  end if;
  execute format('select exists (select from %I where %I >= %L and %I < %L)', parent || '_default', key, since, key, until) into is_there;
  if is_there then
    return 'occupied';
  end if;
  for each in select distinct confrelid::regclass as name from pg_constraint where conrelid = parent::regclass and contype = 'f' loop
    execute format('lock table %s in share row exclusive mode', each.name);
  end loop;
  execute format('create table %I (like %I including defaults including constraints including storage including compression)', part, parent);
  perform lephi_guard_month(parent, part);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part, since, until);
  return 'made';
exception
  when check_violation then
    return 'occupied';
  when lock_not_available or deadlock_detected then
    return 'busy';
end $$;
--> statement-breakpoint
do $$ begin execute format('alter function lephi_make_month(text, date) set search_path = %I, pg_temp', current_schema()); end $$;
--> statement-breakpoint
select lephi_bound_months('callbacks', 'id', 'cbk_');
