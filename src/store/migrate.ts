/**
 * Brings a database up to date: numbered SQL files, each applied once, in order, in a transaction of its own. drizzle-orm's migrator (0.45)
 * takes no lock between two starting processes and silently skips a file that sorts before an applied one; both are refused here.
 */
import type postgres from 'postgres'

/** `name` is the file's name without `.sql`, such as `0003_refunds`; `sql` is its text. */
export type Migration = { name: string; sql: string }

export type MigrateOptions = { log: (line: string) => void }

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
 * Applies what is missing and answers the names, in order. Several processes may call it at the same moment: each file is applied by one of
 * them, and all return when the database is up to date. `sql` must belong to the owner of the tables.
 * Throws MigrationError when history differs: an applied file has changed or is gone, or a new one sorts before an applied one; and when a
 * statement fails, with the database's error as `cause`. Files applied before the failing one stay applied.
 */
export const migrate = async <Types extends Record<string, unknown>>(
  sql: postgres.Sql<Types>,
  migrations: readonly Migration[],
  { log }: MigrateOptions,
): Promise<string[]> => {
  const ordered = inOrder(migrations)
  const hashed = await Promise.all(ordered.map(async (file) => ({ ...file, sha256: await sha256Hex(file.sql) })))
  const done: string[] = []
  for (;;) {
    const outcome = await sql.begin(async (tx) => {
      // The lock belongs to the transaction, not to the session, so that it also works through a transaction pooler.
      await tx.unsafe(
        `set local statement_timeout = 0; set local lock_timeout = 0; select pg_advisory_xact_lock(${lockKey})`,
      )
      const next = nextPending(await readApplied(tx), hashed)
      if (!next) return { applied: null }
      await apply(tx, next)
      return { applied: next.name }
    })
    if (outcome.applied === null) return done
    log(`applied migration ${outcome.applied}`)
    done.push(outcome.applied)
  }
}

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
  migration: Migration & Applied,
): Promise<void> => {
  for (const [index, statement] of migration.sql.split(breakpoint).entries()) {
    if (statement.trim() === '') continue
    try {
      await tx.unsafe(statement)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new MigrationError(`Migration ${migration.name}, statement ${index + 1}: ${reason}`, { cause })
    }
  }
  await tx.unsafe('insert into public.lephi_migrations (name, sha256) values ($1, $2)', [
    migration.name,
    migration.sha256,
  ])
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
const sha256Hex = async (text: string): Promise<string> => {
  const bytes = new TextEncoder().encode(text.replaceAll('\r\n', '\n'))
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
