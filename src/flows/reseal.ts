/**
 * Changing the master key while the gateway runs. The new key is put first in the settings of every process, and the former ones stay behind it, so that what they
 * sealed opens; then everything that a former key sealed is opened and sealed with the first one, row by row, by compare and set. It can be stopped at any moment and
 * begun again: what is done is told by the envelopes themselves.
 */
import { keptMs } from '../domain/retention.ts'
import { type SealedColumn, sealedColumns } from '../domain/sealed-columns.ts'
import { decodeBase64 } from '../lib/base64.ts'
import { SealedBoxError } from '../lib/sealed-box.ts'
import {
  exchangeSealed,
  fingerprintKeys,
  type RowKey,
  readSealed,
  type SealedRow,
  type SealedValue,
  sealedPage,
} from '../store/sealed-walk.ts'
import type { Deps } from './deps.ts'

/** Where a key stands. */
export type KeyStanding = {
  /** `?` for what bears no mark of a key at all. */
  keyId: string
  /** `seals`, `opens`, or `missing`: what it sealed can be opened by nobody here. */
  role: 'seals' | 'opens' | 'missing'
  /** How many values it has sealed, by `table.column`. */
  columns: Readonly<Record<string, number>>
  envelopes: number
  /** First answers to idempotent writes whose bodies are compared by its fingerprints, and when the last of them is forgotten. */
  fingerprints: number
  fingerprintsUntil: Date | null
}

export type Resealed = {
  sealsWith: string
  resealed: number
  /** What no key that is given opens, or was altered; the first hundred by name. */
  unopened: number
  unopenedRows: readonly string[]
  keys: readonly KeyStanding[]
}

const pageRows = 2_000
const unopenedMax = 100
/** What was written meanwhile by processes that still seal with a former key is caught up with so often; the rest is told of. */
const passesMax = 3

/** Seals everything anew that a former key sealed, and tells how every key stands afterwards. Memory does not grow with what there is. */
export const resealEverything = async (
  deps: Deps,
  onProgress: (text: string) => void = () => undefined,
): Promise<Resealed> => {
  const sealsWith = sealingKey(deps)
  let [resealed, unopened, unopenedRows] = [0, 0, [] as string[]]
  for (let pass = 1; pass <= passesMax; pass += 1) {
    let [exchanged, left] = [0, 0]
    unopened = 0
    unopenedRows = []
    for (const column of sealedColumns) {
      await eachPage(deps, column, async (rows) => {
        const stale = rows.filter(({ keyId }) => keyId !== sealsWith)
        for (let at = 0; at < stale.length; at += column.batch) {
          const batch = await resealBatch(deps, column, stale.slice(at, at + column.batch))
          exchanged += batch.exchanged
          left += batch.overtaken
          unopened += batch.unopened.length
          unopenedRows.push(...batch.unopened.slice(0, unopenedMax - unopenedRows.length))
          onProgress(`${resealed + exchanged} sealed anew, now ${column.table}.${column.column}`)
        }
      })
    }
    resealed += exchanged
    if (left === 0 && exchanged === 0) break
  }
  return { sealsWith, resealed, unopened, unopenedRows, keys: await surveyKeys(deps, onProgress) }
}

/** How every key stands, without changing anything. */
export const surveyKeys = async (
  deps: Deps,
  onProgress: (text: string) => void = () => undefined,
): Promise<readonly KeyStanding[]> => {
  const found = new Map<string, Map<string, number>>(deps.box.keyIds.map((id) => [id, new Map()]))
  for (const column of sealedColumns) {
    const name = `${column.table}.${column.column}`
    await eachPage(deps, column, async (rows) => {
      for (const { keyId } of rows) {
        const counts = found.get(keyId ?? unmarked) ?? new Map<string, number>()
        found.set(keyId ?? unmarked, counts.set(name, (counts.get(name) ?? 0) + 1))
      }
      onProgress(`counting ${name}`)
    })
  }
  const fingerprints = await fingerprintKeys(deps.db)
  for (const { keyId } of fingerprints) if (!found.has(keyId)) found.set(keyId, new Map())
  return [...found].map(([keyId, columns]) => {
    const own = fingerprints.find((each) => each.keyId === keyId)
    return {
      keyId,
      role: roleOf(deps, keyId),
      columns: Object.fromEntries(columns),
      envelopes: [...columns.values()].reduce((sum, count) => sum + count, 0),
      fingerprints: own?.count ?? 0,
      fingerprintsUntil: own ? new Date(own.lastAt.getTime() + keptMs('first_answers', deps.now())) : null,
    }
  })
}

const unmarked = '?'

const sealingKey = ({ box }: Pick<Deps, 'box'>): string => {
  const [first] = box.keyIds
  if (first === undefined) throw new Error('a sealed box without keys')
  return first
}

const roleOf = ({ box }: Deps, keyId: string): KeyStanding['role'] => {
  if (keyId === box.keyIds[0]) return 'seals'
  return box.keyIds.includes(keyId) ? 'opens' : 'missing'
}

const eachPage = async (
  deps: Deps,
  column: SealedColumn,
  work: (rows: readonly SealedRow[]) => Promise<void>,
): Promise<void> => {
  for (let after: RowKey | null = null; ; ) {
    const page: Awaited<ReturnType<typeof sealedPage>> = await sealedPage(deps.db, column, { after, limit: pageRows })
    await work(page.rows)
    if (page.last === null) return
    after = page.last
  }
}

/** Opens and seals what these rows hold now. Who changed a row meanwhile was first: what that sealed is looked at again in the next pass. */
const resealBatch = async (deps: Deps, column: SealedColumn, rows: readonly SealedRow[]) => {
  const values = await readSealed(
    deps.db,
    column,
    rows.map(({ key }) => key),
  )
  const opened = await Promise.all(values.map((value) => resealOne(deps, column, value)))
  const exchanges = opened.filter((each) => each !== null)
  const exchanged = exchanges.length === 0 ? 0 : await exchangeSealed(deps.db, column, exchanges)
  const unopened = values
    .filter((_, at) => opened[at] === null)
    .map(({ key }) => `${column.table}.${column.column} ${key.join(' ')}`)
  return { exchanged, overtaken: exchanges.length - exchanged, unopened }
}

const resealOne = async ({ box }: Deps, column: SealedColumn, { key, of, sealed }: SealedValue) => {
  const context = column.context(of)
  const envelope = typeof sealed === 'string' ? decodeBase64(sealed) : sealed
  try {
    if (envelope === null) return null
    const later = await box.seal(await box.open(envelope, context), context)
    return { key, former: sealed, later: typeof sealed === 'string' ? encodeBase64(later) : later }
  } catch (error) {
    if (error instanceof SealedBoxError) return null
    throw error
  }
}

const encodeBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
