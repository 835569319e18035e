// The environment of a first installation: what is set, what a file has, what was answered, and a master key of our own making. Kept in a file for its owner alone.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { isVariable } from '../../config.ts'
import { type Ask, UsageError } from '../commands/command.ts'
import { readPrivateFile, writePrivateFile } from '../private-file.ts'

export type Settled = {
  env: Record<string, string>
  /** The names of what the file has got now; never the values. */
  written: readonly string[]
}

type Given = {
  env: NodeJS.ProcessEnv
  /** Where settings are kept; null: nowhere. */
  file: string | null
  /** A JSON object of variables; null: none. */
  answers: string | null
  ask: Ask | null
  isDry: boolean
}

const questions: Readonly<Record<string, { text: string; isSecret?: boolean; isNeeded?: boolean }>> = {
  DATABASE_URL: {
    text: 'DATABASE_URL, the database as the gateway uses it (postgres://…):',
    isSecret: true,
    isNeeded: true,
  },
  DATABASE_MIGRATIONS_URL: {
    text: 'DATABASE_MIGRATIONS_URL, the same as the owner of the tables (empty: the same):',
    isSecret: true,
  },
  PUBLIC_URL: { text: 'PUBLIC_URL, how citizens reach the gateway (https://…):', isNeeded: true },
  LEPHI_OIDC_ISSUER: { text: 'LEPHI_OIDC_ISSUER, who vouches for the people of the console (empty: nobody yet):' },
  LEPHI_OIDC_CLIENT_ID: { text: 'LEPHI_OIDC_CLIENT_ID, the client registered there:' },
  LEPHI_OIDC_CLIENT_SECRET: { text: 'LEPHI_OIDC_CLIENT_SECRET (empty: a public client):', isSecret: true },
  LEPHI_OIDC_AGENCY: { text: 'LEPHI_OIDC_AGENCY, the part of the tree that it speaks for, such as H56:' },
}

/** What is set already is never asked for, and never overwritten. Throws UsageError for answers that cannot be read. */
export const settleEnvironment = async ({ env, file, answers, ask, isDry }: Given): Promise<Settled> => {
  const kept = file === null ? {} : readSettings((await readPrivateFile(file)) ?? '')
  const set = Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])))
  const known: Record<string, string> = { ...(answers === null ? {} : await readAnswers(answers)), ...kept, ...set }
  if (known.LEPHI_MODE !== 'demo') {
    if (ask) await askFor(known, ask)
    if (!known.LEPHI_MASTER_KEY && file !== null) known.LEPHI_MASTER_KEY = `k1:${randomBytes(32).toString('base64')}`
  }
  const added = Object.keys(known).filter((name) => isVariable(name) && !(name in kept) && !(name in set))
  if (file === null || isDry || added.length === 0) return { env: known, written: [] }
  const text = [...Object.entries(kept), ...added.map((name) => [name, known[name] ?? ''] as const)]
  await writePrivateFile(file, text.map(([name, value]) => `${name}=${quoted(value)}\n`).join(''))
  return { env: known, written: added }
}

const askFor = async (known: Record<string, string>, ask: Ask): Promise<void> => {
  for (const [name, { text, isSecret = false, isNeeded = false }] of Object.entries(questions)) {
    if (known[name] || (name.startsWith('LEPHI_OIDC_') && name !== 'LEPHI_OIDC_ISSUER' && !known.LEPHI_OIDC_ISSUER))
      continue
    const answer = await ask(text, { isSecret })
    if (answer !== '') known[name] = answer
    else if (isNeeded) throw new UsageError(`${name} is needed`)
  }
}

const answersMax = 64 * 1024

const readAnswers = async (path: string): Promise<Record<string, string>> => {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`--answers: there is no ${path} that can be read`)
  })
  const parsed = z.record(z.string(), z.string()).safeParse(text.length > answersMax ? null : parse(text))
  if (!parsed.success) throw new UsageError('--answers: must be a JSON object of variables and texts')
  const unknown = Object.keys(parsed.data).find((name) => !isVariable(name))
  if (unknown !== undefined) throw new UsageError(`--answers: ${unknown} is no variable of the gateway`)
  return parsed.data
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** `NAME=value` lines as systemd and a shell read them. */
const readSettings = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(/\r?\n/).flatMap((line) => {
      const [, name, value = ''] = /^\s*([A-Z_][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? []
      return name ? [[name, value.replace(/^(['"])(.*)\1$/, '$2')]] : []
    }),
  )

const quoted = (value: string): string => {
  if (/^[\w.,:/@%+=*-]*$/.test(value)) return value
  if (/['\p{Cc}]/u.test(value)) throw new UsageError('a setting must hold neither apostrophes nor control characters')
  return `'${value}'`
}
