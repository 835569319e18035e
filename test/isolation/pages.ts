// Tenant isolation beside the API: screens of the console for people of another agency, tokens of one page at another, and messages of a provider or a browser at the
// address of another agency's merchant account.
import { beforeAll, describe, expect, it } from 'vitest'
import { roles } from '../../src/domain/staff.ts'
import { screens } from '../../src/pages/console/screens.ts'
import { type Person, signIn } from '../kit/console.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'
import { absentFor, digestOf, idsIn, idsOf, thing } from './attack.ts'
import type { Holding } from './holding.ts'
import { named, pathOf } from './screens.ts'
import type { Owner, World } from './world.ts'

export const describePages = (worldOf: () => World): void => {
  let world: World
  let secrets: Set<string>
  const foreign: readonly Owner[] = ['sibling', 'above', 'cousin']
  const words = ['Siblingword', 'Aboveword', 'Cousinword']

  beforeAll(async () => {
    world = worldOf()
    const { gateway, parties } = world
    const visible = await idsOf(gateway, 'H56.12')
    secrets = new Set()
    for (const owner of foreign)
      for (const id of await idsOf(gateway, parties[owner].office.agency)) if (!visible.has(id)) secrets.add(id)
  })

  const holdingOf = (owner: Owner): Holding => world.parties[owner].holding

  /** What else an address of a screen may name, by the names of queries and forms. */
  const queries: Readonly<Record<string, string>> = {
    ...{
      account: 'account',
      merchant_account: 'account',
      order: 'order.paid',
      discrepancy: 'discrepancy.toRead',
      agency_code: 'agency',
    },
    ...{
      statement: 'statement',
      attempt: 'attempt.paid',
      refund: 'refund.done',
      endpoint: 'endpoint',
      dossier_code: 'order.paid.dossier',
    },
  }

  const parametersOf = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name]) => String(name))
  const owned = screens.filter(({ path }) => Object.values(named[path] ?? {}).some((what) => !what.startsWith('=')))
  const seenIn = (html: string, said: readonly string[]): string[] => [
    ...idsIn(html).filter((id) => secrets.has(id) && !said.includes(id)),
    ...words.filter((word) => html.toLowerCase().includes(word.toLowerCase())),
  ]
  const people = (): Promise<Person[]> =>
    Promise.all(roles.map((role) => signIn(world.gateway, role, { agency: 'H56.12' })))

  describe('the console', () => {
    it('has another agency’s thing here for every parameter of every screen’s path', () => {
      const missing = screens.flatMap(({ path }) =>
        parametersOf(path)
          .filter((name) => named[path]?.[name] === undefined)
          .map((name) => `the screen ${path} takes :${name}: say in test/isolation/pages.ts what it names`),
      )
      expect(missing).toEqual([])
    })

    it('has no screen of another agency’s things for anybody, and does nothing to them', async () => {
      const persons = await people()
      const before = await digestOf(world.gateway, { reader: 'H56.12', others: [] })
      for (const screen of owned) {
        for (const owner of foreign) {
          const path = pathOf(screen.path, holdingOf(owner))
          for (const person of persons) {
            const wanted = screen.roles.includes(person.staff.role) ? 404 : 403
            const told = `${person.staff.role} at ${screen.path} of ${owner}`
            const page = await person.open(path)
            expect([told, page.status, seenIn(page.html, idsIn(path))]).toEqual([told, wanted, []])
            for (const act of Object.keys(screen.acts ?? {})) {
              const done = await person.send(path, { act, once: 'o'.repeat(20), sure: 'on', ...formOf(owner) })
              expect([403, 404, 422], `${told}: ${act} ${done.status}`).toContain(done.status)
              expect([told, act, seenIn(done.html, Object.values(formOf(owner)).concat(idsIn(path)))]).toEqual([
                told,
                act,
                [],
              ])
            }
          }
        }
      }
      await world.gateway.deps.settled()
      expect(await digestOf(world.gateway, { reader: 'H56.12', others: [] })).toEqual(before)
    })

    it('shows nothing of another agency’s on any list, whatever the address asks for', async () => {
      const persons = await people()
      // The record of reading has what these very people asked for; routes.ts looks at it.
      const others = screens.filter((each) => !owned.includes(each) && !each.path.startsWith('/audit'))
      for (const screen of others) {
        const path = pathOf(screen.path, holdingOf('own'))
        for (const person of persons.filter(({ staff }) => screen.roles.includes(staff.role))) {
          const plain = await person.open(path)
          expect([screen.path, person.staff.role, seenIn(plain.html, [])]).toEqual([screen.path, person.staff.role, []])
          for (const owner of foreign.slice(0, 2)) {
            const asked = Object.fromEntries(
              Object.entries(queries).map(([name, what]) => [name, thing(holdingOf(owner), what)]),
            )
            const page = await person.open(`${path}?${new URLSearchParams(asked)}`)
            const told = [screen.path, person.staff.role, owner]
            expect([told, page.status < 500, seenIn(page.html, Object.values(asked))]).toEqual([told, true, []])
          }
        }
      }
    })

    it('has these screens for people of the agency itself', async () => {
      const persons = await people()
      for (const screen of owned) {
        const path = pathOf(screen.path, holdingOf('own'))
        for (const person of persons.filter(({ staff }) => screen.roles.includes(staff.role))) {
          const page = await person.open(path)
          expect([screen.path, person.staff.role, page.status]).toEqual([screen.path, person.staff.role, 200])
        }
      }
    })
  })

  /** What a form of ours might hold, of another's. */
  const formOf = (owner: Owner): Record<string, string> => ({
    ...Object.fromEntries(Object.entries(queries).map(([name, what]) => [name, thing(holdingOf(owner), what)])),
    ...{ note: 'test', reason: 'test', resolution: 'attributed', outcome: 'won', text: 'test', result: 'test' },
  })

  describe('a citizen’s page', () => {
    const tokensOf = async (owner: Owner) => {
      const { sql } = world.gateway
      const holding = holdingOf(owner)
      const [order] = await sql`select checkout_token from orders where id = ${thing(holding, 'order.open')}`
      const [receipt] = await sql`select token from receipts where id = ${thing(holding, 'receipt')}`
      return { pay: String(order?.checkoutToken), receipt: String(receipt?.token) }
    }

    it('is reached by its own token and by no id, no other page’s token and no case or part of it', async () => {
      const { pay, receipt } = await tokensOf('sibling')
      const open = async (path: string) =>
        (await world.gateway.request(path, { headers: { accept: 'text/html' } })).status
      expect([await open(`/pay/${pay}`), await open(`/receipts/${receipt}`)]).toEqual([200, 200])
      const holding = holdingOf('sibling')
      const wrong = [
        `/pay/${receipt}`,
        `/pay/${thing(holding, 'order.open')}`,
        `/pay/${pay.slice(0, -1)}`,
        `/pay/${pay.toLowerCase()}`,
        `/pay/${pay}%00`,
        `/pay/%25`,
        `/receipts/${pay}`,
        `/receipts/${thing(holding, 'receipt')}`,
        `/receipts/${receipt}x`,
        `/receipts/${receipt}/pdf/..`,
      ]
      for (const path of wrong) expect([path, await open(path)]).toEqual([path, 404])
    })

    it('leads to no attempt of another order, whose ever that is', async () => {
      const { pay } = await tokensOf('own')
      for (const owner of ['own', 'sibling'] as const) {
        const attempt = thing(holdingOf(owner), owner === 'own' ? 'attempt.toHear' : 'attempt.pending')
        const answer = await world.gateway.request(`/pay/${pay}/attempts/${attempt}`, {
          headers: { accept: 'text/html' },
        })
        expect([owner, answer.status, answer.headers.get('location')]).toEqual([owner, 303, `/pay/${pay}`])
      }
    })

    it('names no other order of the agency or of others', async () => {
      const { pay, receipt } = await tokensOf('own')
      for (const path of [`/pay/${pay}`, `/receipts/${receipt}`, '/where', '/verify']) {
        const html = await (await world.gateway.request(path, { headers: { accept: 'text/html' } })).text()
        expect([path, seenIn(html, [])]).toEqual([path, []])
      }
    })
  })

  describe('a provider or a browser at another agency’s address', () => {
    const credentialsOf = (owner: Owner) => ({
      id: thing(holdingOf(owner), 'account'),
      credentials: world.parties[owner].credentials,
    })
    const stateOf = async (attempt: string) =>
      (await world.gateway.sql`select status, amount_captured from attempts where id = ${attempt}`)[0]

    it('changes no payment of ours, whichever of the two keys signed', async () => {
      const { gateway } = world
      const attempt = thing(holdingOf('own'), 'attempt.toHear')
      const [row] = await gateway.sql`select merchant_reference from attempts where id = ${attempt}`
      const reference = String(row?.merchantReference)
      const before = await stateOf(attempt)
      const [mine, theirs] = [credentialsOf('own'), credentialsOf('sibling')]
      const forged = signedVnpayCallback({ ...theirs, credentials: mine.credentials }, reference, 150_000)
      const misled = signedVnpayCallback(theirs, reference, 150_000)
      const relabelled = signedVnpayCallback({ ...mine, credentials: theirs.credentials }, reference, 150_000)
      for (const path of [forged, misled, relabelled]) {
        const answer = await gateway.request(path)
        expect([answer.status, ((await answer.json()) as { RspCode: string }).RspCode]).not.toEqual([200, '00'])
        expect(await stateOf(attempt)).toEqual(before)
      }
      await gateway.deps.settled()
      // What the other's own provider told it genuinely is the other's affair, and nobody else hears of it.
      const kept = await gateway.sql`select agency_code, kind from quarantine where merchant_reference = ${reference}`
      expect(kept).toEqual([{ agencyCode: 'H56.14', kind: 'unknown_reference' }])
      const seen = await world.parties.own.office.ask('/v1/quarantine?limit=200')
      expect(JSON.stringify(seen)).not.toContain(reference)
      // The same message at its own address works.
      const genuine = await gateway.request(signedVnpayCallback(mine, reference, 150_000, '99000001'))
      expect(((await genuine.json()) as { RspCode: string }).RspCode).toBe('00')
      expect(await stateOf(attempt)).toMatchObject({ status: 'captured' })
    })

    it('is led to no page of an order that is not that account’s', async () => {
      const { gateway } = world
      const attempt = thing(holdingOf('own'), 'attempt.pending')
      const [row] = await gateway.sql`
        select merchant_reference, checkout_token from attempts join orders on orders.id = attempts.order_id where attempts.id = ${attempt}`
      const [mine, theirs] = [credentialsOf('own'), credentialsOf('sibling')]
      const at = (account: typeof mine, signer: typeof mine) =>
        signedVnpayCallback(
          { id: account.id, credentials: signer.credentials },
          String(row?.merchantReference),
          150_000,
        ).replace('/callbacks/', '/returns/')
      const led = async (path: string) => {
        const answer = await gateway.request(path)
        return [answer.status, new URL(answer.headers.get('location') ?? '', 'http://gateway.test').pathname]
      }
      expect(await led(at(mine, mine))).toEqual([303, `/pay/${row?.checkoutToken}`])
      for (const [account, signer] of [
        [theirs, theirs],
        [theirs, mine],
      ] as const)
        expect(await led(at(account, signer))).toEqual([303, '/pay/unknown'])
      expect(await led(at({ ...mine, id: absentFor(mine.id) }, mine))).toEqual([303, '/pay/unknown'])
    })
  })
}
