// How one call is made by many, with whose things, and how it is seen that nothing came of it.
import type { Route } from '../../src/api/route.ts'
import { routeTable } from '../../src/api/routes.ts'
import { type Scope, scopes } from '../../src/domain/access.ts'
import { roleScopes, roles } from '../../src/domain/staff.ts'
import type { TestApp } from '../kit/app.ts'
import { openDoorForPeople } from '../kit/people.ts'
import type { Call, Try } from './calls.ts'
import type { Holding } from './holding.ts'
import { newKey } from './office.ts'

export type Caller = {
  name: string
  scopes: readonly Scope[]
  send: (path: string, init: RequestInit) => Promise<Response>
}

export type Answered = { status: number; text: string }

/** A program of each scope, one of all of them, and a person of each role, all of one agency. */
export const callersOf = async (gateway: TestApp, agency: string): Promise<Caller[]> => {
  const program = async (name: string, held: readonly Scope[]): Promise<Caller> => {
    const token = await gateway.token(held, agency)
    const send: Caller['send'] = async (path, init) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${token}`)
      return gateway.app.request(path, { ...init, headers })
    }
    return { name, scopes: held, send }
  }
  const asPerson = openDoorForPeople(gateway)
  return [
    await program('a program that may do everything', scopes),
    ...(await Promise.all(scopes.map((scope) => program(`a program with ${scope}`, [scope])))),
    ...roles.map((role) => ({
      name: `a person who is ${role}`,
      scopes: roleScopes[role],
      send: (path: string, init: RequestInit) => asPerson(path, { ...init, role, agency, name: role }),
    })),
  ]
}

export const mayCall = (caller: Caller, route: Route): boolean =>
  route.scopes.some((scope) => caller.scopes.includes(scope))

/** The call of a route, as it goes over the wire. */
export const requestOf = (
  route: Route,
  call: Call,
  accept = 'application/json',
): { path: string; init: RequestInit } => {
  const path = Object.entries(call.path ?? {}).reduce((text, [name, id]) => text.replace(`{${name}}`, id), route.path)
  const query = new URLSearchParams(call.query)
  const headers: Record<string, string> = { accept, 'idempotency-key': newKey() }
  const method = route.method.toUpperCase()
  const at = query.size > 0 ? `${path}?${query}` : path
  if (call.multipart) {
    const body = new FormData()
    for (const [name, value] of Object.entries(call.multipart.members)) body.append(name, value)
    body.append('file', new File([call.multipart.text], 'tried.csv'))
    return { path: at, init: { method, headers, body } }
  }
  if (call.json === undefined) return { path: at, init: { method, headers } }
  return {
    path: at,
    init: { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(call.json) },
  }
}

export const answerTo = async (caller: Caller, { path, init }: ReturnType<typeof requestOf>): Promise<Answered> => {
  const answer = await caller.send(path, init)
  return { status: answer.status, text: await answer.text() }
}

/** A thing of a holding by its name. */
export const thing = (holding: Holding, name: string): string => {
  const found = holding[name]
  if (!found) throw new Error(`no agency owns a ${name}: make one in test/isolation/holding.ts`)
  return found
}

/** The places of a call that name something, and the call itself with one's own things. */
export const placesNamed = (tried: Try, own: Holding): { place: string; name: string }[] => {
  const found: { place: string; name: string }[] = []
  tried.call((place, name) => {
    found.push({ place, name })
    return thing(own, name)
  })
  return found
}

/** What cannot be there: of the same shape as what is. */
export const absentFor = (text: string): string => {
  if (text.startsWith('TS-')) return 'TS-0410-6105-5'
  if (/^[a-z]{3}_/.test(text)) return `${text.slice(0, -6)}zzzzzz`
  return /^H\d/.test(text) ? text.replace(/^H\d\d/, 'H99') : `${text}9`
}

/** A query without the members that it can do without, but for those that are kept. */
export const withOnly = (call: Call, isKept: (name: string) => boolean): Call => ({
  ...call,
  query: Object.fromEntries(Object.entries(call.query ?? {}).filter(([name]) => isKept(name))),
})

/** A digest of every table; of the record of reading only what is not the reader's own, and not what `others` read themselves. */
export const digestOf = async (
  { sql }: TestApp,
  { reader, others }: { reader: string; others: readonly string[] },
): Promise<Record<string, string>> => {
  const tables =
    await sql`select relname as name from pg_class where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace order by 1`
  const rows = await Promise.all(
    tables.map(async ({ name }) => {
      const which =
        name === 'audit_log'
          ? sql`where not starts_with(agency_code, ${reader}) and not actor = any(${[...others]}::text[])`
          : sql``
      const [row] =
        await sql`select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as digest from ${sql(String(name))} as t ${which}`
      return [String(name), String(row?.digest)] as const
    }),
  )
  return Object.fromEntries(rows)
}

/** Every id in every row of an agency and those below it. */
export const idsOf = async ({ sql }: TestApp, agency: string, but: readonly string[] = []): Promise<Set<string>> => {
  const tables = await sql`
    select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'agency_code'
      and table_name in (select relname from pg_class where relkind in ('r', 'p') and not relispartition)`
  const found = new Set<string>()
  for (const { name } of tables) {
    const rows = await sql`
      select to_jsonb(t)::text as text from ${sql(String(name))} as t
      where (agency_code = ${agency} or starts_with(agency_code, ${`${agency}.`}))
        and not agency_code = any(${[...but]}::text[])`
    for (const { text } of rows) for (const id of idsIn(String(text))) found.add(id)
  }
  return found
}

export const idsIn = (text: string): string[] => text.match(/\b[a-z]{3}_[0-9a-z]{26,40}\b/g) ?? []

/** The routes that ask who calls. */
export const closedRoutes = routeTable.filter(({ scopes: asked }) => asked.length > 0)
