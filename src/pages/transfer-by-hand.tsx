/** A transfer as it is typed by hand, for a payer whose bank's app cannot scan the code. */
import type { FC } from 'hono/jsx'
import type { PayeeAccount } from '../domain/order-facts.ts'
import { bankShown } from '../domain/payee-banks.ts'
import { readTransferQr } from '../domain/transfer-qr.ts'
import type { Deps } from '../flows/deps.ts'
import { businessDay } from '../lib/time.ts'
import { readAttemptPayee } from '../store/attempt-action.ts'
import { readBanks } from '../store/bank-catalogues.ts'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { money } from './wording.ts'

export type Transfer = {
  bankBin: string
  /** As the catalogue of banks has it that binds the order’s agency. */
  bankListed: string | null
  account: string
  holder: string | null
  amount: bigint
  purpose: string | null
}

/** What the code's text says; the holder is the one whom we know under that account. Null for a code that is no transfer of a certain amount. */
export const readTransfer = async (
  deps: Pick<Deps, 'db' | 'now'>,
  { payload, order, attemptId }: CodeOfAttempt,
): Promise<Transfer | null> => {
  const read = readTransferQr(payload)
  if (!read.ok || read.amount === null) return null
  const { bankBin, account, amount, purpose } = read
  const asked = { agencyCode: order.agencyCode, bin: bankBin }
  const [payee, banks] = await Promise.all([
    readAttemptPayee(deps.db, attemptId),
    readBanks(deps.db, [asked], businessDay(deps.now())),
  ])
  const known = [order.payeeAccount, payee].find((each) => each?.number === account && each.bank_bin === bankBin)
  return { bankBin, bankListed: banks.nameOf(asked), account, amount, purpose, holder: known?.holder ?? null }
}

type CodeOfAttempt = {
  payload: string
  order: { agencyCode: string; payeeAccount: PayeeAccount | null }
  attemptId: string
}

export const TransferByHand: FC<{ transfer: Transfer; language: Language }> = ({ transfer, language }) => {
  const { transfer: copy, order } = dictionary[language]
  const { bankBin, bankListed, account, holder, amount, purpose } = transfer
  // The third is what is copied: the bare value, as a bank's app takes it.
  const facts: readonly [string, string | null, string | null][] = [
    [copy.bank, bankShown(bankBin, bankListed), null],
    [copy.account, account, account],
    [copy.holder, holder, null],
    [order.amount, money(amount, language), amount.toString()],
    [copy.purpose, purpose, purpose],
  ]
  return (
    <section class="card" aria-labelledby="by-hand">
      <h2 id="by-hand">{copy.heading}</h2>
      <dl>
        {facts.map(([label, value, copied]) =>
          value === null ? null : (
            <div>
              <dt>{label}</dt>
              <dd>
                <b>{value}</b>
                {copied === null ? null : (
                  <>
                    {' '}
                    <button class="copy" type="button" data-copy={copied} data-done={copy.copied(label)}>
                      {copy.copy(label)}
                    </button>
                  </>
                )}
              </dd>
            </div>
          ),
        )}
      </dl>
      <p>{copy.note}</p>
    </section>
  )
}
