// Brings the database up to date.
import type { Command } from './command.ts'

export const migrateCommand: Command = {
  usage: '',
  summary: 'Bring the database up to date',
  example: 'DATABASE_URL=postgres://owner:…@db/lephi npx lephi migrate',
  options: {},
  run: async ({ migrate }) => {
    const applied = await migrate()
    const lines = applied.length > 0 ? applied.map((name) => `applied ${name}`) : ['The database is up to date.']
    return { exitCode: 0, lines, json: { applied } }
  },
}
