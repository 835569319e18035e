// A fresh, migrated database for a test file or a single test.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { inject } from 'vitest'
import { type Database, openDatabase, type Sql } from '../../src/store/database.ts'

export type TestDatabase = {
  /** postgres://… of the owner. */
  url: string
  /** What the gateway itself holds: a pool as the role lephi_app, under row-level security. */
  database: Database
  /** The same pool's `sql`. */
  appSql: Sql
  /** A pool as the owner, who is bound neither by row-level security nor by missing grants. */
  sql: Sql
  /** Closes both pools and drops the database. Call it in afterAll or afterEach. */
  drop(): Promise<void>
}

const copyAttemptsMax = 20
const names = new WeakMap<Database, string>()

/** The name of the database that a test's gateway works on, for another gateway that shall stand before it too. */
export function databaseName(database: Database): string {
  const name = names.get(database)
  if (!name) throw new Error('no database of createTestDatabase')
  return name
}

/** Copies the run's migrated template. Options as in openDatabase, where a test needs other ones. */
export async function createTestDatabase(options: { max?: number; prepare?: boolean } = {}): Promise<TestDatabase> {
  return openTestDatabase(await copyTemplate(inject('testServer').template), options)
}

/** An empty database with no tables, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return openTestDatabase(await copyTemplate('template1'), {})
}

function openTestDatabase(name: string, options: { max?: number; prepare?: boolean }): TestDatabase {
  const address = new URL(inject('testServer').url)
  address.pathname = `/${name}`
  const url = address.href
  const owner = openDatabase({ url, role: null, max: 4 })
  const database = openDatabase({ url, role: 'lephi_app', max: 5, ...options })
  names.set(database, name)
  return {
    url,
    database,
    appSql: database.sql,
    sql: owner.sql,
    async drop() {
      await Promise.all([owner.close(), database.close()])
      await asAdmin((admin) => admin`drop database if exists ${admin(name)} with (force)`)
    },
  }
}

async function copyTemplate(template: string): Promise<string> {
  const name = `lephi_test_${process.pid}_${randomBytes(4).toString('hex')}`
  for (let attempt = 1; ; attempt += 1) {
    try {
      await asAdmin((admin) => admin`create database ${admin(name)} template ${admin(template)}`)
      return name
    } catch (error) {
      // Autovacuum or another copy may be inside the source for a moment: object_in_use.
      const isBusy = error instanceof postgres.PostgresError && error.code === '55006'
      if (!isBusy || attempt === copyAttemptsMax) throw error
      await pause(50)
    }
  }
}

async function asAdmin(work: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(inject('testServer').url, { max: 1, onnotice: () => {} })
  try {
    await work(admin)
  } finally {
    await admin.end({ timeout: 5 })
  }
}
