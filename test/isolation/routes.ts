// Tenant isolation, made from the table of routes: every route is called with another agency's things in every place that takes one, by a person of every role and a
// program of every scope. What comes back is what comes for a thing that does not exist, nothing of the other agency's stands in it, and no row of any table is
// another one afterwards. The same calls with one's own things work, so that none of this is shown by asking nonsense.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Route } from '../../src/api/route.ts'
import { routeTable } from '../../src/api/routes.ts'
import {
  type Answered,
  absentFor,
  answerTo,
  type Caller,
  callersOf,
  closedRoutes,
  digestOf,
  idsIn,
  idsOf,
  mayCall,
  placesNamed,
  requestOf,
  thing,
  withOnly,
} from './attack.ts'
import { type At, type Call, calls, publicRoutes, type Try } from './calls.ts'
import type { Holding } from './holding.ts'
import { namedBy } from './members.ts'
import { isOptional, placesOf } from './places.ts'
import type { Owner, World } from './world.ts'

export const describeRoutes = (worldOf: () => World): void => {
  let world: World
  /** Who attacks from where, with whose things of their own, and what must never be seen there. */
  let sides: Side[]
  let before: Record<string, string>
  /** What these read of their own is on their own record. */
  let others: readonly string[]

  type Side = {
    own: Owner
    foreign: readonly Owner[]
    callers: readonly Caller[]
    secrets: Set<string>
    words: string[]
  }

  beforeAll(async () => {
    world = worldOf()
    const { gateway } = world
    const side = async (own: Owner, foreign: readonly Owner[]): Promise<Side> => {
      const { agency } = world.parties[own].office
      const visible = await idsOf(gateway, agency)
      const secrets = new Set<string>()
      for (const other of foreign) {
        const its = await idsOf(gateway, world.parties[other].office.agency, other === 'above' ? [] : [])
        for (const id of its) if (!visible.has(id)) secrets.add(id)
      }
      const words = foreign.map((other) => world.parties[other].office.word)
      return { own, foreign, callers: await callersOf(gateway, agency), secrets, words }
    }
    sides = [await side('own', ['sibling', 'above', 'cousin'])]
    const [below] = [await side('below', ['own', 'sibling'])]
    sides.push({ ...below, callers: below.callers.slice(0, 1) })
    others = Object.values(world.parties).flatMap(({ office }) => Object.values(office.clients))
    before = await digestOf(gateway, { reader: 'H56.12', others })
  })

  const own = (name: Owner): Holding => world.parties[name].holding
  const triesOf = (route: Route): readonly Try[] => calls[route.operationId] ?? []

  describe('the table of routes', () => {
    it('has a call here for every route', () => {
      const missing = routeTable
        .filter(({ operationId }) => !(operationId in calls) && !(operationId in publicRoutes))
        .map(
          ({ method, path, operationId }) =>
            `${method.toUpperCase()} ${path} has no isolation test: add ${operationId} to test/isolation/calls-of-*.ts`,
        )
      expect(missing).toEqual([])
      const gone = Object.keys({ ...calls, ...publicRoutes }).filter(
        (id) => !routeTable.some(({ operationId }) => operationId === id),
      )
      expect(gone).toEqual([])
      expect(Object.keys(publicRoutes).sort()).toEqual(
        routeTable
          .filter(({ scopes }) => scopes.length === 0)
          .map(({ operationId }) => operationId)
          .sort(),
      )
    })

    it('has another agency’s thing here in every place that can name one', () => {
      const missing = closedRoutes.flatMap((route) => {
        const holding = new Proxy({}, { get: (_, name) => `any ${String(name)}` })
        const tried = new Set(triesOf(route).flatMap((each) => placesNamed(each, holding).map(({ place }) => place)))
        return placesOf(route).flatMap((place) => {
          const [, where = '', name = ''] = place.split('/')
          const kind =
            where === 'path'
              ? (route.objects?.[name] ?? namedBy(route.operationId, place))
              : namedBy(route.operationId, place)
          if (kind === 'plain' || kind === 'cursor' || tried.has(place)) return []
          const what = `${route.method.toUpperCase()} ${route.path} takes ${place}`
          return kind === undefined
            ? [`${what}: say in test/isolation/members.ts what it names, or that nobody owns it`]
            : [
                `${what}, which names a ${kind}: put at('${place}', …) into the call of ${route.operationId} in test/isolation/calls-of-*.ts`,
              ]
        })
      })
      expect(missing).toEqual([])
    })
  })

  const at =
    (side: Side, foreign: (place: string, name: string) => string | undefined): At =>
    (place, name) =>
      foreign(place, name) ?? thing(own(side.own), name)

  /** A call with another's thing in one place; of a query nothing else that it can do without, so that it is not the rest that finds nothing. */
  const withForeign = (
    route: Route,
    tried: Try,
    side: Side,
    { place, text }: { place: string; text: string },
  ): Call => {
    const call = tried.call(at(side, (where) => (where === place ? text : undefined)))
    const [, where, name] = place.split('/')
    return where === 'query' ? withOnly(call, (each) => each === name || !isOptional(route, each)) : call
  }

  /** What of another's stands in an answer, but for what the call itself said. */
  const foundIn = (side: Side, { text }: Answered, said: string): string[] => {
    const ids = idsIn(text).filter((id) => side.secrets.has(id) && !said.includes(id))
    const plain = said === '' ? text : text.replaceAll(said, '')
    return [...ids, ...side.words.filter((word) => plain.toLowerCase().includes(word.toLowerCase()))]
  }

  const withoutNames = ({ status, text }: Answered, said: string): string =>
    `${status} ${text
      .replaceAll(said, '•')
      .replaceAll(said.toUpperCase(), '•')
      .replaceAll(/"request_id":"[^"]*"/g, '')}`

  const isAbove = (owner: Owner, below: Owner): boolean =>
    world.parties[below].office.agency.startsWith(`${world.parties[owner].office.agency}.`)

  const attack = async (route: Route, tried: Try, side: Side): Promise<void> => {
    for (const { place, name } of placesNamed(tried, own(side.own))) {
      for (const owner of side.foreign) {
        const text = thing(own(owner), name)
        const isQuery = place.startsWith('/query/')
        const wanted = tried.says?.[place] ?? (isQuery ? [200, 404] : 404)
        // Everybody tries the neighbour’s; who may do most tries all others’ too.
        for (const caller of owner === side.foreign[0] ? side.callers : side.callers.slice(0, 1)) {
          const told = `${caller.name} of ${side.own}, with the ${name} of ${owner} at ${place}`
          const seen = await answerTo(caller, requestOf(route, withForeign(route, tried, side, { place, text })))
          if (!mayCall(caller, route)) {
            expect([told, seen.status]).toEqual([told, 403])
            continue
          }
          expect([wanted].flat(), `${told}: ${seen.text}`).toContain(seen.status)
          const isShared = tried.shared?.[place] !== undefined && isAbove(owner, side.own)
          expect([told, foundIn(isShared ? { ...side, words: [] } : side, seen, text)]).toEqual([told, []])
          if (isShared || caller !== side.callers[0]) continue
          const absent = absentFor(text)
          const unseen = await answerTo(
            caller,
            requestOf(route, withForeign(route, tried, side, { place, text: absent })),
          )
          expect(withoutNames(seen, text), told).toEqual(withoutNames(unseen, absent))
        }
      }
    }
  }

  /** A list as it stands, in every format, and from every cursor that another was given. */
  const lookAround = async (route: Route, tried: Try, side: Side): Promise<void> => {
    const call = withOnly(tried.call(at(side, () => undefined)), (name) => !isOptional(route, name))
    const [all] = side.callers
    if (!all) throw new Error('nobody looks')
    for (const accept of route.responses[200]?.contentTypes ?? ['application/json'])
      expect([accept, foundIn(side, await answerTo(all, requestOf(route, call, accept)), '')]).toEqual([accept, []])
    for (const caller of side.callers.filter((each) => mayCall(each, route)))
      expect([caller.name, foundIn(side, await answerTo(caller, requestOf(route, call)), '')]).toEqual([
        caller.name,
        [],
      ])
    if (!placesOf(route).includes('/query/cursor')) return
    for (const owner of side.foreign) {
      const theirs = tried.call((_, name) => thing(own(owner), name))
      const plain = withOnly(theirs, (name) => !isOptional(route, name))
      const token = await world.parties[owner].office.token('checker')
      const { path, init } = requestOf(route, { ...plain, query: { ...plain.query, limit: '1' } })
      const headers = { ...init.headers, authorization: `Bearer ${token}` }
      const first = await world.gateway.app.request(path, { ...init, headers })
      const cursor = ((await first.json()) as { next_cursor?: string | null }).next_cursor
      if (!cursor) continue
      cursors.add(route.operationId)
      const answer = await answerTo(all, requestOf(route, { ...call, query: { ...call.query, cursor } }))
      expect([200, 422], answer.text).toContain(answer.status)
      expect([owner, foundIn(side, answer, cursor)]).toEqual([owner, []])
    }
  }
  const cursors = new Set<string>()

  describe('another agency’s things', () => {
    // The record of reading first: later it has what was asked for here.
    const recordFirst = closedRoutes.toSorted((a, b) => Number(b.path === '/v1/audit') - Number(a.path === '/v1/audit'))
    for (const route of recordFirst) {
      it(`are not there for ${route.method.toUpperCase()} ${route.path}`, async () => {
        for (const side of sides) {
          for (const [n, tried] of triesOf(route).entries()) {
            // Of calls that differ in little everybody makes the first, and who may do most makes all.
            const those =
              n > 0
                ? { ...side, foreign: side.foreign.slice(0, 1), callers: side.callers.slice(0, 1) }
                : {
                    ...side,
                    callers: side.callers.filter((_, m) => !tried.isLarge || [0, side.callers.length - 2].includes(m)),
                  }
            if (route.method === 'get') await lookAround(n === 0 ? route : { ...route, responses: {} }, tried, those)
            await attack(route, tried, those)
          }
        }
        await world.gateway.deps.settled()
        const after = await digestOf(world.gateway, { reader: 'H56.12', others })
        const changed = Object.keys(after).filter((table) => after[table] !== before[table])
        before = after
        expect(changed).toEqual([])
      })
    }

    // What the gateway itself has done, for everybody.
    const ofNobody = ['/v1/retention_passes']

    it('are not reached by any cursor', () => {
      // Of what one thing has, the cursor is bound to the thing.
      const lists = closedRoutes.filter(
        ({ path, ...route }) =>
          placesOf({ ...route, path }).includes('/query/cursor') && !path.includes('{') && !ofNobody.includes(path),
      )
      const untried = lists.filter(({ operationId }) => !cursors.has(operationId)).map(({ operationId }) => operationId)
      expect(untried.map((id) => `${id}: make two of them in test/isolation/holding.ts`)).toEqual([])
    })
  })

  describe('one’s own things', () => {
    for (const route of closedRoutes) {
      it(`are there for ${route.method.toUpperCase()} ${route.path}`, async () => {
        const [side] = sides
        for (const tried of triesOf(route)) {
          const call = tried.call(at(side as Side, () => undefined))
          const { office } = world.parties.own
          const ask = async (token: string) => {
            const { path, init } = requestOf(route, call)
            const answer = await world.gateway.app.request(path, {
              ...init,
              headers: { ...init.headers, authorization: `Bearer ${token}` },
            })
            return { status: answer.status, text: await answer.text() }
          }
          const answer = tried.hand
            ? await ask(await office.token(tried.hand))
            : await answerTo((side as Side).callers[0] as Caller, requestOf(route, call))
          const wanted = tried.own ?? 200
          expect(tried.own ? answer.status : Math.floor(answer.status / 100) * 100, answer.text).toBe(wanted)
          if (tried.shows) expect(answer.text).toContain(thing(own('own'), tried.shows))
          if (route.method !== 'get') continue
          const others = tried.isLarge ? [] : (side as Side).callers.filter((each) => mayCall(each, route))
          for (const caller of others)
            expect([caller.name, (await answerTo(caller, requestOf(route, call))).status]).toEqual([
              caller.name,
              answer.status,
            ])
          await world.gateway.deps.settled()
        }
      })
    }
  })
}
