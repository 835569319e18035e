// One scratch database and its connections for many towns: it is emptied behind each, so that only the first pays for the copy, and for what a new connection has to learn.
import type { Ground, Scratch } from '../../../simulation/town.ts'
import { type Database, everyAgency, inScope } from '../../../store/database.ts'
import { digestTables, type TableDigest } from '../../../store/table-digests.ts'
import { groundOn, openServer, type TemplateServer } from './ground.ts'

/** Deleted rows are swept up by nobody, and the tables of reconciliations leave theirs in the catalogues: after so many towns another copy is quicker. */
const townsMax = 25

type Kept = { scratch: Scratch; towns: number; before: Contents }

/** As `groundOn`. A town that broke, or left anything that cannot be taken away, has its database to itself. `close` drops what is kept. */
export const keptGround = (server: TemplateServer): { ground: Ground; close: () => Promise<void> } => {
  const fresh = groundOn(server)
  let kept: Kept | null = null
  const drop = async (): Promise<void> => {
    const gone = kept
    kept = null
    await gone?.scratch.leave(false)
  }
  const leave = async (isSound: boolean): Promise<void> => {
    if (!kept) return
    kept.towns += 1
    const isKept = isSound && kept.towns < townsMax && (await empty(kept).catch(() => false))
    if (!isKept) await drop()
  }
  const open = async (): Promise<Scratch> => {
    if (!kept) {
      const scratch = await fresh.open()
      kept = { scratch, towns: 0, before: await contentsOf(scratch.owner) }
    }
    return { ...kept.scratch, leave }
  }
  return { ground: { open, turn: fresh.turn }, close: drop }
}

/** The same on the server of a data folder. */
export const openGround = async (dataDir: string): Promise<{ ground: Ground; close: () => Promise<void> }> => {
  const { server, stop } = await openServer(dataDir)
  const { ground, close } = keptGround(server)
  return { ground, close: () => close().finally(stop) }
}

/** `filled` are the tables that are not empty, with what is in them. */
type Contents = { empty: readonly string[]; filled: readonly TableDigest[]; sequences: readonly unknown[] }

const contentsOf = async (owner: Database): Promise<Contents> => {
  const [named = [], sequences = []] = await inScope(owner, everyAgency, (sql) => [
    sql`select relname::text as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by relname collate "C"`,
    sql`select schemaname, sequencename, last_value::text from pg_sequences order by 1, 2`,
  ])
  const names = named.map(({ name }) => String(name))
  const asked = await inScope(owner, everyAgency, (sql) =>
    names.map((name) => sql`select exists (select from ${sql(name)}) as is_filled`),
  )
  const isFilled = (index: number) => asked[index]?.[0]?.isFilled === true
  const filled = names.filter((_, index) => isFilled(index))
  return {
    empty: names.filter((_, index) => !isFilled(index)),
    filled: await digestTables(owner, filled),
    sequences: [...sequences],
  }
}

/** Takes everything out of the tables that were empty before the first town, and lets numbers begin again. True when the database then is what it was. */
const empty = async ({ scratch: { owner }, before }: Kept): Promise<boolean> => {
  await inScope(owner, everyAgency, (sql) => [
    // Neither the guards against deleting nor foreign keys: that is what the role of a replica is for (PostgreSQL manual, session_replication_role).
    sql`set local session_replication_role = replica`,
    // Not TRUNCATE: it makes every file anew, and every plan of every statement is forgotten.
    ...before.empty.map((table) => sql`delete from ${sql(table)}`),
    sql`select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) from pg_sequences`,
  ])
  // The temporary tables of reconciliations leave their rows in the catalogues, which every planning reads.
  await owner.sql.unsafe('vacuum pg_class, pg_attribute, pg_type, pg_depend, pg_index, pg_constraint')
  return JSON.stringify(await contentsOf(owner)) === JSON.stringify(before)
}
