/** Who gets a refund that is returned by hand: kept encrypted, shown by its last digits, and told whole only to who may approve it. */
import type { Caller } from '../domain/access.ts'
import type { PayeeAccount } from '../domain/order-facts.ts'
import { Refusal } from '../domain/refusal.ts'
import { findRefundOrder, namePayee, readPayee } from '../store/refunds.ts'
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
 * agrees to the account too. Throws Refusal `not_found`, `refund_not_awaiting_approval`.
 */
export const givePayee = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  { refundId, account }: { refundId: string; account: PayeeAccount },
): Promise<void> => {
  if (!(await findRefundOrder(deps.db, caller.agency, refundId)))
    throw new Refusal('not_found', 'There is no such refund.')
  const sealed = await sealPayee(deps, refundId, account)
  if (
    await namePayee(deps.db, caller.agency, { id: refundId, by: caller.clientId, sealed, shown: showPayee(account) })
  ) {
    deps.log.info({ refund: refundId, by: caller.clientId }, 'payee account named')
    return
  }
  throw new Refusal(
    'refund_not_awaiting_approval',
    'Its provider returns it, it has an account, another person asked for it, or somebody has decided on it.',
  )
}

const contextOf = (refundId: string): string => `refund:${refundId}:payee`
