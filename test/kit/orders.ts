// Orders, attempts and merchant accounts written straight through the flows, for tests that begin in the middle of a story.

import type { Attempt } from '../../src/domain/order-facts.ts'
import { credentialsContext } from '../../src/flows/connect-provider.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { type PlaceOrderInput, placeOrder } from '../../src/flows/place-order.ts'
import type { Sql } from '../../src/store/database.ts'
import { loadFacts } from '../../src/store/facts.ts'
import { commitOrder } from '../../src/store/order-commit.ts'

export const commune = 'H56.12.03'

/** The agencies of a small province: a department with two communes, and a sibling department. */
export const seedAgencies = async (sql: Sql): Promise<void> => {
  const tree = ['H56', 'H56.12', 'H56.12.03', 'H56.12.04', 'H56.14']
  for (const code of tree) {
    const parentCode = code.includes('.') ? code.slice(0, code.lastIndexOf('.')) : null
    await sql`insert into agencies ${sql({ agencyCode: code, parentCode, name: `Cơ quan ${code}`, taxCode: '2800123456' })} on conflict do nothing`
  }
}

/** A merchant account with sealed credentials; answers its id. */
export const seedMerchantAccount = async (
  deps: Deps,
  sql: Sql,
  {
    provider,
    agencyCode = 'H56',
    credentials = {},
    settings = {},
  }: { provider: string; agencyCode?: string; credentials?: object; settings?: object },
): Promise<string> => {
  const id = deps.newId('mac')
  const payeeAccount = { number: '0123456789', bank_bin: '970436', holder: 'KHO BAC' }
  await sql`insert into merchant_accounts ${sql({ id, agencyCode, provider, title: provider, settings: sql.json(settings as never), payeeAccount: sql.json(payeeAccount) })}`
  const sealed = await deps.box.seal(JSON.stringify(credentials), credentialsContext(id))
  await sql`insert into merchant_account_keys ${sql({ id: deps.newId('key'), agencyCode, merchantAccountId: id, sealed })}`
  return id
}

export const orderInput = (more: Partial<PlaceOrderInput> = {}): PlaceOrderInput => ({
  dossierCode: 'H56.12.03-261122-0007',
  agencyCode: commune,
  procedureCode: '1.001193.H56',
  procedureName: 'Đăng ký khai sinh',
  payer: { name: 'Nguyễn Thị Lan', identity_number: '038190001234' },
  lines: [
    {
      feeCode: 'LP-HOTICH-01',
      kind: 'le_phi',
      description: 'Lệ phí đăng ký khai sinh',
      unitAmount: 150_000n,
      quantity: 1,
      budgetItem: '2771',
      exemption: null,
    },
  ],
  collectionStage: 'before_acceptance',
  expiresAt: null,
  returnUrl: 'https://portal.example.vn/dossiers/7',
  language: 'vi',
  metadata: {},
  ...more,
})

let keys = 0

/** Places an order through the flow and answers its id. */
export const placeTestOrder = async (deps: Deps, more: Partial<PlaceOrderInput> = {}): Promise<string> => {
  keys += 1
  const answer = await placeOrder(deps, { clientId: 'cli_test', agency: 'H56' }, orderInput(more), {
    key: `key-${keys}`,
    body: { keys },
  })
  return (JSON.parse(answer.body) as { id: string }).id
}

/** An attempt as if a provider had been asked for it. */
export const addAttempt = async (
  deps: Deps,
  orderId: string,
  merchantAccountId: string,
  more: Partial<Attempt> = {},
): Promise<Attempt> => {
  const facts = await loadFacts(deps.db, '*', { orderId })
  if (!facts) throw new Error(`no order ${orderId}`)
  const id = deps.newId('att')
  const attempt: Attempt = {
    id,
    agencyCode: facts.order.agencyCode,
    orderId,
    merchantAccountId,
    provider: 'test',
    merchantReference: id.replace('_', ''),
    status: 'created',
    amount: facts.order.amount,
    paysOrder: false,
    amountCaptured: 0n,
    amountReversed: 0n,
    providerReference: null,
    failureCode: null,
    fencedAt: null,
    createdAt: deps.now(),
    expiresAt: new Date(deps.now().getTime() + 900_000),
    capturedAt: null,
    ...more,
  }
  const extras = { bankCode: null, payerIp: '203.0.113.9', action: null, memo: {}, nextQueryAt: null }
  await commitOrder(deps.db, '*', {
    read: facts.order,
    order: {},
    newAttempts: [{ ...attempt, ...extras }],
    events: [],
    now: deps.now(),
  })
  return attempt
}
