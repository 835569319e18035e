// Brings the database up to date.
import type { Command } from './command.ts'

export const migrateCommand: Command = {
  group: 'Set up',
  usage: '',
  summary: 'Bring the database up to date',
  about:
    'As the owner of the tables: DATABASE_MIGRATIONS_URL, or DATABASE_URL where that is absent. Several processes may do it at the same moment, and a gateway may be at work meanwhile',
  example: 'DATABASE_URL=postgres://owner:secret@db.example.vn/lephi npx lephi migrate',
  options: {},
  run: async ({ migrate }) => {
    const applied = await migrate()
    const lines = applied.length > 0 ? applied.map((name) => `applied ${name}`) : ['The database is up to date.']
    return { exitCode: 0, lines, json: { applied } }
  },
}
