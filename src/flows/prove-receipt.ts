/** What makes a receipt verifiable without us: its signed code, and the signed list of receipts that were replaced or whose fees were returned. */
import { CompactSign } from 'jose'
import type { Receipt } from '../domain/receipt.ts'
import {
  type Opened,
  openProof,
  proofOf,
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
import { currentSigningKey, publicKeySet, signingAlgorithm } from './signing-keys.ts'

/** The address that a receipt's code holds. What stands behind `#` is never sent to a server. The same under the same key. */
export const receiptCode = async (deps: Deps, receipt: Receipt): Promise<string> =>
  `${deps.publicUrl}/verify#${await sign(deps, JSON.stringify(proofOf(receipt)), proofType)}`

const sign = async (deps: Deps, text: string, typ: string): Promise<string> => {
  const key = await currentSigningKey(deps)
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: signingAlgorithm, kid: key.kid, typ })
    .sign(await key.openPrivateKey())
}

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
  const made = { list, signed: await sign(deps, JSON.stringify(list), statusType) }
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
