/** Tables that grow are held by months of UTC: which tables those are, and which months are there ahead of their time. */

/** Each is `partition by range`, see drizzle/*_months.sql; docs/scaling.md says of the others that grow why they are whole. */
export const monthlyTables = ['callbacks', 'audit_log', 'provider_calls'] as const

export type MonthlyTable = (typeof monthlyTables)[number]

/** Of these a month that was kept long enough leaves as a whole. Of callbacks the judgement stays when the bytes go. */
export type PassingTable = Extract<MonthlyTable, 'audit_log' | 'provider_calls'>

/** The first days (`yyyy-MM-01`) of the month of an instant and of so many behind it. */
export const monthsFrom = (instant: Date, ahead: number): string[] =>
  Array.from({ length: ahead + 1 }, (_, later) =>
    new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() + later, 1)).toISOString().slice(0, 10),
  )
