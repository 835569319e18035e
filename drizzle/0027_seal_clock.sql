-- by hand

-- The clock of this server, by which a process whose own is ahead is held back where a day would be sealed for good. A function of its own, so that whoever owns
-- the database can give another one to a test; the application cannot.
create function lephi_clock() returns timestamptz language sql volatile as $$
  select clock_timestamp()
$$;
