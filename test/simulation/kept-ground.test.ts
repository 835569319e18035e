// A database that is kept from town to town: what one town leaves is not found by the next one.
import { afterEach, describe, expect, inject, test } from 'vitest'
import { keptGround } from '../../src/node/commands/simulate/kept-ground.ts'
import { faultNames } from '../../src/simulation/fault-kinds.ts'
import { planTown } from '../../src/simulation/plan.ts'
import { runTown } from '../../src/simulation/run.ts'
import type { Scratch } from '../../src/simulation/town.ts'
import { testGround } from './test-ground.ts'

const town = (seed: string) => planTown({ seed, kinds: faultNames, size: { days: 1, orders: 4 } })
const nameOf = async ({ owner }: Scratch) => String((await owner.sql`select current_database() as name`)[0]?.name)

let kept = keptGround(inject('testServer'))
afterEach(async () => {
  await kept.close()
  kept = keptGround(inject('testServer'))
})

test('a town on a database that another one has used is the town on a fresh one', { timeout: 600_000 }, async () => {
  const names: string[] = []
  const look = async ({ owner }: Pick<Scratch, 'owner'>) => {
    names.push(String((await owner.sql`select current_database() as name`)[0]?.name))
  }
  await runTown(kept.ground, town('21'), look)
  const after = await runTown(kept.ground, town('22'), look)
  const alone = await runTown(testGround(), town('22'))
  expect(names[0]).toBe(names[1])
  expect(after.digest).toBe(alone.digest)
  expect(after.tables).toEqual(alone.tables)
})

/** Who comes after a town that has done this. */
const afterOneThat = async (leaves: (scratch: Scratch) => Promise<unknown>, isSound = true) => {
  const first = await kept.ground.open()
  await leaves(first)
  const before = await nameOf(first)
  await first.leave(isSound)
  const second = await kept.ground.open()
  return { before, after: await nameOf(second), second }
}

describe('the next town', { timeout: 120_000 }, () => {
  test('finds neither rows nor numbers of the one before, whatever guards them', async () => {
    const { before, after, second } = await afterOneThat(async ({ owner }) => {
      await owner.sql`insert into job_leases (name, holder, until) values ('a', 'b', now())`
      await owner.sql`select nextval('ledger_chain_number_seq')`
    })
    expect(after).toBe(before)
    expect(await second.owner.sql`select name from job_leases`).toEqual([])
    expect((await second.owner.sql`select nextval('ledger_chain_number_seq')::int as next`)[0]?.next).toBe(1)
  })

  test('gets another database behind one that broke', async () => {
    const { before, after } = await afterOneThat(async () => undefined, false)
    expect(after).not.toBe(before)
  })

  test('gets another database when something cannot be taken away', async () => {
    const { before, after } = await afterOneThat(({ owner }) => owner.sql`create table left_over (id integer)`)
    expect(after).not.toBe(before)
  })
})
