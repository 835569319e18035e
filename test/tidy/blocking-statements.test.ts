// New migrations run beside a working gateway. The rules are tried on made-up statements first, so that each is seen to find what it forbids.
import { describe, expect, test } from 'vitest'
import { readMigrations } from '../../src/node/migrations.ts'
import { blockingStatements } from './blocking-statements.ts'

/** The last one of before there were rules; what was applied never changes. */
const lastExempt = '0047_audit'

test('no migration after the rules keeps a working gateway waiting, or breaks the version that serves beside it', async () => {
  const all = await readMigrations()
  expect(all.map(({ name }) => name)).toContain(lastExempt)
  expect(blockingStatements(all.filter(({ name }) => name > lastExempt))).toEqual([])
})

const found = (sql: string) => blockingStatements([{ name: '0099_new', sql }])

describe('the rules find', () => {
  test.for([
    ['create index "orders_x" on "orders" ("x")', /stops every write/],
    ['CREATE UNIQUE INDEX orders_x ON orders (x)', /stops every write/],
    ['create index concurrently orders_x on orders (x)', /a file of its own/],
    ['reindex table orders', /locks everybody out/],
    ['cluster orders using orders_x', /locks everybody out/],
    ['vacuum full orders', /locks everybody out/],
    ['refresh materialized view sums', /locks everybody out/],
    ['lock table orders in exclusive mode', /locks everybody out/],
    ['alter table "orders" add column "x" uuid default gen_random_uuid()', /differs by row/],
    ['alter table orders add column x timestamptz default lephi_clock()', /differs by row/],
    ['alter table orders add column x xid8 default pg_current_xact_id()', /differs by row/],
    ['alter table orders add column x bigserial', /differs by row/],
    ['alter table orders add column x text not null', /must be there/],
    ['alter table orders alter column x set not null', /proven by/],
    ['alter table orders alter column x set data type bigint', /rewrites the table/],
    ['alter table orders alter column x type bigint', /rewrites the table/],
    ['alter table orders add constraint c check (x > 0)', /not valid/],
    ['alter table orders add constraint c foreign key (x) references agencies (agency_code)', /not valid/],
    ['alter table orders add constraint c unique (x)', /using index/],
    ['alter table orders add primary key (x)', /using index/],
    ['alter table orders add constraint c exclude using gist (x with &&)', /using index/],
    ['alter table orders validate constraint c', /-- online/],
    ['alter table orders drop column x', /still serves uses it/],
    ['alter table orders rename column x to y', /still serves uses it/],
    ['alter table orders rename to bills', /still serves uses it/],
    ['drop table receipt_tries', /still serves uses it/],
    ['drop view refund_line_amounts', /still serves uses it/],
    ['update orders set x = 1', /every row/],
    ['delete from orders', /every row/],
    ['alter table orders add column x text; drop table receipt_tries;', /one statement/],
    ['-- online\ncreate index orders_x on orders (x)', /holds only/],
    ['-- online\nupdate orders set x = 1', /holds only/],
  ] as const)('%s', ([sql, why]) => {
    expect(found(sql)).toEqual([expect.stringMatching(why)])
  })

  test('which statement of which file it was', () => {
    const [problem] = found('select 1;\n--> statement-breakpoint\nalter table orders drop column x;')
    expect(problem).toMatch(/^0099_new, statement 2: /)
  })
})

describe('the rules let pass', () => {
  test.for([
    'alter table orders add column x text',
    'alter table orders alter column x set default pg_current_xact_id()',
    "alter table orders add column x text not null default ''",
    'alter table orders add constraint c check (x > 0) not valid',
    'alter table orders add constraint c unique using index orders_x',
    'create table t (id text primary key);\n--> statement-breakpoint\ncreate index t_id on t (id);\n--> statement-breakpoint\nalter table t add constraint c check (id > 0)',
    '-- online\ncreate unique index concurrently orders_x on orders (x)',
    '-- online\nalter table orders validate constraint c',
    '-- online\n-- batched\nupdate orders set x = 1 where id in (select id from orders where x is null limit 1000)',
    '-- proven by orders_x_given, validated in 0098_x\nalter table orders alter column x set not null',
    '-- unused since 0.4, orders have lines instead\nalter table orders drop column x',
    '-- few rows: one for each agency\nupdate agencies set x = 1',
    'create or replace function f() returns trigger language plpgsql as $$ begin update orders set x = 1; return null; end $$',
  ])('%s', (sql) => {
    expect(found(sql)).toEqual([])
  })
})
