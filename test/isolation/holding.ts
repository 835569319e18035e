// What one agency owns, made over the API by its own programs: at least one object of every kind, each under a name of its own. What is to be tried as a deed that
// works once has an object for itself.
import { enterCatalogue } from '../../src/flows/set-up/enter-catalogue.ts'
import { openSession } from '../../src/flows/staff-session.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import type { TestApp } from '../kit/app.ts'
import { openDoorForPeople } from '../kit/people.ts'
import { providerFile } from '../kit/statements.ts'
import { formWith, idOf, type Office, type Read, rowsOf } from './office.ts'
import { openTill, type Paid, type Till } from './payments.ts'

/** Everything by name, such as `refund.toApprove`; `order.paid` is an id, `order.paid.dossier` something of it that names it too. */
export type Holding = Readonly<Record<string, string>>

/** `isFull`: each name has a thing of its own, for whoever does something with it; elsewhere names of one kind are of one thing. */
export type Desk = { gateway: TestApp; office: Office; till: Till; account: string; isFull: boolean }

/** Makes a thing for each name, or one for all of them. */
const forEach = async (
  { isFull }: Desk,
  names: readonly string[],
  make: (name: string) => Promise<Holding>,
): Promise<Holding> => {
  const [first = '', ...others] = names
  const made = await make(first)
  let found = made
  for (const name of others) {
    const renamed = () => Object.entries(made).map(([key, id]) => [key.replace(`.${first}`, `.${name}`), id])
    found = { ...found, ...(isFull ? await make(name) : Object.fromEntries(renamed())) }
  }
  return found
}

const day = '2026-11-22'
/** Each agency is paid into a bank account of its own, so that one transfer's number can stand in several. */
const numberOf = (word: string): string =>
  String([...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_000_000_000, 7) + 1_000_000_000)
const payee = { number: '0123456789', bank_bin: '970436', holder: 'KHO BAC' }

/** The agency's own settings, without which nothing else can be. */
export const setUp = async (
  gateway: TestApp,
  office: Office,
  isFull: boolean,
): Promise<{ desk: Desk; holding: Holding; credentials: Readonly<Record<string, unknown>> }> => {
  const { agency, word, ask } = office
  const child = `${agency}.07`
  await ask('/v1/agencies', { json: { agency_code: child, name: `Đơn vị ${word}` } })
  const first = await addAccount(gateway, office, 'vnpay')
  const other = await addAccount(gateway, office, 'vietqr')
  const rotated = await ask(`/v1/merchant_accounts/${other.id}/rotate_key`, {
    json: { credentials: newCredentials('vietqr'), overlap_hours: 48 },
  })
  // What they were called before is kept.
  await ask(`/v1/agencies/${child}`, { method: 'PATCH', json: { name: `Đơn vị mới ${word}` } })
  const tariff = { basis_points: 100, fixed: 0, vat_basis_points: 0, netted: true }
  await ask(`/v1/merchant_accounts/${other.id}`, { method: 'PATCH', json: { provider_fee: tariff } })
  await ask(`/v1/agencies/${child}/outgoing_hosts`, {
    method: 'PUT',
    json: { hosts: [`${word.toLowerCase()}.example.vn`, 'pay.example'] },
  })
  const fees = await Promise.all(
    ['A', 'B'].map((code) =>
      ask('/v1/fee_schedules', {
        json: {
          agency_code: agency,
          fee_code: `${word}-${code}`,
          name: `Giá ${word}`,
          kind: 'phi',
          unit_amount: 1_000,
          valid_from: '2026-01-01',
        },
      }),
    ),
  )
  // What binds those below an agency is known to them by design, so that its word is only in names that nobody of this country may see.
  const catalogueName = ['H56', 'H56.12'].includes(agency) ? 'Tiểu mục' : `Tiểu mục ${word}`
  const catalogueCodes = [0, 1].map((n) => String(numberOf(word) + n))
  await enterCatalogue(gateway.deps, {
    ...{ file: 'budget-items.csv', sha256: '', catalogue: 'budget_items', codeColumn: 'budget_item' },
    ...{ isDry: false, from: null },
    rows: catalogueCodes.map((code, at) => ({
      line: at + 2,
      value: {
        ...{ agencyCode: agency, code, name: catalogueName, nameEn: null, feeCodes: [], source: null },
        ...{ validFrom: '2026-01-01', validTo: null },
      },
    })),
  })
  const client = () =>
    ask('/v1/clients', { json: { name: `Cổng ${word}`, agency_code: agency, scopes: ['orders:read'] } })
  const endpoint = (path: string) =>
    ask('/v1/webhook_endpoints', {
      json: { url: `https://${word.toLowerCase()}.example.vn/${path}`, agency_code: agency },
    })
  const endpoints = {
    first: await endpoint('a'),
    rotated: await endpoint('b'),
    disabled: await endpoint('c'),
    again: await endpoint('d'),
  }
  const person = `https://id.example.vn#${word}`
  await openSession(gateway.deps, { subject: person, name: `Cán bộ ${word}`, role: 'accountant', agency })
  await openSession(gateway.deps, { subject: `${person}-2`, name: `Cán bộ ${word}`, role: 'checker', agency })
  const [, former] = rowsOf(rotated.keys)
  const holding = {
    word,
    agency,
    person,
    reader: `https://sso.example#${word}`,
    'agency.child': child,
    'agency.new': `${agency}.08`,
    'client.maker': office.clients.maker,
    account: first.id,
    'account.other': other.id,
    'key.former': idOf(former),
    'catalogue.code': catalogueCodes[0] ?? '',
    fee: idOf(fees[0]),
    'fee.open': idOf(fees[1]),
    client: String((await client()).client_id),
    'client.toRevoke': String((await client()).client_id),
    endpoint: idOf(endpoints.first),
    'endpoint.toRotate': idOf(endpoints.rotated),
    'endpoint.toDisable': idOf(endpoints.disabled),
    'endpoint.again': idOf(endpoints.again),
  }
  return {
    desk: { gateway, office, till: openTill(gateway, office, first), account: first.id, isFull },
    holding,
    credentials: first.credentials,
  }
}

const newCredentials = (provider: string): Record<string, unknown> => {
  made += 1
  const enrolment = simulatedProviders[provider]
  if (!enrolment) throw new Error(`${provider} is not simulated`)
  return enrolment.credentials(
    (name, bytes) => `${name}${made}`.replaceAll(/[^A-Za-z0-9]/g, '').padEnd(bytes * 2, 'x'),
    payee,
  )
}
let made = 0

const addAccount = async (gateway: TestApp, { agency, word, ask }: Office, provider: string) => {
  const credentials = newCredentials(provider)
  const settings = simulatedProviders[provider]?.settings(gateway.deps.publicUrl) ?? {}
  const json = {
    agency_code: agency,
    provider,
    title: `Tài khoản ${word}`,
    credentials,
    settings,
    payee_account: { ...payee, number: numberOf(word), holder: `KHO BAC ${word.toUpperCase()}` },
  }
  return { id: idOf(await ask('/v1/merchant_accounts', { json })), credentials }
}

/** Orders in each state, attempts, money that does not fit and money of nobody. */
export const sell = async ({ office, till, account, isFull }: Desk, agency: string): Promise<Holding> => {
  const open = await till.place()
  const orders = {
    open,
    toCancel: isFull ? await till.place() : open,
    toAttempt: isFull ? await till.place() : open,
    cancelled: await till.place(),
    expired: await till.place({ expires_at: '2026-11-23T12:00:00+07:00' }),
    waived: await till.place({ lines: [{ kind: 'phi', description: office.word, unit_amount: 0 }] }),
  }
  await office.ask(`/v1/orders/${idOf(orders.cancelled)}/cancel`, { json: { reason: office.word } })
  const pending = await till.attempt(idOf(open))
  const another = async () => (isFull ? till.attempt(idOf(await till.place())) : pending)
  const [toJoin, toHear] = [await another(), await another()]
  const paid = await till.pay()
  const wrong = await till.pay({ amount: 100_000 })
  // No tax code, no receipt.
  const unreceipted = await till.pay({ order: { agency_code: `${agency}.07` } })
  for (const [n] of ['x', 'y', 'z'].entries()) await till.tell(`nobody${office.word}${n}`, 70_000 + n)
  const quarantined = rowsOf((await office.ask(`/v1/quarantine?merchant_account=${account}`)).data).map(idOf)
  const [event] = rowsOf((await office.ask(`/v1/orders/${paid.order}/events`)).data)
  return {
    ...Object.fromEntries(Object.entries(orders).map(([name, order]) => [`order.${name}`, idOf(order)])),
    ...named('paid', paid),
    ...named('wrong', wrong),
    ...named('unreceipted', unreceipted),
    'order.open.dossier': String(orders.open.dossier_code),
    'attempt.pending': idOf(pending),
    'attempt.toJoin': idOf(toJoin),
    'attempt.toHear': idOf(toHear),
    'quarantine.toJoin': quarantined[0] ?? '',
    'quarantine.toDismiss': quarantined[1] ?? '',
    quarantine: quarantined[2] ?? '',
    event: idOf(event),
  }
}

const named = (name: string, paid: Paid): Holding => ({
  [`order.${name}`]: paid.order,
  [`attempt.${name}`]: paid.attempt,
  [`order.${name}.dossier`]: paid.dossier,
  [`attempt.${name}.reference`]: paid.reference,
  [`attempt.${name}.provider`]: paid.providerReference,
})

/** Refunds by hand as far as each can get. */
export const giveBack = async (desk: Desk): Promise<Holding> => {
  const { office, till } = desk
  const request = async (name: string, more: object = { payee_account: payee }): Promise<Holding> => {
    const paid = await till.pay()
    const json = { amount: 1_000, method: 'manual', reason: `Hoàn ${office.word}`, ...more }
    const refund = await office.ask(`/v1/orders/${paid.order}/refunds`, { json })
    return { ...named(name, paid), [`refund.${name}`]: idOf(refund) }
  }
  const decided = async (name: string, found: Holding, verb: string, json: object): Promise<Holding> => {
    await office.ask(`/v1/refunds/${found[`refund.${name}`]}/${verb}`, { json, hand: 'checker' })
    return found
  }
  const approve = async (name: string) => decided(name, await request(name), 'approve', { payee_version: 0 })
  // The same number in every agency: whose it is elsewhere, nobody is told.
  const confirm = async (name: string) =>
    decided(name, await approve(name), 'confirm', {
      ...{ bank_reference: `FT-${name}`, paid_on: '2026-11-23', evidence: office.word },
    })
  return {
    ...(await forEach(desk, ['toApprove', 'toReject'], (name) => request(name))),
    ...(await request('toName', {})),
    ...(await forEach(desk, ['toConfirm', 'toSettle'], approve)),
    ...(await forEach(desk, ['done', 'toBounce', 'toReplace', 'toNotice'], confirm)),
  }
}

/** Disputes at each step: open, lost, waiting for a second person. */
export const dispute = async (desk: Desk): Promise<Holding> => {
  const { office, till } = desk
  const open = async (name: string, kind: string): Promise<Holding> => {
    const paid = await till.pay()
    const json = { kind, reason: office.word, respond_by: '2026-12-31' }
    const id = idOf(await office.ask(`/v1/orders/${paid.order}/disputes`, { json }))
    return { ...named(name, paid), [`dispute.${name}`]: id }
  }
  const lose = async (name: string): Promise<Holding> => {
    const found = await open(name, 'chargeback')
    const path = `/v1/disputes/${found[`dispute.${name}`]}`
    await office.ask(`${path}/close`, { json: { outcome: 'lost', note: office.word }, hand: 'checker' })
    if (name !== 'toRelease') await office.ask(`${path}/release`, { json: { note: office.word } })
    return found
  }
  return {
    ...named('toDispute', await till.pay()),
    ...(await open('toClose', 'complaint')),
    ...(await forEach(desk, ['toAgree', 'toRefuse', 'toRelease'], lose)),
  }
}

/** The papers of later: receipts, seals, statements, a run with its differences, closed days, cases. */
export const keepBooks = async (desk: Desk, holding: Holding): Promise<Holding> => {
  const { office, account, gateway } = desk
  const { ask, word } = office
  const receiptOf = async (name: string) =>
    idOf(rowsOf((await ask(`/v1/orders/${holding[`order.${name}`]}/receipt`)).receipts)[0])
  const deliveries = rowsOf((await ask(`/v1/webhook_deliveries?webhook_endpoint=${holding.endpoint}`)).data)
  const entries = rowsOf((await ask(`/v1/orders/${holding['order.paid']}/entries`)).data)
  const papers = await readFiles(desk, holding)
  for (const date of ['2026-11-19', '2026-11-20'])
    await ask(`/v1/periods/${account}/${date}/close`, { json: { note: word } })
  await ask(`/v1/periods/${account}/2026-11-19/countersign`, { method: 'POST', hand: 'checker' })
  const hold = await ask(`/v1/orders/${holding['order.paid']}/holds`, { json: { reason: word } })
  await ask(`/v1/orders/${holding['order.wrong']}/holds`, { json: { reason: word } })
  const noticed = await receiptOf('toReject')
  await ask(`/v1/receipts/${noticed}/notice`, { json: { field: 'payer_name', text: word } })
  const tracing = async (order: string) =>
    ask('/v1/tracing_cases', {
      json: { order: holding[order], kind: 'provider', finder: word, cause: word, counterpart: word },
    })
  const cases = {
    first: await tracing('order.paid'),
    toAnswer: await tracing('order.wrong'),
    toClose: await tracing('order.expired'),
  }
  // So that there is a record of reading.
  const asPerson = openDoorForPeople(gateway)
  await asPerson(`/v1/orders/${holding['order.paid']}`, { name: word, agency: office.agency })
  await asPerson(`/v1/orders/${holding['order.open']}`, { name: word, agency: office.agency })
  return {
    ...papers,
    ...(await disagree(desk)),
    hold: idOf(hold),
    receipt: await receiptOf('paid'),
    'receipt.toReplace': await receiptOf('toReplace'),
    'receipt.toNotice': await receiptOf('toNotice'),
    'receipt.named': await receiptOf('toApprove'),
    delivery: idOf(deliveries[0]),
    entry: idOf(entries[0]),
    tracing: idOf(cases.first),
    'tracing.code': String(cases.first.code),
    'tracing.toAnswer': idOf(cases.toAnswer),
    'tracing.toClose': idOf(cases.toClose),
  }
}

/** Two statements and two runs over them, and files that wait. The account's file lists one payment wrongly, and not the others. */
const readFiles = async ({ gateway, office, account }: Desk, holding: Holding): Promise<Holding> => {
  const { ask, word } = office
  const row = (name: string, amount: number) => ({
    reference: holding[`attempt.${name}.reference`] ?? '',
    providerReference: holding[`attempt.${name}.provider`] ?? '',
    amount,
    at: `${day}T10:02:00+07:00`,
    payout: `PO${word.toUpperCase()}`,
  })
  const file = providerFile([row('paid', 150_000), row('toApprove', 140_000), row('toReject', 150_000)])
  const put = (text: string) =>
    ask('/v1/statements', { body: formWith(`${word}.csv`, text, { source: 'provider', merchant_account: account }) })
  const statement = await put(file)
  await put(`${providerFile([row('toName', 150_000)])}not a row\nnor this\n`)
  await gateway.deps.settled()
  const statements = rowsOf((await ask(`/v1/statements?merchant_account=${account}`)).data)
  const faulty = statements.find((each) => Number(each.problem_count) > 0)
  const run = await ask('/v1/reconciliations', { json: { merchant_account: account, from: day, to: day } })
  await gateway.deps.settled()
  await ask('/v1/reconciliations', { json: { merchant_account: account, from: '2026-11-21', to: '2026-11-21' } })
  await gateway.deps.settled()
  const items = rowsOf((await ask(`/v1/reconciliations/${idOf(run)}/items`)).data)
  const draft = async (n: number) => {
    const text = providerFile([{ reference: `${word}${n}`, amount: 1_000 + n }])
    return idOf(await ask('/v1/statement_drafts', { body: formWith(`${word}-${n}.csv`, text) }))
  }
  return {
    statement: idOf(statement),
    'statement.file': file,
    'statement.faulty': idOf(faulty),
    reconciliation: idOf(run),
    item: idOf(items[0]),
    draft: await draft(1),
    'draft.toImport': await draft(2),
    'draft.toDiscard': await draft(3),
  }
}

/** A discrepancy for each thing that can be done about one. */
const disagree = async (desk: Desk): Promise<Holding> => {
  const { office, till } = desk
  const open = async (name: string): Promise<Holding> => {
    const { order } = await till.pay({ amount: 149_000 })
    const [row] = rowsOf((await office.ask(`/v1/discrepancies?order=${order}`)).data)
    return { [`discrepancy.${name}`]: idOf(row) }
  }
  const names = ['toRead', 'toResolve', 'toAssign', 'toNote', 'toTrace', 'toCarry', 'toApprove', 'toReject', 'toReopen']
  const found = await forEach(desk, names, open)
  const resolve = (name: string, resolution: string): Promise<Read> =>
    office.ask(`/v1/discrepancies/${found[`discrepancy.${name}`]}/resolve`, { json: { resolution, note: office.word } })
  if (desk.isFull) {
    await resolve('toApprove', 'refund')
    await resolve('toReject', 'refund')
    await resolve('toReopen', 'attributed')
  }
  return found
}
