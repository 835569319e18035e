// What flows are handed in tests: a real database, a clock that the test moves, a network that the test answers.
import { randomBytes } from 'node:crypto'
import type { Deps } from '../../src/flows/deps.ts'
import { createFingerprint } from '../../src/lib/fingerprint.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { createMetrics } from '../../src/lib/metrics.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { readPdfFonts } from '../../src/node/pdf-fonts.ts'
import { readWebFont } from '../../src/node/web-font.ts'
import { registry } from '../../src/providers/registry.ts'
import type { Database } from '../../src/store/database.ts'

export type Clock = { now: () => Date; set: (instant: string | Date) => void; advance: (seconds: number) => void }

export const createClock = (start = '2026-11-23T02:00:00Z'): Clock => {
  let current = new Date(start)
  return {
    now: () => new Date(current),
    set: (instant) => {
      current = new Date(instant)
    },
    advance: (seconds) => {
      current = new Date(current.getTime() + seconds * 1_000)
    },
  }
}

export type TestDeps = Deps & { clock: Clock; settled: () => Promise<void> }

/** `settled` waits for everything that was deferred. An outgoing call that the test does not answer fails like a refused connection. */
export const createTestDeps = (database: Database, more: Partial<Deps> & { clock?: Clock } = {}): TestDeps => {
  const { clock = createClock(), ...rest } = more
  const deferred: Promise<unknown>[] = []
  const keys = [{ id: 'test', key: new Uint8Array(32).fill(7) }]
  const fetch: Deps['fetch'] =
    rest.fetch ??
    (() => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })))
  return {
    clock,
    db: database,
    now: clock.now,
    newId: createIdSource({ now: clock.now }),
    newToken: (bytes) => randomBytes(bytes).toString('base64url'),
    fetch,
    fetchPublic: fetch,
    fetchIssuer: fetch,
    privateHosts: [],
    box: createSealedBox(keys),
    fingerprint: createFingerprint(keys),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: createMetrics(),
    providers: registry,
    publicUrl: 'http://gateway.test',
    mode: 'demo',
    pdfFonts: readPdfFonts,
    webFont: readWebFont,
    uploadBytesMax: 64 * 1024 * 1024,
    defer: (work) => {
      deferred.push(work)
    },
    settled: async () => {
      while (deferred.length > 0) await deferred.shift()
    },
    ...rest,
  }
}
