/** Who gets a refund that is returned by hand: kept encrypted, shown by its last digits, and told whole only to who may approve it. */
import type { Caller } from '../domain/access.ts'
import { linkEvents } from '../domain/order-events.ts'
import type { PayeeAccount, Refund } from '../domain/order-facts.ts'
import { tellRefund } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import { findRefundOrder, namePayee, readPayee } from '../store/refunds.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'

/** What answers, events and logs may show of it. */
export const showPayee = ({ number, bank_bin }: PayeeAccount): { number: string; bank_bin: string } => ({
  number: `••••${number.slice(-4)}`,
  bank_bin,
})

export const sealPayee = (deps: Pick<Deps, 'box'>, refundId: string, account: PayeeAccount): Promise<Uint8Array> =>
  deps.box.seal(JSON.stringify(account), contextOf(refundId))

/** The account as it was given. Throws Refusal `not_found`, also while nobody was named. */
export const tellPayee = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  refundId: string,
): Promise<PayeeAccount> => {
  const sealed = await readPayee(deps.db, caller.agency, refundId)
  if (!sealed) throw new Refusal('not_found', 'There is no such refund, or nobody was named who gets it.')
  const opened = await deps.box.open(sealed, contextOf(refundId))
  deps.log.info({ refund: refundId, by: caller.clientId }, 'payee account read')
  return JSON.parse(new TextDecoder().decode(opened)) as PayeeAccount
}

/**
 * Names who gets a refund by hand where that was not done when it was asked for; once, by who asked for it, and before a checker agrees, so that the checker
 * agrees to the account too. It is a change of the order like any other: an approval that was under way looks again. Throws Refusal `not_found`,
 * `refund_not_awaiting_approval`.
 */
export const givePayee = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  { refundId, account }: { refundId: string; account: PayeeAccount },
): Promise<void> => {
  const orderId = await findRefundOrder(deps.db, caller.agency, refundId)
  if (!orderId) throw new Refusal('not_found', 'There is no such refund.')
  const sealed = await sealPayee(deps, refundId, account)
  const by = caller.clientId
  await changeOrder<void>(deps, { scope: caller.agency, order: { orderId } }, (facts) => {
    const refund = facts?.refunds.find((each) => each.id === refundId)
    if (!facts || !refund) throw new Refusal('not_found', 'There is no such refund.')
    if (!mayName(refund, by))
      throw new Refusal(
        'refund_not_awaiting_approval',
        'Its provider returns it, it has an account, another person asked for it, or somebody has decided on it.',
      )
    const now = deps.now()
    const shown = showPayee(account)
    const named = { ...refund, payeeAccount: shown, payeeVersion: refund.payeeVersion + 1, madeBy: by }
    const told = [{ type: 'refund.payee_named' as const, data: tellRefund(named) }]
    const events = linkEvents(facts.order, told, { newId: deps.newId, now })
    const keep = { id: refundId, by, sealed, shown, version: named.payeeVersion }
    return { answer: undefined, write: { order: {}, events, now, also: (sql) => [namePayee(sql, keep)] } }
  })
  deps.log.info({ refund: refundId, by }, 'payee account named')
}

const mayName = ({ method, payeeAccount, status, madeBy }: Refund, by: string): boolean =>
  method !== 'provider' && payeeAccount === null && (status === 'proposed' || (status === 'requested' && madeBy === by))

const contextOf = (refundId: string): string => sealedFor.payee(refundId)
