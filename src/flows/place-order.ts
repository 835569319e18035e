/** A portal asks for a fee: the order is checked against the agency's schedule, written once under its Idempotency-Key, and announced. */
import type { Caller } from '../domain/access.ts'
import { covers } from '../domain/agency-scope.ts'
import { checkCodes, codesOf } from '../domain/check-codes.ts'
import { readDossierCode } from '../domain/dossier-code.ts'
import { amountMax, sumDong } from '../domain/money.ts'
import { lifetimeMaxMs } from '../domain/order-deadline.ts'
import { type EventType, linkEvents } from '../domain/order-events.ts'
import type { FeeKind, Order, OrderLine } from '../domain/order-facts.ts'
import { presentOrder } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import { stringifyMoney } from '../lib/json.ts'
import { businessDay } from '../lib/time.ts'
import { inScope } from '../store/database.ts'
import {
  type FeePrice,
  holdPlacement,
  type PlacedOrder,
  type Placement,
  placementQueries,
} from '../store/order-placement.ts'
import type { Deps } from './deps.ts'
import { type IdempotentAnswer, idempotently } from './idempotently.ts'
import { newTracingCode } from './new-tracing-code.ts'
import { withPlacement } from './remember-placement.ts'
import { tracingOf } from './trace-order.ts'

export type PlaceOrderInput = {
  dossierCode: string
  agencyCode: string
  procedureCode: string | null
  procedureName: string | null
  payer: { name: string } & Partial<
    Record<'identity_number' | 'tax_code' | 'phone' | 'email' | 'address', string | null | undefined>
  >
  lines: readonly (Pick<
    OrderLine,
    'feeCode' | 'kind' | 'description' | 'unitAmount' | 'quantity' | 'budgetItem' | 'exemption'
  > & { kind: FeeKind })[]
  collectionStage: string | null
  expiresAt: Date | null
  /** Absent: a citizen who needs more time may have it. */
  firmDeadline?: boolean
  returnUrl: string
  language: 'vi' | 'en'
  metadata: Record<string, string>
}

const defaultLifetimeMs = 24 * 3_600_000

/**
 * Places an order; `body` is the request as it came, for the Idempotency-Key. Answers 201 and the order object. Throws Refusal `not_found` (agency
 * outside the caller's subtree), `fee_differs_from_schedule`, `code_not_in_catalogue`, `invalid_input` and those of `idempotently`.
 */
export const placeOrder = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  input: PlaceOrderInput,
  idempotency: { key: string; body: Record<string, unknown> },
): Promise<IdempotentAnswer> => {
  if (!covers(caller.agency, input.agencyCode))
    throw new Refusal('not_found', 'There is no such agency.', {
      errors: [{ pointer: '/agency_code', message: 'unknown agency' }],
    })
  const now = deps.now()
  const feeCodes = input.lines.flatMap((line) => line.feeCode ?? [])
  const question = { agencyCode: input.agencyCode, feeCodes, codes: codesOf(input), day: businessDay(now) }
  return withPlacement(deps.db, question, async (placement) => {
    if (!placement)
      throw new Refusal('not_found', 'There is no such agency.', {
        errors: [{ pointer: '/agency_code', message: 'unknown agency' }],
      })
    return idempotently(deps, {
      scope: caller.agency,
      key: { clientId: caller.clientId, route: 'POST /v1/orders', key: idempotency.key },
      body: idempotency.body,
      write: async (claim) => {
        const { answer, placed } = await prepare(deps, input, { now, placement, createdBy: caller.clientId })
        await inScope(deps.db, caller.agency, (sql) => [
          claim(sql, answer),
          ...holdPlacement(sql, caller.agency, question, placement),
          ...placementQueries(sql, placed),
        ])
        return answer
      },
    })
  })
}

/** The order as it will be, and what its portal is answered. Throws Refusal for what is wrong with it. */
const prepare = async (
  deps: Deps,
  input: PlaceOrderInput,
  { now, placement, createdBy }: { now: Date; placement: Placement; createdBy: string },
): Promise<{ answer: { status: number; body: string }; placed: PlacedOrder }> => {
  const { agency, prices, payeeAccount, codesHeld } = placement
  const codes = checkCodes(input, { codesHeld, day: businessDay(now), check: agency.feeCheck })
  const fees = checkFees(input, prices, agency.feeCheck)
  const named = { ...input, procedureName: codes.procedureName }
  const order = buildOrder(deps, named, { now, payeeAccount, warnings: [...codes.warnings, ...fees.warnings] })
  const wire = presentOrder(order, [], deps.publicUrl)
  const events = linkEvents(
    order,
    birthEvents(order).map((type) => ({ type, data: wire })),
    { newId: deps.newId, now },
  )
  const placed = {
    order,
    payerSealed: await sealPayer(deps, order.id, input.payer),
    createdBy,
    lineKeys: order.lines.map(lineKey),
    feeScheduleIds: fees.scheduleIds,
    events,
  }
  return { answer: { status: 201, body: stringifyMoney(wire) }, placed }
}

const birthEvents = (order: Order): EventType[] =>
  order.status === 'waived' ? ['order.created', 'order.waived'] : ['order.created']

const buildOrder = (
  deps: Deps,
  input: PlaceOrderInput,
  { now, payeeAccount, warnings }: { now: Date; payeeAccount: Order['payeeAccount']; warnings: Order['warnings'] },
): Order => {
  const dossier = readDossierCode(input.dossierCode, businessDay(now))
  if (!dossier) throw invalid('/dossier_code', 'must hold 1 to 50 printable characters')
  const expiresAt = input.expiresAt ?? new Date(now.getTime() + defaultLifetimeMs)
  if (expiresAt <= now) throw invalid('/expires_at', 'must lie in the future')
  if (expiresAt.getTime() - now.getTime() > lifetimeMaxMs) throw invalid('/expires_at', 'must be at most 90 days ahead')
  const lines = input.lines.map((line, index) => ({
    ...line,
    lineNo: index + 1,
    amount: line.exemption ? 0n : line.unitAmount * BigInt(line.quantity),
  }))
  const amount = sumDong(lines.map((line) => line.amount))
  if (amount > amountMax) throw invalid('/lines', `sum to ${amount} đ, more than ${amountMax} đ`)
  return {
    id: deps.newId('ord'),
    agencyCode: input.agencyCode,
    // Nothing to pay is a normal case: the order is kept as a record, and no provider is ever asked for 0 đ.
    status: amount === 0n ? 'waived' : 'open',
    dossierCode: dossier.code,
    procedureCode: input.procedureCode,
    procedureName: input.procedureName,
    collectionStage: input.collectionStage,
    amount,
    amountPaid: 0n,
    amountRefunded: 0n,
    payerName: input.payer.name,
    payeeAccount,
    language: input.language,
    returnUrl: input.returnUrl,
    metadata: input.metadata,
    warnings: [...dossier.warnings, ...warnings],
    checkoutToken: deps.newToken(24),
    paidBy: null,
    paidAt: null,
    createdAt: now,
    expiresAt,
    firmDeadline: input.firmDeadline ?? false,
    extensions: 0,
    tracingCode: newTracingCode(deps),
    closedReason: null,
    traceParent: tracingOf(deps).current(),
    version: 1,
    eventCount: 0,
    eventHash: null,
    lines,
  }
}

/** Compares each line that has a known fee code with the price of the day; the nearest agency's schedule counts. */
const checkFees = (input: PlaceOrderInput, prices: readonly FeePrice[], feeCheck: 'off' | 'warn' | 'enforce') => {
  const found = input.lines.map((line) =>
    line.feeCode ? (prices.find((price) => price.feeCode === line.feeCode) ?? null) : null,
  )
  const differing = input.lines.flatMap((line, index) => {
    const price = found[index]?.unitAmount ?? null
    return price === null || price === line.unitAmount || line.exemption
      ? []
      : [
          {
            pointer: `/lines/${index}/unit_amount`,
            message: `${line.feeCode} is ${price} đ in the schedule, not ${line.unitAmount} đ`,
          },
        ]
  })
  if (feeCheck === 'enforce' && differing.length > 0)
    throw new Refusal('fee_differs_from_schedule', "The amount differs from the agency's fee schedule.", {
      errors: differing,
    })
  const warnings =
    feeCheck === 'warn'
      ? differing.map(({ pointer, message }) => ({
          code: 'fee_differs_from_schedule',
          message: `${pointer}: ${message}`,
        }))
      : []
  return { warnings, scheduleIds: found.map((price) => price?.id ?? null) }
}

/** What makes two lines of one dossier the same charge. */
const lineKey = (line: OrderLine): string =>
  line.feeCode ?? `${line.kind}:${line.description.normalize('NFC').trim().toLowerCase()}`

const sealPayer = async (
  deps: Deps,
  orderId: string,
  { name, ...personal }: PlaceOrderInput['payer'],
): Promise<Uint8Array | null> => {
  const given = Object.fromEntries(Object.entries(personal).filter(([, value]) => value))
  return Object.keys(given).length === 0 ? null : deps.box.seal(JSON.stringify(given), sealedFor.payer(orderId))
}

const invalid = (pointer: string, message: string): Refusal =>
  new Refusal('invalid_input', 'The order is not valid.', { errors: [{ pointer, message }] })
