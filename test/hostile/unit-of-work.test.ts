// A unit of work is all or nothing, also when the driver itself refuses one of its statements.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inScope, openDatabase, settleAll } from '../../src/store/database.ts'
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

it.each(['CONNECTION_CLOSED', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_DESTROYED'])(
  'ends when the line breaks as %s, though statements that were not sent yet never answer',
  async (code) => {
    const broken = Promise.reject(Object.assign(new Error('the line broke'), { code }))
    const unsent = new Promise<never>(() => undefined)
    await expect(settleAll([broken, unsent])).rejects.toMatchObject({ code })
  },
)

it('ends when the database resets the line before a unit was sent whole', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    const upstream = connect(Number(new URL(house.database.url).port), new URL(house.database.url).hostname)
    upstream.on('error', () => undefined)
    upstream.pipe(socket)
    socket.on('data', (bytes) => {
      if (isResetting) socket.resetAndDestroy()
      else upstream.write(bytes)
    })
  })
  let isResetting = false
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(house.database.url)
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  url.port = String(bound.port)
  url.hostname = '127.0.0.1'
  const database = openDatabase({ url: url.href, role: 'lephi_app', max: 1 })
  expect((await inScope(database, '*', (sql) => [sql`select 1 as one`]))[0]?.[0]?.one).toBe(1)
  isResetting = true
  // Statements that the connection has not prepared yet wait for one another.
  const unit = inScope(database, '*', (sql) => [sql`select 2 as two`, sql`select 3 as three`, sql`select 4 as four`])
  await expect(unit).rejects.toMatchObject({ code: 'ECONNRESET' })
  // Who asks before the driver has put the broken line away is served all the same.
  isResetting = false
  expect((await inScope(database, '*', (sql) => [sql`select 5 as five`]))[0]?.[0]?.five).toBe(5)
  await database.sql.end({ timeout: 0 })
  server.close()
})
