#!/bin/sh
# Run once, by the image, on an empty server: the owner of the tables, and the login of the gateway, which owns nothing. Migrations make sure of the role lephi_app and give it its
# rights; who may not make roles is refused there even where it exists.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set ON_ERROR_STOP=1 --set owner="$LEPHI_OWNER_PASSWORD" --set gateway="$LEPHI_DATABASE_PASSWORD" <<'SQL'
create role lephi_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
create role lephi_owner login createrole password :'owner' in role lephi_app;
create role lephi_gateway login password :'gateway' in role lephi_app;
-- Some functions of the database see every agency's rows by themselves (SET in CREATE FUNCTION), which only a superuser may say of a setting that nobody has granted.
grant set on parameter lephi.agency to lephi_owner;
alter database lephi owner to lephi_owner;
alter schema public owner to lephi_owner;
SQL
