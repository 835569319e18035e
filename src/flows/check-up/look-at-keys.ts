/** Whether the master keys open what is sealed, which former ones are still needed, and whether the key that signs is ours. */
import { broken, doubtful, type Finding, fine, listed, orFine } from '../../domain/finding.ts'
import { type SealedColumn, sealedColumns } from '../../domain/sealed-columns.ts'
import { decodeBase64 } from '../../lib/base64.ts'
import { SealedBoxError } from '../../lib/sealed-box.ts'
import { businessDay } from '../../lib/time.ts'
import { readSealed, type SealedRow, sealedPage } from '../../store/sealed-walk.ts'
import type { Deps } from '../deps.ts'
import { listSigningKeys, signsWithKeyOfOurs } from '../signing-keys.ts'

/** The oldest so many of each column are looked at: ids grow with time, so a former key is found there. `rotate-key --master --check` counts all. */
const looked = 2_000
const signingDaysMax = 730
const dayMs = 86_400_000

type Seen = { sealedBy: Map<string, Set<string>>; unopened: string[] }

export const lookAtMasterKeys = async (deps: Deps): Promise<readonly Finding[]> => {
  const seen: Seen = { sealedBy: new Map(), unopened: [] }
  for (const column of sealedColumns) await lookAtColumn(deps, column, seen)
  const [seals = '?', ...former] = deps.box.keyIds
  const missing = [...seen.sealedBy.keys()].filter((id) => !deps.box.keyIds.includes(id))
  const places = (id: string) => listed([...(seen.sealedBy.get(id) ?? [])])
  return [
    ...missing.map((id) =>
      broken('master keys', {
        found: `the key ${id} is not given, and has sealed ${places(id)}`,
        todo: 'Bring that key back into LEPHI_MASTER_KEY, behind the first one: without it nobody opens those values',
      }),
    ),
    ...(seen.unopened.length > 0
      ? [
          broken('master keys', {
            found: `does not open, though the key’s name is right: ${listed(seen.unopened)}`,
            todo: 'Is another key given under that name, or was the row altered? Compare with the key that was backed up',
          }),
        ]
      : []),
    ...(missing.length + seen.unopened.length > 0
      ? []
      : orFine(
          'master keys',
          `${seals} seals; a value of each kind opens`,
          former.map((id) =>
            seen.sealedBy.has(id)
              ? doubtful('master keys', {
                  found: `the former key ${id} is still needed: it has sealed ${places(id)}`,
                  todo: 'Seal those anew: npx lephi rotate-key --master',
                })
              : fine('master keys', `the former key ${id} has sealed nothing that was looked at`),
          ),
        )),
  ]
}

const lookAtColumn = async (deps: Deps, column: SealedColumn, { sealedBy, unopened }: Seen): Promise<void> => {
  const name = `${column.table}.${column.column}`
  const { rows } = await sealedPage(deps.db, column, { after: null, limit: looked })
  const firsts = new Map<string, SealedRow>()
  for (const row of rows) if (!firsts.has(row.keyId ?? '?')) firsts.set(row.keyId ?? '?', row)
  for (const [keyId, row] of firsts) {
    sealedBy.set(keyId, (sealedBy.get(keyId) ?? new Set()).add(name))
    if (deps.box.keyIds.includes(keyId) && !(await opens(deps, column, row)))
      unopened.push(`${name} ${row.key.join(' ')}`)
  }
}

/** A row that went meanwhile says nothing. */
const opens = async ({ db, box }: Deps, column: SealedColumn, { key }: SealedRow): Promise<boolean> => {
  const [value] = await readSealed(db, column, [key])
  if (!value) return true
  const envelope = typeof value.sealed === 'string' ? decodeBase64(value.sealed) : value.sealed
  try {
    if (envelope === null) return false
    await box.open(envelope, column.context(value.of))
    return true
  } catch (error) {
    if (error instanceof SealedBoxError) return false
    throw error
  }
}

export const lookAtSigningKeys = async (deps: Deps): Promise<readonly Finding[]> => {
  if (!(await signsWithKeyOfOurs(deps)))
    return [
      broken('signing keys', {
        found: 'the key that signs in this database is none of ours: it does not open, or somebody put it there',
        todo: 'Bring back the master key that sealed it. If no key of yours was lost, look at who can write to the database',
      }),
    ]
  const keys = await listSigningKeys(deps)
  const current = keys.find(({ retiredAt }) => retiredAt === null)
  if (!current) return [fine('signing keys', 'none yet: the first is made when something is signed')]
  const days = Math.floor((deps.now().getTime() - current.createdAt.getTime()) / dayMs)
  if (days > signingDaysMax)
    return [
      doubtful('signing keys', {
        found: `${current.kid} has signed for ${days} days`,
        todo: 'Make another: npx lephi rotate-key; what this one signed stays verifiable',
      }),
    ]
  return [fine('signing keys', `${current.kid} signs since ${businessDay(current.createdAt)}`)]
}
