// Where drizzle-kit finds the schema and puts migrations. It only generates; src/store/migrate.ts applies.
import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/store/schema.ts',
  // The staleness check generates into a copy, to see whether anything is left to generate.
  out: process.env.LEPHI_MIGRATIONS_OUT ?? './drizzle',
  casing: 'snake_case',
})
