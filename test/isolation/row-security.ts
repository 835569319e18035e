// PostgreSQL holds the tenants apart by itself. Made from its catalogs: every table is bound by the one policy or is here with a reason; the gateway's role owns
// nothing, gets to be nobody else, and has just the rights that each table's design gives it; and of every table, in the scope of one agency, it reads and writes
// nothing of another's.
import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { excessOfRights, rightsOfLogin } from '../../src/store/gateway-rights.ts'
import { columnRights, definers, ownerless, rights, rowless } from './rights.ts'
import type { World } from './world.ts'

export const describeRowSecurity = (worldOf: () => World): void => {
  let world: World
  /** Somebody who has only what the gateway should have: a login of its own, member of lephi_app and of nothing else. */
  let login: { name: string; url: string; sql: postgres.Sql }
  let ownerUrl: string
  let tables: string[]
  let owned: string[]
  /** Those with a trigger before each row that is added. */
  let triggered: Set<string>

  beforeAll(async () => {
    world = worldOf()
    const { sql } = world.gateway
    const [database] = await sql`select current_database() as name`
    const name = `lephi_test_login_${process.pid}_${randomBytes(3).toString('hex')}`
    const password = randomBytes(12).toString('hex')
    await sql.unsafe(`create role ${name} login noinherit password '${password}' in role lephi_app`)
    const url = Object.assign(new URL(inject('testServer').url), { pathname: `/${database?.name}` })
    ownerUrl = url.href
    Object.assign(url, { username: name, password })
    const connection = { role: 'lephi_app' }
    login = { name, url: url.href, sql: postgres(url.href, { max: 1, onnotice: () => undefined, connection }) }
    const found =
      await sql`select relname as name from pg_class where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace order by 1`
    tables = found.map((row) => String(row.name))
    const columns =
      await sql`select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'agency_code'`
    const bound = new Set(columns.map((row) => String(row.name)))
    const guarded = await sql`
      select distinct tgrelid::regclass::text as name from pg_trigger where tgtype & 7 = 7 and not tgisinternal`
    triggered = new Set(guarded.map((row) => String(row.name)))
    owned = tables.filter((table) => bound.has(table))
  })
  afterAll(async () => {
    await login.sql.end()
    await world.gateway.sql.unsafe(`drop role if exists ${login.name}`)
  })

  const agency = 'H56.12'
  const covered = `(agency_code = '${agency}' or starts_with(agency_code, '${agency}.'))`

  /** One statement in a scope, undone afterwards; answers the rows, or the SQLSTATE and the message of what refused it. */
  const tryAs = async (
    scope: string | null,
    statement: string,
  ): Promise<{ rows: postgres.Row[]; refused: string | null }> => {
    let rows: postgres.Row[] = []
    try {
      await login.sql.begin(async (tx) => {
        if (scope !== null) await tx`select set_config('lephi.agency', ${scope}, true)`
        rows = [...(await tx.unsafe(statement))]
        throw new Undone()
      })
    } catch (error) {
      if (!(error instanceof Undone))
        return {
          rows,
          refused: error instanceof postgres.PostgresError ? `${error.code} ${error.message}` : String(error),
        }
    }
    return { rows, refused: null }
  }
  class Undone extends Error {}

  describe('every table', () => {
    it('has an owner and one policy that nobody is above, or is here with the reason why it has none', async () => {
      expect(tables.filter((table) => !owned.includes(table))).toEqual(Object.keys(ownerless).sort())
      const policies = await world.gateway.sql`
        select tablename as name, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies
        where schemaname = 'public' and not exists (select from pg_class where relispartition and relname = tablename and relnamespace = 'public'::regnamespace) order by 1`
      expect(policies.map(({ name }) => String(name))).toEqual(owned)
      for (const { name, policyname, permissive, roles, cmd, qual, withCheck } of policies) {
        expect([name, policyname, permissive, roles, cmd]).toEqual([name, 'tenant', 'PERMISSIVE', '{public}', 'ALL'])
        const shape =
          /^(lephi_covers\(agency_code\)|\(\( SELECT \(current_setting\('lephi\.agency'::text, true\) = '\*'::text\)\) OR lephi_covers\(agency_code\)\))$/
        expect([name, shape.test(String(qual)), withCheck]).toEqual([name, true, qual])
      }
      const loose = await world.gateway.sql`
        select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname = any(${owned})
          and not (relrowsecurity and relforcerowsecurity)`
      expect(loose).toEqual([])
      const nameless = await world.gateway.sql`
        select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'agency_code' and is_nullable = 'YES'
          and table_name = any(${owned})`
      expect(nameless).toEqual([])
    })

    it('gives the gateway just the rights of its design, and nobody else any', async () => {
      const held = await world.gateway.sql`
        select relname as name, coalesce(string_agg(privilege_type, ' ' order by privilege_type), '') as granted
        from pg_class left join lateral (
          select privilege_type from aclexplode(relacl) as acl join pg_roles on pg_roles.oid = acl.grantee where rolname = 'lephi_app') as acl on true
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') and not relispartition group by 1 order by 1`
      expect(Object.fromEntries(held.map(({ name, granted }) => [name, String(granted).toLowerCase()]))).toEqual(rights)
      const columns = await world.gateway.sql`
        select relname as name, string_agg(distinct attname || ' ' || privilege_type, ', ' order by attname || ' ' || privilege_type) as granted
        from pg_attribute join pg_class on pg_class.oid = attrelid cross join lateral aclexplode(attacl) as acl join pg_roles on pg_roles.oid = acl.grantee
        where relnamespace = 'public'::regnamespace and rolname = 'lephi_app' group by 1 order by 1`
      expect(Object.fromEntries(columns.map(({ name, granted }) => [name, String(granted).toLowerCase()]))).toEqual(
        columnRights,
      )
      const others = await world.gateway.sql`
        select relname as name, privilege_type from pg_class cross join lateral aclexplode(relacl) as acl
        where relnamespace = 'public'::regnamespace and acl.grantee <> relowner and acl.grantee <> 'lephi_app'::regrole`
      expect(others).toEqual([])
    })

    it('shows nothing of another agency’s, and all of one’s own', async () => {
      for (const table of owned) {
        const [all] = await world.gateway.sql.unsafe(`select count(*)::int as n from ${table} where ${covered}`)
        const seen = await tryAs(
          agency,
          `select count(*) filter (where ${covered})::int as own, count(*) filter (where not ${covered})::int as foreign from ${table}`,
        )
        expect([table, seen.refused, seen.rows]).toEqual([table, null, [{ own: all?.n, foreign: 0 }]])
      }
    })

    it('holds rows of several agencies, so that the tests here look at something', async () => {
      const empty: string[] = []
      for (const table of owned) {
        const [row] = await world.gateway.sql.unsafe(
          `select count(*) filter (where ${covered})::int as own, count(*) filter (where not ${covered})::int as foreign from ${table}`,
        )
        if (!(Number(row?.own) > 0 && Number(row?.foreign) > 0)) empty.push(table)
      }
      expect(empty).toEqual(Object.keys(rowless).sort())
    })

    it('shows nothing at all where no scope is set, or one that is none', async () => {
      for (const table of owned)
        for (const scope of [null, '', 'H', 'H5', 'H56.1', 'H56.12.', 'H56.%', '%', 'h56', ' H56', '.']) {
          const seen = await tryAs(scope, `select count(*)::int as n from ${table}`)
          expect([table, scope, seen.rows, seen.refused]).toEqual([table, scope, [{ n: 0 }], null])
        }
    })

    it('lets no row of another agency’s be changed or deleted', async () => {
      for (const table of owned) {
        for (const statement of [
          `delete from ${table} where not ${covered} returning 1`,
          `update ${table} set agency_code = agency_code where not ${covered} returning 1`,
        ]) {
          const tried = await tryAs(agency, statement)
          expect([statement, tried.rows]).toEqual([statement, []])
          if (tried.refused !== null)
            expect([statement, tried.refused]).toEqual([statement, expect.stringMatching(/^42501 permission denied/)])
        }
      }
    })

    it('lets no row be written for another agency, nor given to it', async () => {
      for (const table of owned) {
        const copy = (where: string) =>
          world.gateway.sql.unsafe(`select to_jsonb(t)::text as row from ${table} as t where ${where} limit 1`)
        const [[foreign], [own]] = [await copy(`not ${covered}`), await copy(covered)]
        const insert = (row: unknown) => {
          const text = String(row).replaceAll("'", "''")
          return `insert into ${table} select * from jsonb_populate_record(null::${table}, '${text}'::jsonb) returning 1`
        }
        if (!foreign) continue
        const written = await tryAs(agency, insert(foreign.row))
        const isGranted = /insert/.test(rights[table] ?? '')
        // A trigger before the row is asked first, and refuses a copy for reasons of its own.
        const refusal =
          isGranted && !triggered.has(table) ? /^42501 (new row violates row-level security|permission denied)/ : /./
        expect([table, written.rows, written.refused]).toEqual([table, [], expect.stringMatching(refusal)])
        // The same statement for one's own gets further: what refuses it is another rule, or a right that nobody has.
        if (own && isGranted) {
          const twin = await tryAs(agency, insert(own.row))
          expect([table, twin.refused]).not.toEqual([table, expect.stringContaining('row-level security')])
        }
        const given = await tryAs(agency, `update ${table} set agency_code = 'H56.14' where ${covered} returning 1`)
        expect([table, given.rows]).toEqual([table, []])
        expect([table, given.refused]).toEqual([table, expect.stringMatching(/^(42501|P0001|23\d{3}) /)])
      }
    })
  })

  describe('the gateway’s role', () => {
    it('can do nothing but what is granted, and is nobody’s master and in nobody’s group', async () => {
      const [role] = await world.gateway.sql`
        select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication from pg_roles where rolname = 'lephi_app'`
      expect(role).toEqual({
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolcanlogin: false,
        rolreplication: false,
      })
      expect(
        await world.gateway.sql`select roleid::regrole::text from pg_auth_members where member = 'lephi_app'::regrole`,
      ).toEqual([])
      const [owns] = await world.gateway.sql`
        select (select count(*)::int from pg_class where relowner = 'lephi_app'::regrole) as relations,
          (select count(*)::int from pg_proc where proowner = 'lephi_app'::regrole) as functions,
          (select count(*)::int from pg_namespace where nspowner = 'lephi_app'::regrole) as schemas,
          has_schema_privilege('lephi_app', 'public', 'create') as makes`
      expect(owns).toEqual({ relations: 0, functions: 0, schemas: 0, makes: false })
    })

    it('becomes nobody else, changes no policy, and cannot read what the server keeps for itself', async () => {
      const [superuser] = await world.gateway.sql`select rolname from pg_roles where rolsuper order by oid limit 1`
      for (const statement of [
        `set role ${superuser?.rolname}`,
        `set session authorization ${superuser?.rolname}`,
        'set row_security = off; select 1 from orders',
        'alter table orders disable row level security',
        'alter table orders no force row level security',
        'drop policy tenant on orders',
        'create policy open on orders using (true)',
        'alter policy tenant on orders using (true)',
        'create or replace function lephi_covers(code text) returns boolean language sql as $$ select true $$',
        'alter function lephi_covers(text) rename to lephi_other',
        'alter table postings disable trigger all',
        'set session_replication_role = replica',
        'truncate orders',
        'create table mine (x int)',
        'create function mine() returns int language sql as $$ select 1 $$',
        'alter role lephi_app bypassrls',
        'select rolpassword from pg_authid',
        "select pg_read_file('PG_VERSION')",
        "copy (select 1) to program 'true'",
      ]) {
        const tried = await tryAs('*', statement)
        expect([statement, tried.refused]).toEqual([statement, expect.stringMatching(/^(42501|42P17|0A000) /)])
      }
      // What a login may go back to is itself, and it has nothing.
      const bare = await tryAs('*', 'set role none; select count(*) from orders')
      expect(bare.refused).toMatch(/^42501 permission denied/)
    })

    it('is told of by the gateway where it has more', async () => {
      const asItself = openDatabase({ url: login.url, role: 'lephi_app', max: 1 })
      expect([await excessOfRights(asItself), await rightsOfLogin(asItself)]).toEqual([null, null])
      await asItself.close()
      const asOwner = openDatabase({ url: ownerUrl, role: null, max: 1 })
      expect(await excessOfRights(asOwner)).toContain('who may see every agency')
      await asOwner.close()
      // Bound, but by a role that its session can leave.
      const lent = openDatabase({ url: ownerUrl, role: 'lephi_app', max: 1 })
      expect([await excessOfRights(lent), await rightsOfLogin(lent)]).toEqual([null, expect.stringContaining('owns')])
      await lent.close()
    })
  })

  describe('functions and views', () => {
    it('that work with their owner’s rights are here with the reason, and look names up in one place only', async () => {
      const found = await world.gateway.sql`
        select p.oid::regprocedure::text as name, prorettype = 'trigger'::regtype as is_trigger, proconfig from pg_proc p
        where pronamespace = 'public'::regnamespace and prosecdef order by 1`
      expect(found.length).toBeGreaterThan(5)
      for (const { name, proconfig } of found)
        expect([name, proconfig]).toEqual([name, expect.arrayContaining(['search_path=public, pg_temp'])])
      expect(found.filter(({ isTrigger }) => !isTrigger).map(({ name }) => String(name))).toEqual(
        Object.keys(definers).sort(),
      )
    })

    it('that make and drop months are the gateway’s role’s alone, and refuse what is missing', async () => {
      const granted = await world.gateway.sql`
        select p.oid::regprocedure::text as name, coalesce(array_agg(case grantee when 0 then 'public' else grantee::regrole::text end) filter (where grantee <> proowner), '{}') as to
        from pg_proc p left join lateral aclexplode(coalesce(proacl, acldefault('f', proowner))) as acl on true
        where pronamespace = 'public'::regnamespace and proname in ('lephi_make_month', 'lephi_drop_month', 'lephi_lay_month') group by p.oid order by 1`
      expect(granted).toEqual([
        { name: 'lephi_drop_month(text,timestamp with time zone,text)', to: ['lephi_app'] },
        { name: 'lephi_lay_month(text,date)', to: [] },
        { name: 'lephi_make_month(text,date)', to: ['lephi_app'] },
      ])
      for (const call of [
        "lephi_make_month(null, '2031-12-01')",
        "lephi_make_month('callbacks', null)",
        "lephi_drop_month(null, '2031-12-01', '')",
        "lephi_drop_month('audit_log', null, '')",
        "lephi_drop_month('audit_log', '2031-12-01', null)",
      ])
        expect([call, (await tryAs(agency, `select ${call}`)).refused]).toEqual([
          call,
          expect.stringMatching(/^22004 /),
        ])
    })

    it('look no further than who uses them', async () => {
      const views = await world.gateway.sql`
        select relname as name, reloptions from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')`
      expect(views.length).toBeGreaterThan(0)
      for (const { name, reloptions } of views) expect([name, reloptions]).toEqual([name, ['security_invoker=true']])
      const seen = await tryAs(
        agency,
        'select count(*)::int as n from refund_line_amounts where refund_id not in (select id from refunds)',
      )
      expect(seen).toEqual({ rows: [{ n: 0 }], refused: null })
    })
  })
}
