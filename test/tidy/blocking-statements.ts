// Which statements of a migration keep a working gateway waiting, or break the version that still serves beside the new one; each with what to write instead.
// Locks: PostgreSQL manual 18, 13.3.1 and ALTER TABLE, notes.
import { isOnline, onlineStepOf, withoutComments } from '../../src/store/online-migration.ts'

export type MigrationFile = { name: string; sql: string }

/** What is refused, as `name, statement n: why`. */
export const blockingStatements = (files: readonly MigrationFile[]): string[] =>
  files.flatMap(({ name, sql }) => {
    const statements = sql.split('--> statement-breakpoint')
    const made = new Set(statements.flatMap((statement) => madeTable(statement) ?? []))
    return statements.flatMap((statement, index) =>
      problemsOf(statement, { isOnline: isOnline(sql), made }).map((why) => `${name}, statement ${index + 1}: ${why}`),
    )
  })

type Place = { isOnline: boolean; made: ReadonlySet<string> }

const problemsOf = (text: string, place: Place): string[] => {
  const plain = withoutComments(text).replaceAll('"', '').toLowerCase()
  if (plain === '') return []
  if (holdsSeveral(plain)) return ['one statement between two breakpoints, so that each can be looked at']
  if (place.isOnline)
    return onlineStepOf(text)
      ? []
      : [
          'a file that begins with "-- online" holds only: create index concurrently (also "-- each part of TABLE"), drop index concurrently if exists, validate constraint, and "-- batched" changes',
        ]
  // What a table holds that the same file has made is nobody's yet.
  if (place.made.has(tableOf(plain))) return []
  return rules.filter(({ is }) => is(plain, text)).map(({ say }) => say)
}

/** A semicolon that is neither the last sign nor within a text or a function's body. */
const holdsSeveral = (plain: string): boolean =>
  plain
    .replaceAll(/\$(\w*)\$.*?\$\1\$/g, '')
    .replaceAll(/'[^']*'/g, '')
    .replace(/;\s*$/, '')
    .includes(';')

type Rule = { is: (plain: string, text: string) => boolean; say: string }

/** Says by whom and why something is safe that looks as if it were not; a reviewer reads the reason. */
const excused = (text: string, mark: string): boolean => new RegExp(`^\\s*--\\s*${mark}\\b.{8,}$`, 'm').test(text)

const altersWith = (pattern: RegExp) => (plain: string) => /^alter table /.test(plain) && pattern.test(plain)

const rules: readonly Rule[] = [
  {
    is: (plain) => /^create (unique )?index concurrently/.test(plain),
    say: 'an index that is built concurrently needs a file of its own that begins with "-- online"',
  },
  {
    is: (plain) => /^create (unique )?index (?!concurrently)/.test(plain),
    say: 'building an index stops every write to the table: "create index concurrently" in a file that begins with "-- online" (.concurrently() in the schema)',
  },
  {
    is: (plain) =>
      /^reindex (?!.*concurrently)|^cluster |^vacuum full|^refresh materialized view (?!concurrently)|^lock table /.test(
        plain,
      ),
    say: 'this locks everybody out for as long as it takes',
  },
  {
    is: altersWith(
      /add column .*default .*\b(random|gen_random_uuid|uuidv7|uuidv4|clock_timestamp|timeofday|nextval|lephi_clock|txid_current|pg_current_xact_id)\s*\(|add column .*\b(big|small)?serial\b|add column .*generated (always|by default) as/,
    ),
    say: 'a column whose default differs by row rewrites the table: add it without, let the code fill it in, and fill what is old by "-- batched" changes',
  },
  {
    is: (plain) => altersWith(/add column /)(plain) && /\bnot null\b/.test(plain) && !/\bdefault\b/.test(plain),
    say: 'a column that must be there fails on the rows that are, and the version that still serves does not write it: give it a default, or add it nullable first',
  },
  {
    is: (plain, text) => altersWith(/alter column \S+ set not null/)(plain) && !excused(text, 'proven by'),
    say: '"set not null" reads the whole table under a lock: add "check (… is not null) not valid", validate it online, and then say "-- proven by CONSTRAINT, validated in FILE" above this',
  },
  {
    is: altersWith(/alter column \S+ (set data )?type /),
    say: 'another type rewrites the table: add a second column, write both, fill it in by batches, and read the new one in a later release',
  },
  {
    is: (plain) => altersWith(/add (constraint \S+ )?(foreign key|check)\b/)(plain) && !/\bnot valid\b/.test(plain),
    say: 'a constraint is proven on every row under a lock: add it "not valid", and "validate constraint" in a file that begins with "-- online"',
  },
  {
    is: (plain) =>
      altersWith(/add (constraint \S+ )?(unique|primary key|exclude)\b/)(plain) && !/\busing index\b/.test(plain),
    say: 'its index is built under a lock: build a unique index concurrently in a file before, and add the constraint "using index"',
  },
  {
    is: altersWith(/validate constraint /),
    say: '"validate constraint" belongs into a file that begins with "-- online"',
  },
  {
    is: (plain, text) =>
      (altersWith(/drop column |rename (column )?\S+ to |rename to /)(plain) || /^drop (table|view) /.test(plain)) &&
      !excused(text, 'unused since'),
    say: 'the version that still serves uses it: take it out of the code first, and a release later say "-- unused since RELEASE, REASON" above this',
  },
  {
    is: (plain, text) => /^(update|delete from) /.test(plain) && !excused(text, 'few rows'),
    say: 'this holds a lock on every row that it changes until the file ends: "-- batched" in a file that begins with "-- online", or "-- few rows: WHY" above this',
  },
]

const madeTable = (statement: string): string | null =>
  /^create table (?:if not exists )?(?:public\.)?([a-z_][a-z0-9_]*)/.exec(
    withoutComments(statement).replaceAll('"', '').toLowerCase(),
  )?.[1] ?? null

/** The table that a statement is about; empty where it names none. */
const tableOf = (plain: string): string =>
  /^(?:create (?:unique )?index .*? on|alter table(?: only)?|update|delete from|drop table(?: if exists)?|lock table) (?:only )?(?:public\.)?([a-z_][a-z0-9_]*)/.exec(
    plain,
  )?.[1] ?? ''
