/** What makes a receipt verifiable without us: its signed code, and the signed list of receipts that were replaced or whose fees were returned. */
import type { SignedReceipt } from '../domain/receipt.ts'
import {
  type Opened,
  openProof,
  proofText,
  proofType,
  type ReceiptProof,
  type ReceiptStatusList,
  readProof,
  statusType,
} from '../domain/receipt-proof.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import { listChangedReceipts } from '../store/receipt-histories.ts'
import type { Deps } from './deps.ts'
import { signText } from './sign-document.ts'
import { currentSigningKey, publicKeySet } from './signing-keys.ts'

/** The address that a receipt's code holds: what was signed at its issue, whatever key signs now. What stands behind `#` is never sent to a server. */
export const receiptCode = ({ publicUrl }: Pick<Deps, 'publicUrl'>, { proof }: SignedReceipt): string =>
  `${publicUrl}/verify#${proof}`

/** Names on the list at most, of each kind: what a page can carry. Older ones are told by `since`. */
const listedMax = 3_000
const keptMs = 60_000
/** By sealed box, as signing keys are. */
const kept = new WeakMap<SealedBox, { signed: string; list: ReceiptStatusList }>()

/** The list as it is now, or was up to a minute ago, with its signature. */
export const receiptStatusList = async (deps: Deps): Promise<{ signed: string; list: ReceiptStatusList }> => {
  const now = deps.now().getTime()
  const known = kept.get(deps.box)
  if (known && Math.abs(now - known.list.at * 1_000) < keptMs) return known
  const { replaced, refunded, since } = await listChangedReceipts(deps.db, listedMax)
  const list = { at: Math.floor(now / 1_000), since: since && Math.ceil(since.getTime() / 1_000), replaced, refunded }
  const made = {
    list,
    signed: await signText(await currentSigningKey(deps), JSON.stringify(list), { typ: statusType }),
  }
  kept.set(deps.box, made)
  return made
}

export type Verified = { ok: true; proof: ReceiptProof } | Exclude<Opened, { ok: true }>

/** Verifies what was scanned or pasted, by the same function as the page of /verify in the browser. */
export const verifyReceipt = async (deps: Deps, pasted: string): Promise<Verified> => {
  const { keys } = await publicKeySet(deps)
  const opened = await openProof(proofText(pasted), { keys, type: proofType })
  if (!opened.ok) return opened
  const proof = readProof(opened.payload)
  return proof ? { ok: true, proof } : { ok: false, why: 'malformed' }
}
