// A database is taken for a copy only when it was said to be one, and when no gateway works on it.
import type { Config } from '../config.ts'
import { openDatabase } from '../store/database.ts'
import { markAsCopy } from '../store/rehearsal.ts'

/** Marks the database that DATABASE_URL names. Throws an Error that says why it is not taken for a copy. */
export const claimCopy = async ({
  databaseUrl,
  migrationsUrl,
}: Pick<Config, 'databaseUrl' | 'migrationsUrl'>): Promise<void> => {
  if (databaseUrl === null)
    throw new Error('DATABASE_URL has to name the copy: the embedded database of the demo is nobody’s copy.')
  const owner = openDatabase({ url: migrationsUrl ?? databaseUrl, role: null, max: 1 })
  try {
    await markAsCopy(owner.sql, new Date())
  } finally {
    await owner.close()
  }
}
