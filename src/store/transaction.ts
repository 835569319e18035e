/** What a unit of background work is handed: a transaction with its scope set, as `interactively` opens it. */
import type { interactively } from './database.ts'

export type Transaction = Parameters<Parameters<typeof interactively>[2]>[0]
