// Brings the database up to date, or as far as an older version can still serve from it.
import { nearest } from '../../lib/nearest.ts'
import { readMigrations } from '../migrations.ts'
import { type Command, type Options, UsageError } from './command.ts'

export const migrateCommand: Command = {
  group: 'Set up',
  usage: '[--until NAME]',
  summary: 'Bring the database up to date',
  about:
    'As the owner of the tables: DATABASE_MIGRATIONS_URL, or DATABASE_URL where that is absent. Several processes may do it at the same moment, and a gateway may be at work meanwhile. With --until what sorts after that migration is left, and this version cannot serve before it is applied; starting it does that',
  example: 'DATABASE_URL=postgres://owner:secret@db.example.vn/lephi npx lephi migrate',
  options: {
    until: {
      type: 'string',
      value: 'NAME',
      help: 'the last migration to apply, such as 0079_keys_proven or 0079',
    },
  },
  run: async ({ migrate, options }) => {
    const names = (await readMigrations()).map(({ name }) => name)
    const until = readUntil(options, names)
    const { applied, left } = await migrate(until)
    const lines = [...applied.map((name) => `applied ${name}`), ...standingLines({ until, names, applied, left })]
    return { exitCode: 0, lines, json: { applied, left } }
  },
}

const readUntil = ({ until }: Options, names: readonly string[]): string | null => {
  if (typeof until !== 'string') return null
  const found = names.find((name) => name === until || name.slice(0, 4) === until)
  if (found !== undefined) return found
  const meant = nearest(until, names)
  throw new UsageError(
    `there is no migration ${JSON.stringify(until)}${meant ? `; did you mean ${meant}?` : '.'} The last ones are ${names.slice(-lastShown).join(', ')}`,
  )
}

const lastShown = 5

type Standing = {
  until: string | null
  names: readonly string[]
  applied: readonly string[]
  left: readonly string[]
}

const standingLines = ({ until, names, applied, left }: Standing): string[] => {
  const last = names.filter((name) => !left.includes(name)).at(-1)
  return [
    // Nothing takes a migration back, and whoever names one may count on those after it not being there.
    ...(until !== null && last !== undefined && last > until
      ? [`The database is past ${until} already: ${last} is applied.`]
      : []),
    ...left.map((name) => `left ${name}`),
    ...(applied.length === 0 && left.length === 0 ? ['The database is up to date.'] : []),
  ]
}
