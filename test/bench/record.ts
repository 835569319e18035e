/**
 * What the gateway said to PostgreSQL, read from the server's log (log_min_duration_statement = 0, log_error_verbosity = default), and written down again for pgbench: the floor does the same
 * statements with the same values, each unit in one message, and nothing else.
 */

/** A statement of a unit, with its values as SQL literals. */
export type Statement = { text: string; values: readonly string[] }
/** What stood between `begin` and `commit` on one connection. */
export type Unit = readonly Statement[]

/** The units in the log of one server, in the order in which they ended. Throws when a line cannot be read, so that no unit is silently shorter than it was. */
export const readUnits = (log: string): Unit[] => {
  const units: Unit[] = []
  const open = new Map<string, Statement[]>()
  let last: { pid: string; statement: { text: string; values: readonly string[] } } | null = null
  for (const entry of log.split(/\n(?=\d{4}-\d\d-\d\d )/)) {
    const [, pid, kind, said] = /^\S+ \S+ \S+ \[(\d+)\] (LOG|DETAIL): {2}(.*)$/s.exec(entry.trimEnd()) ?? []
    if (!pid || said === undefined) continue
    if (kind === 'DETAIL') {
      if (last?.pid === pid && /^parameters: /i.test(said))
        last.statement.values = readValues(said.replace(/^parameters: /i, ''))
      continue
    }
    last = null
    const [, text] = /^duration: [\d.]+ ms {2}execute [^:]*: (.*)$/s.exec(said) ?? []
    if (text === undefined) continue
    if (/^\s*begin\b/i.test(text)) open.set(pid, [])
    else if (/^\s*commit\s*$/i.test(text)) {
      const unit = open.get(pid)
      if (unit) units.push(unit)
      open.delete(pid)
    } else {
      const statement = { text, values: [] as readonly string[] }
      open.get(pid)?.push(statement)
      last = { pid, statement }
    }
  }
  return units
}

/** `$1 = 'a''b', $2 = NULL` as PostgreSQL writes it (src/backend/utils/error, since 10): literals that can be read back as they stand. */
const readValues = (told: string): string[] => {
  const values: string[] = []
  const each = /\$(\d+) = (NULL|'(?:[^']|'')*')(?:, |$)/gy
  for (let found = each.exec(told); found; found = each.exec(told)) {
    const [whole, number, literal = 'NULL'] = found
    if (Number(number) !== values.length + 1) throw new Error(`a value is missing before ${whole.slice(0, 60)}`)
    values.push(literal)
    if (each.lastIndex === told.length) return values
  }
  throw new Error(`cannot read the values of a statement: ${told.slice(0, 200)}`)
}

/** What was said for one request: one or more units that follow one another. */
export type Piece = readonly Unit[]
/** Who does them: each client's in order. */
export type Turns = readonly (readonly Piece[])[]

/** So many clients, each with every so-manieth piece. */
export const dealOut = (pieces: readonly Piece[], clients: number): Turns =>
  Array.from({ length: clients }, (_, client) => pieces.filter((_piece, index) => index % clients === client))

/** PostgreSQL plans a prepared statement anew its first five times (manual 18, PREPARE), and a connection reads the catalogue of each table that it meets. */
const rehearsals = 6

/** The advisory lock that whoever starts pgbench holds until all its clients are ready. */
export const startKey = 271828

/**
 * A script for `pgbench -n -t 2 -c <clients>`: the first time, each client prepares every statement, rehearses its first piece and rolls it back, as often as a connection needs to be as quick as one that has been in use, and waits
 * for the lock until all begin at once; the second time it does its own pieces, a unit in one message (`\;`), as the gateway's driver sends it. Backslashes in values stay as they are, for standard_conforming_strings is on.
 */
export const pgbenchScript = (turns: Turns): string => {
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `s${names.size + 1}`
    names.set(text, name)
    return name
  }
  const call = ({ text, values }: Statement): string =>
    `execute ${nameOf(text)}${values.length === 0 ? '' : `(${values.join(', ')})`}`
  const message = (unit: Unit, end: string) => ['begin', ...unit.map(call), end].join(' \\; ')
  const rehearsed = ([piece = []]: readonly Piece[]) =>
    Array.from({ length: piece.length > 0 ? rehearsals : 0 }, () =>
      message(piece.flat(), 'set constraints all immediate \\; rollback;'),
    )
  const ofEach = (lines: (pieces: readonly Piece[]) => string[]) =>
    turns.flatMap((pieces, client) => [`\\if :client_id = ${client}`, ...lines(pieces), '\\endif'])
  const done = ofEach((pieces) => pieces.flat().map((unit) => message(unit, 'commit;')))
  const rehearsal = ofEach(rehearsed)
  const prepared = [...names].map(([text, name]) => `prepare ${name} as ${text.trim()};`)
  const waited = `select pg_advisory_lock_shared(${startKey});`
  const first = [...prepared, ...rehearsal, waited, '\\set is_prepared 1']
  return `${['\\if :is_prepared', ...done, '\\else', ...first, '\\endif'].join('\n')}\n`
}
