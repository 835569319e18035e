/** Who the people are that deeds name: as their issuer called them when they last signed in. */
import { type Database, everyAgency, queryInScope } from './database.ts'

export type StaffName = { subject: string; name: string; role: string; agencyCode: string; seenAt: Date }

export type StaffFilter = {
  /** These people, wherever they work: their names stand on deeds that the reader may see. Null: everybody of the scope. */
  subjects: readonly string[] | null
  role: string | null
  after: string | null
  limit: number
}

/**
 * Each person once, by subject, as they last signed in. People of the scope; of those above it only who is asked for by name, so that an office reads who decided
 * about its money without reading the whole house.
 */
export const listStaff = async (
  database: Database,
  scope: string,
  { subjects, role, after, limit }: StaffFilter,
): Promise<readonly StaffName[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select * from (
        select distinct on (subject) subject, name, role, agency_code, seen_at from staff_sessions
        where subject > ${after ?? ''} ${subjects ? sql`and subject = any(${[...subjects]}::text[])` : sql``}
        order by subject, seen_at desc, id desc) as person
      where (${scope} = ${everyAgency} or agency_code = ${scope} or starts_with(agency_code, ${scope} || '.')
          ${subjects ? sql`or starts_with(${scope}, agency_code || '.')` : sql``})
        ${role ? sql`and role = ${role}` : sql``}
      order by subject limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly StaffName[]
}
