/** Whether the gateway works as it should: within its limits, bound by row-level security, and unable to change what was booked. */
import { type Database, everyAgency, queryInScope } from './database.ts'

/**
 * Null when all is well, else what is wrong, for the operator. A pooler in between may drop the role that was asked for, and then the gateway would work as
 * the owner of the tables without anybody noticing. Throws when the database cannot be reached.
 */
export const excessOfRights = async (database: Database): Promise<string | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select current_user as name, row_security_active('orders') as is_bound,
        has_table_privilege(current_user, 'postings', 'update') or has_table_privilege(current_user, 'money_facts', 'delete') as may_change`,
  )
  if (row?.isBound === true && row.mayChange === false) return null
  return `The database is used as ${row?.name}, who may see every agency's rows or change what was booked. Use a login that owns nothing and is a member of lephi_app.`
}

/**
 * Null when all is well, else what to do. A pooler that drops what a connection asks for when it begins, and that nobody told us of, lends it to others with our prepared
 * statements as well. Throws when the database cannot be reached.
 */
export const whatWasDropped = async (database: Database): Promise<string | null> => {
  const { statement_timeout: asked } = database.eachTransaction ?? database.sql.options.connection
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select setting from pg_settings where name = 'statement_timeout'`,
  )
  if (row?.setting === String(asked)) return null
  return `The database breaks a statement off after ${row?.setting} ms and not after the ${asked} ms that were asked for. Is there a pooler in front of it? Then set LEPHI_DATABASE_POOLER, else take what changes this setting away.`
}

/**
 * What the login is behind the role that it works as: null where it owns nothing, else a warning for the operator. Whoever smuggled a statement in could leave the
 * role with it (RESET ROLE), so a login of its own is one lock more. Throws when the database cannot be reached.
 */
export const rightsOfLogin = async (database: Database): Promise<string | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select rolname as name, rolsuper or rolbypassrls
          or pg_has_role(rolname, (select relowner from pg_class where oid = 'orders'::regclass), 'member') as is_more
      from pg_roles where rolname = session_user`,
  )
  if (row?.isMore !== true) return null
  return `The database login ${row.name} owns the tables, or is bound by nothing; the gateway works as lephi_app all the same. A login that owns nothing and is a member of lephi_app is one lock more; migrate with another.`
}
