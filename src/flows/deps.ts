/** What every flow is handed: the database, the clock, ids, the network, keys, and how the gateway is reached. Entries build it once. */

import type { CallBudgets } from '../domain/call-budget.ts'
import type { Fingerprint } from '../lib/fingerprint.ts'
import type { Log } from '../lib/log.ts'
import type { Metrics } from '../lib/metrics.ts'
import type { PdfFonts } from '../lib/pdf.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import type { Tracing } from '../lib/tracing.ts'
import type { FontCut } from '../lib/web-font.ts'
import type { FetchPort, Provider } from '../providers/contract.ts'
import type { Database } from '../store/database.ts'

export type Deps = {
  db: Database
  /** A standby of the same database, which reads reports. Absent: there is none. */
  replica?: Database
  now: () => Date
  /** A new id with the given prefix, for example `ord`. */
  newId: (prefix: string) => string
  /** An unguessable text of that many random bytes, base64url. */
  newToken: (bytes: number) => string
  /**
   * Calls to addresses that merchant accounts name, and so whoever may enter one: in production it reaches no private network, whatever a name resolves to, but hosts
   * that the operator let in.
   */
  fetch: FetchPort
  /** The same for webhook endpoints. */
  fetchPublic: FetchPort
  /** Calls to the issuers of tokens and of sign-in: the operator's own configuration names them, and they may lie in the private network. */
  fetchIssuer: FetchPort
  /** Hosts of private networks that accounts and endpoints may name all the same. */
  privateHosts: readonly string[]
  box: SealedBox
  /** Of what must be compared later without being kept. */
  fingerprint: Fingerprint
  log: Log
  metrics: Metrics
  /** Absent: nobody follows what is done. */
  tracing?: Tracing
  providers: Readonly<Record<string, Provider>>
  /** Without a slash at the end. */
  publicUrl: string
  mode: 'demo' | 'production'
  /** The typeface of printed documents. */
  pdfFonts: () => Promise<PdfFonts>
  /** One file of the typeface of pages. */
  webFont: (cut: FontCut) => Promise<Uint8Array>
  /** The largest statement file that may be uploaded. */
  uploadBytesMax: number
  /** The largest statement file that is read here, in bytes; a larger one waits for a process that has no such limit. Absent: any. */
  readBytesMax?: number
  /** Whether a cache may stand between us and the database, as Hyperdrive's does: readiness then looks for it. */
  looksForCachedReads?: boolean
  /** Work that may go on after the answer was sent: `waitUntil` on Workers, tracked promises on Node. Never rejects. */
  defer: (work: Promise<unknown>) => void
  /** Waits for somebody else, and lends the place of the request meanwhile (api/admit.ts). Absent: there are no places. */
  standAside?: <Result>(wait: () => Promise<Result>) => Promise<Result>
  /** When whoever waits for this flow stops waiting; calls to providers end by then. See deadline.ts. */
  deadline?: Date | null
  /** How long deferred work may go on where the runtime ends it; absent: as long as it takes. */
  deferredMs?: number
  /** Time budgets of calls to providers, where they are not the usual ones. */
  callBudgetsMs?: CallBudgets
  /** Whether this process is about to end: it says that it is not ready, and takes up no further background work. Absent: never. */
  isEnding?: () => boolean
  /** Whether somebody is being served by this process, before whom background work gives way (lib/pace.ts). Absent: nobody can say. */
  isServing?: () => boolean
  /** How long a former key must have proved no callback before it may end; absent: a day. */
  keyQuietMs?: number
}
