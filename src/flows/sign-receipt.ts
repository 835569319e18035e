/** Signs receipts and notices when they are made, and holds their rows against what was signed whenever they are read. */
import type {
  Receipt,
  ReceiptHistory,
  ReceiptNotice,
  SignedNotice,
  SignedReceipt,
  UnsignedReceipt,
} from '../domain/receipt.ts'
import { proofOf, proofType } from '../domain/receipt-proof.ts'
import {
  eventDifference,
  noticeRecord,
  receiptRecord,
  recordTypes,
  type SignedRecord,
} from '../domain/receipt-record.ts'
import { Refusal } from '../domain/refusal.ts'
import { stringifySorted } from '../lib/json.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import { findIssuedEvents, findSignedBefore, keepSignatures, listUnsigned } from '../store/receipt-signatures.ts'
import type { Deps } from './deps.ts'
import { readSigned, signText } from './sign-document.ts'
import { currentSigningKey, type SigningKey } from './signing-keys.ts'

type KeyDeps = Pick<Deps, 'db' | 'box' | 'now'>

export const signReceipt = (key: SigningKey, receipt: UnsignedReceipt): Promise<SignedReceipt> =>
  signAs(key, receipt, receiptRecord(receipt))

const signAs = async (key: SigningKey, receipt: UnsignedReceipt, record: SignedRecord): Promise<SignedReceipt> => ({
  ...receipt,
  proof: await signText(key, JSON.stringify(proofOf(receipt)), { typ: proofType }),
  signature: await signText(key, stringifySorted(record), { typ: recordTypes.receipt }),
})

export const signNotice = async (key: SigningKey, notice: ReceiptNotice): Promise<SignedNotice> => ({
  ...notice,
  signature: await signText(key, stringifySorted(noticeRecord(notice)), { typ: recordTypes.notice }),
})

/** What is wrong with a receipt's row; null when it is what was signed, or of before receipts were signed at their issue. */
export const receiptFault = async (deps: KeyDeps, receipt: Receipt): Promise<string | null> => {
  if (receipt.proof === null && receipt.signature === null) return null
  const at = receipt.issuedAt
  const signed = await readSigned(deps, receipt.signature ?? '', { typ: recordTypes.receipt, at })
  const record = receiptRecord(receipt)
  if (signed !== stringifySorted(record) && signed !== stringifySorted(late(record)))
    return 'is not what was signed when it was issued'
  const proof = await readSigned(deps, receipt.proof ?? '', { typ: proofType, at })
  return proof === JSON.stringify(proofOf(receipt)) ? null : 'has the code of another receipt'
}

const late = (record: SignedRecord): SignedRecord => ({ ...record, late: true })

/** The same of a notice. */
export const noticeFault = async (deps: KeyDeps, notice: SignedNotice): Promise<string | null> => {
  if (notice.signature === null) return null
  const signed = await readSigned(deps, notice.signature, { typ: recordTypes.notice, at: notice.noticedAt })
  return signed === stringifySorted(noticeRecord(notice)) ? null : 'is not what was signed when it was given'
}

/** The receipts, held against what was signed. Throws Refusal `receipt_altered` for a row that is not what was issued: nothing about it is answered or signed. */
export const heldReceipts = (deps: Deps, receipts: readonly Receipt[]): Promise<readonly SignedReceipt[]> =>
  Promise.all(receipts.map((receipt) => heldReceipt(deps, receipt)))

/** The same with what became of them. */
export const heldHistory = async (
  deps: Deps,
  history: ReceiptHistory,
): Promise<ReceiptHistory & { receipt: SignedReceipt }> => {
  const receipt = await heldReceipt(deps, history.receipt)
  for (const notice of history.notices) {
    const fault = await noticeFault(deps, notice)
    if (fault) throw altered(deps, history.receipt.id, `notice ${notice.id} ${fault}`)
  }
  const replacedBy = history.replacedBy && (await heldReceipt(deps, history.replacedBy))
  return { ...history, receipt, replacedBy }
}

const heldReceipt = async (deps: Deps, receipt: Receipt): Promise<SignedReceipt> => {
  const fault = await receiptFault(deps, receipt)
  if (fault) throw altered(deps, receipt.id, fault)
  const { proof, signature } = receipt
  return proof !== null && signature !== null ? { ...receipt, proof, signature } : signFormer(deps, receipt)
}

const altered = (deps: Pick<Deps, 'log'>, id: string, fault: string): Refusal => {
  deps.log.error({ receipt: id, fault }, 'a receipt was altered')
  return new Refusal('receipt_altered', `Receipt ${id} ${fault}.`)
}

/**
 * What is wrong with a receipt that has no signature; null where it is of before receipts were signed at their issue. None that was issued earlier, or under an earlier number of
 * its series, was signed at its issue then: whoever can write to the database cannot make the signatures of others say that they came late.
 */
export const unsignedFault = async (deps: KeyDeps, receipt: Receipt): Promise<string | null> => {
  for (const earlier of await findSignedBefore(deps.db, receipt)) {
    const signed = await readSigned(deps, earlier.signature ?? '', {
      typ: recordTypes.receipt,
      at: earlier.issuedAt,
    })
    if (signed !== stringifySorted(late(receiptRecord(earlier)))) return 'has lost its signatures'
  }
  return null
}

/** Signs a receipt of before receipts were signed at their issue, once and for all, if it still is what its order's timeline told when it was issued. */
const signFormer = async (deps: Deps, receipt: Receipt): Promise<SignedReceipt> => {
  const told = (await findIssuedEvents(deps.db, receipt.orderId)).filter(({ id }) => id === receipt.id)
  const [event] = told
  if (!event || told.length > 1) throw altered(deps, receipt.id, 'has not one event that tells of its issue')
  const lost = await unsignedFault(deps, receipt)
  if (lost) throw altered(deps, receipt.id, lost)
  const differing = eventDifference(receipt, event)
  if (differing) throw altered(deps, receipt.id, `differs in ${differing} from what was told of its issue`)
  const signed = await signAs(await currentSigningKey(deps), receipt, late(receiptRecord(receipt)))
  const kept = await keepSignatures(deps.db, signed)
  if (kept === null) throw altered(deps, receipt.id, 'is gone')
  return { ...receipt, ...kept }
}

const pageSize = 100
/** Where a pass stopped, so that what cannot be signed is tried again only after all the others. */
const stoppedAt = new WeakMap<SealedBox, string>()

/**
 * Signs receipts of before, at most `limit` in a pass, which the next one continues. What cannot be signed is logged, and stays to be found by whoever verifies
 * the books.
 */
export const signFormerReceipts = async (deps: Deps, limit: number): Promise<{ signed: number; isDone: boolean }> => {
  let [signed, tried, after] = [0, 0, stoppedAt.get(deps.box) ?? '']
  while (tried < limit) {
    const wanted = Math.min(pageSize, limit - tried)
    const page = await listUnsigned(deps.db, { after, limit: wanted })
    for (const receipt of page) {
      const made = await signFormer(deps, receipt).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error
      })
      if (made) signed += 1
      after = receipt.id
    }
    tried += page.length
    if (page.length < wanted) {
      stoppedAt.delete(deps.box)
      return { signed, isDone: true }
    }
  }
  stoppedAt.set(deps.box, after)
  return { signed, isDone: false }
}
