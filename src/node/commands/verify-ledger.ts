// Checks the books, for a person or a nightly job.
import { readFile, stat } from 'node:fs/promises'
import { decodeProtectedHeader } from 'jose'
import { sealTyp } from '../../domain/ledger-seal.ts'
import { verifyLedger } from '../../flows/verify-ledger.ts'
import type { SealedTenant } from '../../flows/verify-seals.ts'
import { type Command, type Options, UsageError } from './command.ts'

export const verifyLedgerCommand: Command = {
  group: 'Check',
  usage: '[--seals FILE]',
  summary: 'Check that the books balance and are what was written, signed and sealed',
  about:
    'Entries balance; entries, facts and events are what was sealed; orders agree with the facts and with their timelines; timelines are as written and receipts as signed',
  example: 'npx lephi verify-ledger --seals auditor-seals.txt --json',
  options: {
    seals: {
      type: 'string',
      value: 'FILE',
      help: 'compare with the seals that an auditor has received: a text that holds them, such as webhook bodies or GET /v1/ledger/seals as application/jose',
    },
  },
  found: 'something differs; the first is named',
  run: async ({ open, options, progress }) => {
    const copies = await readCopies(options)
    const { deps } = await open()
    const { fault, ...counts } = await verifyLedger(deps, { copies, onProgress: progress })
    const { entries, postings, orders, events, receipts, unsignedReceipts, sealed } = counts
    const read = `Read ${entries} entries with ${postings} postings, ${orders} orders, ${events} events, ${receipts} receipts`
    const compared = options.seals === undefined ? [] : [`Compared ${copies.length} seals that were kept elsewhere`]
    return {
      exitCode: fault ? 1 : 0,
      lines: fault
        ? [read, ...compared, `The first that differs: ${fault.what} ${fault.id} ${fault.problem}`]
        : [
            `${read}: all agree.`,
            ...compared,
            ...sealed.map(sealedLine),
            ...sealed.flatMap(lateLine),
            ...unsignedLine(unsignedReceipts),
          ],
      json: { ...counts, copies: copies.length, fault },
    }
  },
}

const sealedLine = ({ agencyCode, sealedTo, timelinesFrom, unsealed }: SealedTenant): string =>
  `${agencyCode}: sealed up to ${sealedTo ?? 'no day'} (timelines in the seals ${timelinesFrom ? `from ${timelinesFrom} on` : 'of no day'}), ${unsealed} entries, facts and events not yet sealed: a change of those cannot be found by their seal`

const lateLine = ({ agencyCode, late }: SealedTenant): string[] =>
  late
    ? [
        `${agencyCode}: ${late.count} entries, facts and events got their places more than an hour after they say that they were written, ${late.first} first: a clock was wrong, or a job stood still`,
      ]
    : []

const unsignedLine = (count: number): string[] =>
  count > 0
    ? [
        `${count} receipts are of before receipts were signed at their issue, and a job has not signed them yet: of those the timeline alone tells`,
      ]
    : []

const fileBytesMax = 64 * 1024 * 1024
/** A compact JWS (RFC 7515, section 7.1) as it stands in any text: three pieces of base64url. */
const compactJws = /eyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{80,100}/g

const readCopies = async ({ seals }: Options): Promise<string[]> => {
  if (typeof seals !== 'string') return []
  const size = await stat(seals).then(
    (found) => found.size,
    () => null,
  )
  if (size === null) throw new UsageError(`--seals: there is no file ${seals}`)
  if (size > fileBytesMax) throw new UsageError(`--seals: the file is larger than ${fileBytesMax} bytes`)
  // Other texts are signed too, and may stand in the same file.
  const found = ((await readFile(seals, 'utf8')).match(compactJws) ?? []).filter(isSeal)
  if (found.length === 0) throw new UsageError('--seals: the file holds no seal')
  return found
}

const isSeal = (jws: string): boolean => {
  try {
    return decodeProtectedHeader(jws).typ === sealTyp
  } catch {
    return false
  }
}
