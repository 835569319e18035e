// The clock of a test's database, which the template has taken away so that tests can move their own.
import type { TestDatabase } from './database.ts'

/** Gives the database the machine's clock, so many seconds off. */
export const giveClock = async ({ sql }: TestDatabase, secondsOff = 0): Promise<void> => {
  await sql.unsafe(
    `create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() + interval '${secondsOff} s' $$`,
  )
}
