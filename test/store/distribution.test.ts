// The keys of the schema distribute by agency (src/store/schema/placement.ts): read from the catalogue of a database as the migrations leave it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { placements } from '../../src/store/schema/placement.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { misplaced } from '../kit/misplaced.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const trying = async (...statements: string[]): Promise<string[]> => {
  const undo = new Error('undo')
  let found: string[] = []
  await db.sql
    .begin(async (sql) => {
      for (const statement of statements) await sql.unsafe(statement)
      found = await misplaced(sql)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return found
}

test('every table has its place, and all that is unique or referred to in a distributed one holds its agency', async () => {
  expect(await misplaced(db.sql)).toEqual([])
})

test('docs/scaling.md says of every table where it lies', () => {
  const page = readFileSync(join(packageRoot(), 'docs/scaling.md'), 'utf8')
  const kinds = { distributed: 'distributed by `agency_code`', reference: '(reference)', local: '(local)' }
  let kind: string | undefined
  const told = page
    .slice(page.indexOf('## Spread over servers by agency'), page.indexOf('What must be one over several agencies'))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => {
      const [lies = '', tables = ''] = line.split('|').slice(1, 3)
      kind = Object.entries(kinds).find(([, words]) => lies.includes(words))?.[0] ?? kind
      return [...tables.matchAll(/`(\w+)`/g)].map(([, name]) => [String(name), kind])
    })
  expect(told.toSorted()).toEqual(
    Object.entries(placements)
      .map(([name, placement]) => [name, placement.kind])
      .toSorted(),
  )
})

describe('is not so', () => {
  test.for([
    ['of a table that nobody has placed', ['create table newcomers (id text primary key)'], 'newcomers: has no place'],
    [
      'of a unique index without the agency',
      ['create unique index orders_again on orders (checkout_token)'],
      'orders: orders_again is unique without agency_code',
    ],
    [
      'of one on a month alone',
      ['create unique index callbacks_again on callbacks_first (request_id)'],
      'callbacks: callbacks_again is unique without agency_code',
    ],
    [
      'of an agency that is only part of an expression',
      [`create unique index orders_again on orders (checkout_token, lower(agency_code))`],
      'orders: orders_again is unique without agency_code',
    ],
    [
      'of a key from one copied table to a distributed one',
      [
        'create table copied (id text primary key)',
        'create unique index orders_once on orders (id)',
        'alter table clients add constraint clients_order foreign key (id) references orders (id) not valid',
      ],
      'clients: clients_order refers to orders, which is distributed',
    ],
    [
      'of a key that leaves the agency out',
      [
        'create unique index orders_once on orders (id)',
        'alter table disputes add constraint disputes_again foreign key (order_id) references orders (id) not valid',
      ],
      'disputes: disputes_again refers to orders without agency_code on both sides',
    ],
    [
      'of a key that crosses agency and id',
      [
        'create unique index orders_crossed on orders (agency_code, id)',
        'alter table disputes add constraint disputes_again foreign key (order_id, agency_code) references orders (agency_code, id) not valid',
      ],
      'disputes: disputes_again refers to orders without agency_code on both sides',
    ],
    [
      'of a key to a table that lies on one server',
      ['alter table disputes add constraint disputes_job foreign key (kind) references job_leases (name) not valid'],
      'disputes: disputes_job refers to job_leases, which is local',
    ],
  ] as const)('%s', async ([, statements, said]) => {
    expect(await trying(...statements)).toContain(said)
  })
})
