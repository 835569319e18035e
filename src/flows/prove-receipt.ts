/** What makes a receipt verifiable without us: its signed code, and the signed list of receipts that were replaced or whose fees were returned. */
import type { SignedReceipt } from '../domain/receipt.ts'
import {
  openProof,
  type ProofRecord,
  proofIn,
  proofOf,
  proofText,
  proofType,
  type ReceiptProof,
  type ReceiptStatusList,
  readProof,
  statusType,
} from '../domain/receipt-proof.ts'
import { Refusal } from '../domain/refusal.ts'
import { stringifySorted } from '../lib/json.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import { findReceiptByNumber, listChangedReceipts } from '../store/receipt-histories.ts'
import type { Deps } from './deps.ts'
import { readReceiptMoney } from './read-receipts.ts'
import { signText } from './sign-document.ts'
import { heldHistory } from './sign-receipt.ts'
import { currentSigningKey, publicKeySet } from './signing-keys.ts'

/** The address that a receipt's code holds: what was signed at its issue, whatever key signs now. What stands behind `#` is never sent to a server. */
export const receiptCode = ({ publicUrl }: Pick<Deps, 'publicUrl'>, { proof }: SignedReceipt): string =>
  `${publicUrl}/verify#${proof}`

/** Names on the list at most, of each kind: what a page can carry. Older ones are told by `since`. */
const listedMax = 3_000
const keptMs = 60_000
/** By sealed box, as signing keys are. */
const kept = new WeakMap<SealedBox, { signed: string; list: ReceiptStatusList; kid: string }>()

/** The list as it is now, or was up to a minute ago, with its signature. */
export const receiptStatusList = async (deps: Deps): Promise<{ signed: string; list: ReceiptStatusList }> => {
  const now = deps.now().getTime()
  const known = kept.get(deps.box)
  const key = await currentSigningKey(deps)
  if (known?.kid === key.kid && Math.abs(now - known.list.at * 1_000) < keptMs) return known
  const { since, ...names } = await listChangedReceipts(deps.db, listedMax)
  const list = { at: Math.floor(now / 1_000), since: since && Math.ceil(since.getTime() / 1_000), ...names }
  const made = { list, kid: key.kid, signed: await signText(key, JSON.stringify(list), { typ: statusType }) }
  kept.set(deps.box, made)
  return made
}

/** What was found of a code: by its signature alone, and what our own records say of the receipt that it names, null where it names none. */
export type Verified = ReturnType<typeof proofIn> & { ok: boolean; record: ProofRecord | null }

/** Verifies what was scanned or pasted, by the same functions as the page of /verify in the browser, and looks the receipt up. */
export const verifyReceipt = async (deps: Deps, pasted: string): Promise<Verified> => {
  const { keys } = await publicKeySet(deps)
  const opened = await openProof(proofText(pasted), { keys, type: proofType })
  const found = proofIn(opened, readProof)
  const named = opened.ok ? readProof(opened.payload) : null
  const record = named && (await recordOf(deps, named))
  // What is on record word for word is ours, whoever else has the key by now.
  const answer = found.why === 'revoked' && record?.is === 'held' ? { proof: named, revokedAt: null, why: null } : found
  return { ...(answer as typeof found), ok: answer.why === null, record }
}

const recordOf = async (deps: Deps, named: ReceiptProof): Promise<ProofRecord> => {
  const at = Math.floor(deps.now().getTime() / 1_000)
  const stored = await findReceiptByNumber(deps.db, { agencyCode: named.a, serial: named.s, number: named.n })
  if (!stored) return { is: 'absent', at }
  try {
    const { receipt, replacedBy, notices } = await heldHistory(deps, stored)
    if (stringifySorted(proofOf(receipt)) !== stringifySorted(named)) return { is: 'other', at }
    const { returned, reversed, isDisputed } = await readReceiptMoney(deps, receipt)
    return {
      ...{ is: 'held', at, returned: Number(returned), reversed: Number(reversed), isDisputed },
      replacedBy: replacedBy && `${replacedBy.form} · ${replacedBy.serial} · ${replacedBy.number}`,
      noticed: [...new Set(notices.map(({ field }) => field))],
    }
  } catch (error) {
    if (error instanceof Refusal && error.code === 'receipt_altered') return { is: 'altered', at }
    throw error
  }
}
