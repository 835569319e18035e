/** Every table. drizzle-kit generates the migrations from here; what it cannot say (triggers, roles, row security) is in drizzle/*_guards.sql. */
export * from './schema/agencies.ts'
export * from './schema/ledger.ts'
export * from './schema/messages.ts'
export * from './schema/orders.ts'
export * from './schema/providers.ts'
export * from './schema/quarantine.ts'
export * from './schema/refunds.ts'
export * from './schema/statements.ts'
