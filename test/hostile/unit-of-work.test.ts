// A unit of work is all or nothing, also when the driver itself refuses one of its statements.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inScope } from '../../src/store/database.ts'
import { openHouse } from '../kit/house.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.database.drop())

const poisons = {
  'a time that is none': (sql: Parameters<Parameters<typeof inScope>[2]>[0]) =>
    sql`select ${new Date(Number.NaN)}::timestamptz`,
  'JSON that cannot be written': (sql: Parameters<Parameters<typeof inScope>[2]>[0]) =>
    sql`select ${sql.json({ amount: 1n } as never)}::jsonb`,
}
for (const [name, poison] of Object.entries(poisons))
  it(`writes nothing of a unit that holds ${name}`, async () => {
    const id = `lease_${name}`
    const work = inScope(house.deps.db, '*', (sql) => [
      sql`insert into job_leases (name, holder, until) values (${id}, 'a', now())`,
      poison(sql),
      sql`insert into job_leases (name, holder, until) values (${`${id}_2`}, 'a', now())`,
    ])
    await expect(work).rejects.toThrow()
    expect(await house.sql`select name from job_leases where name like ${`${id}%`}`).toEqual([])
    // And the connection is whole.
    expect((await inScope(house.deps.db, '*', (sql) => [sql`select 1 as one`]))[0]?.[0]?.one).toBe(1)
  })
