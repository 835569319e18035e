// Every way in which a payer can end a payment, pressed on the page of every simulated provider, and the state of the order that each must lead to.
import { describe, expect, it } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { type Choice, choices } from '../../src/simulators/choices.ts'
import { allTraits, type Traits } from '../kit/traits.ts'
import { fieldsOf, form, textOf } from '../simulators/portal-kit.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor } = townStory()

type Started = { id: string; reference: string; page: string }

/** An order with an attempt, and the page on which its payer stands. */
const start = async ({ name, presses }: Subject): Promise<Started> => {
  const town = theTown()
  const id = await town.place()
  const { status, body } = await town.api(`/v1/orders/${id}/attempts`, { provider: name })
  expect(status).toBe(201)
  const url = String(body.action?.url)
  const reference = String(body.merchant_reference)
  if (presses === 'app') {
    const query = new URLSearchParams({ qr: String(body.action?.payload), back: `/pay/${id}` })
    return { id, reference, page: `${theProviders()}/${name}/bank-app?${query}` }
  }
  if (presses === 'page') return { id, reference, page: url }
  const fields = Object.entries(body.action?.fields ?? {}).map(([field, value]) => [field, String(value)])
  const answer = await ask(url, form(Object.fromEntries(fields)))
  return { id, reference, page: answer.headers.get('location') ?? '' }
}

const theProviders = () => `${theTown().deps.publicUrl}/simulators`
const ask = (url: string, init?: RequestInit) =>
  Promise.resolve(theTown().simulators.app.request(url.replace(theProviders(), ''), init))

/** Presses a button of the page, with the fields as they stand there. */
const press = async (page: string, result: string, fields: Record<string, string> = {}): Promise<Response> => {
  const shown = await ask(page)
  expect(shown.status).toBe(200)
  const html = await shown.text()
  expect(html).toContain(`name="result" value="${result}"`)
  const answer = await ask(page, form({ ...fieldsOf(html), ...fields, result }))
  await theTown().deps.settled()
  return answer
}

/** How many times a result was told. Who asks before taking money has asked when the page was shown and when the button was pressed. */
const toldCount = async ({ questions }: Traits, reference: string): Promise<number> => {
  const [row] = await theTown()
    .sql`select count(*)::int as count from callbacks where claimed_reference = ${reference} and reading = 'genuine'`
  return Number(row?.count) - questions * 2
}

type Subject = Traits & { presses: 'page' | 'form' | 'app' }
const byForm = ['napas', 'megapay']
const subjects: readonly Subject[] = allTraits.map((traits) => ({
  ...traits,
  presses: traits.name === 'vietqr' ? 'app' : byForm.includes(traits.name) ? 'form' : 'page',
}))

type Ending = {
  fields?: Record<string, string>
  /** The order at once, and once all has come that was to come. */
  now: object
  later?: object
  classes?: string[]
  /** Callbacks that have come at once, where money is told of. */
  told?: number
}
const open = { status: 'open', amount_paid: 0 }
const paid = { status: 'paid', amount_paid: 150_000 }

const endings: Readonly<Record<Choice, Ending>> = {
  success: { now: paid, told: 1 },
  insufficient: { now: open },
  cancelled: { now: open },
  wrong_otp: { now: open },
  pending: { now: open },
  suspicious: { now: open },
  late: { fields: { delay_seconds: '90' }, now: open, later: paid, told: 0 },
  lost: { now: open, later: paid, told: 0 },
  doubled: { now: paid, told: 2 },
  wrong_amount: {
    fields: { amount: '75.000', other_amount: '75.000' },
    now: open,
    classes: ['amount_mismatch'],
    told: 1,
  },
}

/** A transfer is cancelled by not sending it, and a bank holds none as suspicious. */
const notOffered: readonly Choice[] = ['cancelled', 'wrong_otp', 'suspicious']

type Waiting = { subject: Subject; choice: Choice; id: string; reference: string }

/** Presses every button of a provider's page, each for an order of its own; answers the orders that somebody has paid and that nothing has told of yet. */
const pressAll = async (subject: Subject): Promise<Waiting[]> => {
  const waiting: Waiting[] = []
  for (const choice of choices) {
    if (subject.presses === 'app' && notOffered.includes(choice)) continue
    const about = [subject.name, choice]
    const { fields, now, later, classes = [], told } = endings[choice]
    const { id, reference, page } = await start(subject)
    const answer = await press(page, choice, fields)
    expect([...about, answer.status]).toEqual([...about, answer.headers.has('location') ? 303 : 200])
    expect([...about, await theTown().order(id)]).toMatchObject([...about, now])
    expect([...about, await openFor(id)]).toEqual([...about, classes])
    if (told !== undefined) expect([...about, await toldCount(subject, reference)]).toEqual([...about, told])
    if (later) waiting.push({ subject, choice, id, reference })
  }
  return waiting
}

describe('every choice at every provider', () => {
  it('leads the order where it must, and what nothing has told of is found in the end', {
    timeout: 240_000,
  }, async () => {
    const town = theTown()
    const waiting: Waiting[] = []
    for (const subject of subjects) waiting.push(...(await pressAll(subject)))
    expect(waiting).toHaveLength(subjects.length * 2)
    // What is late comes, and the schedule asks for what is lost; where nobody can be asked, the statement has it.
    await town.pass(120, 4)
    const day = businessDay(town.clock.now())
    for (const { name, query } of subjects) if (!query) await town.settle(name, { from: day, to: day })
    for (const { subject, choice, id, reference } of waiting) {
      const about = [subject.name, choice]
      expect([...about, await town.order(id)]).toMatchObject([...about, paid])
      expect([...about, await toldCount(subject, reference)]).toEqual([...about, choice === 'late' ? 1 : 0])
      // A statement that tells of money first says so.
      const found = choice === 'lost' && !subject.query ? ['missing_here'] : []
      expect([...about, await openFor(id)]).toEqual([...about, found])
    }
  })
})

describe('the page', () => {
  const [subject] = subjects

  it('refuses what it does not offer, and nothing happens', async () => {
    if (!subject) return expect.fail('no providers')
    const { id, page } = await start(subject)
    for (const wrong of [
      { result: 'free' },
      { result: 'late', delay_seconds: '0' },
      { result: 'late', delay_seconds: '3601' },
      { result: 'wrong_amount', amount: '-5' },
      { result: 'wrong_amount', amount: '1e9' },
    ])
      expect([wrong, (await ask(page, form(wrong))).status]).toEqual([wrong, 400])
    expect(await theTown().order(id)).toMatchObject(open)
    expect(await (await ask(`/${subject.name}/faults`)).json()).toEqual({ data: [] })
    expect((await press(page, 'success')).status).toBe(303)
    expect(await theTown().order(id)).toMatchObject(paid)
  })

  it('speaks English where it is asked to, at the same signed address', async () => {
    for (const each of subjects) {
      const { page } = await start(each)
      const answer = await ask(`${page}&lang=en`.replace(/^([^?]*)&/, '$1?'))
      expect([each.name, answer.status]).toEqual([each.name, 200])
      const html = await answer.text()
      expect(html).toContain('<html lang="en">')
      expect(answer.headers.get('content-security-policy')).not.toContain('unsafe')
      expect(html).not.toMatch(/ style="|<script| on\w+="/)
    }
  })
})

describe("the payer's bank app", () => {
  const app = subjects.find(({ presses }) => presses === 'app')

  it('sends twice: the order is paid once, and what came twice is held', async () => {
    if (!app) return expect.fail('no app')
    const { id, page } = await start(app)
    expect(textOf(await (await press(page, 'twice')).text())).toContain('Đã chuyển hai lần, mỗi lần 150.000 đ')
    expect(await theTown().order(id)).toMatchObject(paid)
    expect(await openFor(id)).toEqual(['paid_twice'])
  })

  it('sends wrong words: the money is kept apart, and the order stays open', async () => {
    if (!app) return expect.fail('no app')
    const { id, page } = await start(app)
    const [before] = await theTown().sql`select count(*)::int as count from quarantine`
    await press(page, 'wrong_text')
    expect(await theTown().order(id)).toMatchObject(open)
    const [after] = await theTown().sql`select count(*)::int as count from quarantine`
    expect(Number(after?.count) - Number(before?.count)).toBe(1)
  })

  it('leads back to where the payer came from, and nowhere else, and keeps what it scanned', async () => {
    if (!app) return expect.fail('no app')
    const { id, page } = await start(app)
    expect(await (await press(page, 'success')).text()).toContain(`href="/pay/${id}"`)
    const code = new URL(page).searchParams.get('qr') ?? ''
    for (const back of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a b']) {
      const shown = await ask(`/${app.name}/bank-app?${new URLSearchParams({ qr: code, back })}`)
      expect([back, (await shown.text()).includes('name="back"')]).toEqual([back, false])
    }
    const again = await (await ask(`/${app.name}/bank-app`)).text()
    expect(again).toContain(`qr=${code}`)
    expect(again.match(/bank-app\?qr=/g)?.length).toBeLessThanOrEqual(10)
  })
})
