/**
 * What a run of reconciliation could see. Clocks of several processes lie apart, so the database decides: files have a place in the order in which their imports ended, a
 * run notes up to which it read and what had been told when it began, each fact the transaction that told it. Runs of before that was noted are judged by instants.
 */
import type { Fragment, Tag } from './database.ts'

export type RunSight = {
  id: string
  merchantAccountId: string
  completedAt: Date
  /** When both sides were read; runs that did not note it are taken to have read until their end. */
  readAt: Date
  /** The place of the last file that it could read, 0 where there was none with a place; null for runs that did not note it. */
  files: number | null
  /** What had been told when it began to read; null for runs that did not note it. */
  readIn: string | null
}

/** An import of before places commits at most so many hours after the instant that it notes: who read later has read its lines. */
const importHours = 2

/** The ids of the files that the run has read for certain: of every one since files have places. */
export const filesRead = (sql: Tag, run: RunSight): Fragment => sql`
  select id from statements
  where merchant_account_id = ${run.merchantAccountId} and status = 'imported'
    and ${
      run.files === null
        ? sql`(imported_at <= ${run.readAt}::timestamptz - make_interval(hours => ${importHours}::integer)
            or id in (select jsonb_array_elements_text(coalesce(progress -> 'statements', '[]')) from reconciliations where id = ${run.id}))`
        : isPlaced(sql, run.files, sql`place`)
    }`

/** The condition that the run may have read the file `statement`: that it has, since files have places. */
export const mayBeRead = (sql: Tag, run: RunSight): Fragment =>
  run.files === null ? sql`statement.created_at <= ${run.completedAt}` : isPlaced(sql, run.files, sql`statement.place`)

const isPlaced = (sql: Tag, files: number, place: Fragment): Fragment =>
  sql`coalesce(${place} <= ${files}::integer, true)`

/**
 * The condition that the fact had been told when the run began to read. Clocks are believed of what lies more than a day apart: where a dump was loaded into another
 * server the numbers of transactions begin anew.
 */
export const wasTold = (
  sql: Tag,
  fact: { toldIn: Fragment; receivedAt: Fragment },
  run: { readIn: Fragment; readAt: Fragment },
): Fragment => sql`
  case when ${run.readIn} is null then ${fact.receivedAt} <= ${run.readAt}
    when ${fact.receivedAt} < ${run.readAt} - interval '24 hours' then true
    when ${fact.receivedAt} > ${run.readAt} + interval '24 hours' then false
    else coalesce(pg_visible_in_snapshot(${fact.toldIn}, ${run.readIn}), true) end`

/** `wasTold` of `fact`, a row of `money_facts`, by one run. */
export const toldBefore = (sql: Tag, run: RunSight): Fragment =>
  wasTold(
    sql,
    { toldIn: sql`fact.told_in`, receivedAt: sql`fact.received_at` },
    { readIn: sql`${run.readIn}::text::pg_snapshot`, readAt: sql`${run.readAt}::timestamptz` },
  )

/** How runs of one merchant account follow each other, from the one that read last; those of before they had places come behind. `run` is the alias of `reconciliations`. */
export const latestFirst = (sql: { unsafe: (text: string) => Fragment }, run: string): Fragment =>
  sql.unsafe(`${run}.place desc nulls last, ${run}.id desc`)
