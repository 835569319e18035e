-- A gateway whose login owns nothing looks when it starts whether the history of the database is the one that it knows.
grant select on public.lephi_migrations to lephi_app;
