/**
 * Brings a database up to date: numbered SQL files, each applied once, in order, in a transaction of its own or, where it says so, online. drizzle-orm's migrator (0.45)
 * takes no lock between two starting processes and silently skips a file that sorts before an applied one; both are refused here.
 */
import postgres from 'postgres'
import { isOnline, onlineStepOf, takeOnlineStep } from './online-migration.ts'

/** `name` is the file's name without `.sql`, such as `0003_refunds`; `sql` is its text. */
export type Migration = { name: string; sql: string }

export type MigrateOptions = {
  log: (line: string) => void
  /** How long a statement waits for a lock before its file is rolled back and tried again: a second unless given. */
  lockTimeoutMs?: number
  /** For how long it is tried again: five minutes unless given. */
  patienceMs?: number
  /** The last file to apply: those that sort after it are left. All of them unless given. */
  until?: string | null
}

/** The database and the program disagree about history. Nothing has been changed by the step that throws this. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

type Applied = { name: string; sha256: string }

/** Distinguishes our lock from those of other programs in the same database. */
const lockKey = '4827105936650187'

/** What drizzle-kit writes between two statements of a file. */
const breakpoint = '--> statement-breakpoint'

/**
 * Applies what is missing, to the last file or to the one that is named, and answers the names, in order. Several processes may call it at the same moment: each file is applied by one of
 * them, and all return when the database is up to date. `sql` must belong to the owner of the tables, and have two connections where a file is applied online.
 * A gateway may be at work meanwhile: nothing waits for a lock longer than `lockTimeoutMs`, since whoever needs the same table waits behind it; it tries again instead.
 * Throws MigrationError when history differs: an applied file has changed or is gone, or a new one sorts before an applied one; when a lock cannot be had for
 * `patienceMs`; and when a statement fails, with the database's error as `cause`. Files applied before the failing one stay applied.
 */
export const migrate = async <Types extends Record<string, unknown>>(
  sql: postgres.Sql<Types>,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<string[]> => {
  const ordered = inOrder(migrations)
  const files = await Promise.all(ordered.map(async (file) => ({ ...file, sha256: await digestOfMigration(file.sql) })))
  const done: string[] = []
  const tries = { lockTimeoutMs: 1_000, patienceMs: 300_000, until: null, ...options, waitedMs: 0 }
  for (;;) {
    const turn = await takeTurn(sql, files, tries)
    if (turn === 'none_left') return done
    if (turn === 'others_turn') await pause(othersTurnMs)
    else if (turn === 'locked') await waitForLock(tries)
    else {
      tries.waitedMs = 0
      options.log(`applied migration ${turn.applied}`)
      done.push(turn.applied)
    }
  }
}

type File = Migration & Applied
type Tries = Required<MigrateOptions> & { waitedMs: number }
type Turn = 'none_left' | 'others_turn' | 'locked' | { applied: string }

/** How often a process looks whether another one is done. It does not wait in the lock: an index that is built concurrently waits for every statement that is under way. */
const othersTurnMs = 100

/** Applies the next file, if this process has the turn and the locks can be had. */
const takeTurn = async <Types extends Record<string, unknown>>(
  sql: postgres.Sql<Types>,
  files: readonly File[],
  { lockTimeoutMs, until }: Tries,
): Promise<Turn> => {
  try {
    const turn = await sql.begin(async (tx): Promise<Turn> => {
      // The lock belongs to the transaction, not to the session, so that it also works through a transaction pooler.
      await tx.unsafe('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0')
      await tx.unsafe(`set local lock_timeout = ${Math.round(lockTimeoutMs)}`)
      const [lock] = await tx.unsafe(`select pg_try_advisory_xact_lock(${lockKey}) as taken`)
      if (!lock?.taken) return 'others_turn'
      const next = nextPending(await readApplied(tx), files)
      if (!next || (until !== null && next.name > until)) return 'none_left'
      await (isOnline(next.sql) ? applyOnline(sql, next) : apply(tx, next))
      await tx.unsafe('insert into public.lephi_migrations (name, sha256) values ($1, $2)', [next.name, next.sha256])
      return { applied: next.name }
    })
    return turn as Turn
  } catch (error) {
    if (error instanceof MigrationError && isLockTimeout(error.cause)) return 'locked'
    throw error
  }
}

/** SQLSTATE lock_not_available. */
const isLockTimeout = (error: unknown): boolean => error instanceof postgres.PostgresError && error.code === '55P03'

const lockPauseMs = 500

const waitForLock = async (tries: Tries): Promise<void> => {
  tries.waitedMs += tries.lockTimeoutMs + lockPauseMs
  if (tries.waitedMs >= tries.patienceMs)
    throw new MigrationError(
      `A migration could not lock its table for ${Math.round(tries.waitedMs / 1_000)} s: a long transaction holds it. End that one (pg_stat_activity), and start again.`,
    )
  tries.log('a table that a migration changes is in use; trying again')
  await pause(Math.min(lockPauseMs, tries.patienceMs))
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const readApplied = async <Types extends Record<string, unknown>>(
  tx: postgres.TransactionSql<Types>,
): Promise<Applied[]> => {
  // Asked first, so that a database that is up to date needs no right to create tables and answers with no notice.
  const [found] = await tx.unsafe(`select to_regclass('public.lephi_migrations') is not null as made`)
  if (!found?.made) {
    await tx.unsafe(`create table public.lephi_migrations (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`)
  }
  const rows = await tx.unsafe(`select name, sha256 from public.lephi_migrations order by name collate "C"`)
  return rows.map((row) => ({ name: String(row.name), sha256: String(row.sha256) }))
}

/** The first file that is not applied yet, after checking that all of history agrees. */
const nextPending = <File extends Applied>(applied: readonly Applied[], files: readonly File[]): File | undefined => {
  for (const [index, past] of applied.entries()) {
    const file = files[index]
    const same = files.find(({ name }) => name === past.name)
    if (!same) {
      throw new MigrationError(
        `The database has migration ${past.name}, which this version does not know: a newer version has run on it. Start that version.`,
      )
    }
    if (same.sha256 !== past.sha256) {
      throw new MigrationError(
        `Migration ${past.name} was changed after it had been applied. Restore the file and put the change into a new one.`,
      )
    }
    if (file && file.name !== past.name) {
      throw new MigrationError(
        `Migration ${file.name} sorts before ${past.name}, which is applied already. Give it a number after the last one.`,
      )
    }
  }
  return files[applied.length]
}

const apply = async <Types extends Record<string, unknown>>(
  tx: postgres.TransactionSql<Types>,
  { name, sql }: Migration,
): Promise<void> => {
  for (const [index, statement] of sql.split(breakpoint).entries()) {
    if (statement.trim() === '') continue
    await tx.unsafe(statement).catch((cause: unknown) => Promise.reject(failed({ name, index }, cause)))
  }
}

/** The turn is held by another connection meanwhile, which does nothing. */
const applyOnline = async <Types extends Record<string, unknown>>(
  sql: postgres.Sql<Types>,
  { name, sql: text }: Migration,
): Promise<void> => {
  if (sql.options.max < 2) throw new MigrationError(`Migration ${name} is applied online and needs two connections.`)
  for (const [index, statement] of text.split(breakpoint).entries()) {
    if (statement.trim() === '') continue
    const step = onlineStepOf(statement)
    if (!step) throw failed({ name, index }, new Error('this has no place in a file that is applied online'))
    await takeOnlineStep(sql, step).catch((cause: unknown) => Promise.reject(failed({ name, index }, cause)))
  }
}

const failed = ({ name, index }: { name: string; index: number }, cause: unknown): MigrationError => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new MigrationError(`Migration ${name}, statement ${index + 1}: ${reason}`, { cause })
}

const inOrder = (migrations: readonly Migration[]): Migration[] => {
  const ordered = migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  for (const [index, { name }] of ordered.entries()) {
    if (!/^\d{4}_[a-z0-9_]+$/.test(name)) throw new MigrationError(`Migration ${name} is not named like 0007_refunds`)
    if (name.slice(0, 4) === ordered[index + 1]?.name.slice(0, 4)) {
      throw new MigrationError(
        `Two migrations have the number ${name.slice(0, 4)}. Renumber the one that is not applied yet.`,
      )
    }
  }
  return ordered
}

/** Over the text with Unix line ends: a checkout may rewrite them. */
export const digestOfMigration = async (text: string): Promise<string> => {
  const bytes = new TextEncoder().encode(text.replaceAll('\r\n', '\n'))
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
