// docs/security/asvs.md holds what it says: every requirement once, every file there, every quoted test in the file that is named for it.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { asvsIds } from './asvs-ids.ts'

type Row = { id: string; how: string; evidence: string }
type Kind = 'held' | 'not applicable' | 'operator' | 'open'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

/** The rows of the tables: id, in our words, evidence. A bar within code is written `\|`. */
const rowsOf = (text: string): Row[] =>
  text
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => {
      const [, id = '', how = '', evidence = '', ...more] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
      if (more.length !== 1) throw new Error(`not three cells: ${line}`)
      return { id, how, evidence }
    })

const kindOf = ({ evidence }: Row): Kind =>
  evidence === 'not applicable' || evidence === 'operator' || evidence === 'open' ? evidence : 'held'

/** What a cell names: files, each with the tests that are quoted behind it. */
const namedIn = (evidence: string): { path: string; tests: string[] }[] =>
  evidence.split('; ').map((part) => {
    const [, path = '', name] = /^`([^`]+)`(?: › “(.+)”)?$/.exec(part) ?? []
    if (path === '') throw new Error(`not a file, nor a file and a test: ${part}`)
    return { path, tests: name === undefined ? [] : [name] }
  })

/** What is wrong with the evidence of a row, if anything. */
const faultsOf = (row: Row): string[] =>
  namedIn(row.evidence).flatMap(({ path, tests }) => {
    if (!existsSync(new URL(path, root))) return [`${row.id}: there is no ${path}`]
    const text = tests.length > 0 ? read(path) : ''
    return tests.filter((name) => !isTestOf(text, name)).map((name) => `${row.id}: ${path} has no test “${name}”`)
  })

/** The name of a test or of a case of one stands between quotes, as a name does in code; of a name that is put together, its beginning. */
const isTestOf = (text: string, name: string): boolean =>
  [`'${name}'`, `"${name}"`, `\`${name}`].some((quoted) => text.includes(quoted))

const rows = rowsOf(read('docs/security/asvs.md'))
const security = read('SECURITY.md')

describe('the mapping of ASVS 5.0.0', () => {
  it('has every requirement of levels 1 and 2 once, in order, and no other', () => {
    expect(asvsIds).toHaveLength(253)
    expect(rows.map(({ id }) => id)).toEqual(asvsIds)
  })

  it('says of each how it is met, or why it need not be, or what is missing', () => {
    for (const { id, how } of rows) expect(how, id).toMatch(/^.{4,}\.$/)
  })

  it('names files that are there and tests that are in them', () => {
    expect(rows.filter((row) => kindOf(row) === 'held').flatMap(faultsOf)).toEqual([])
  })

  it('is counted in SECURITY.md, where each open requirement stands by its id', () => {
    const count = (kind: Kind) => rows.filter((row) => kindOf(row) === kind).length
    expect(security).toContain(
      `${count('held')} are held by a line or a test, ${count('not applicable')} are about what is not here, ${count('operator')} are the operator's, ${count('open')} are open.`,
    )
    const open = [...security.matchAll(/^- \*\*(\d+\.\d+\.\d+)\*\* /gm)].map(([, id]) => id)
    expect(open).toEqual(rows.filter((row) => kindOf(row) === 'open').map(({ id }) => id))
  })

  it('would find a file that is gone and a test that was renamed', () => {
    const row = (evidence: string): Row => ({ id: '0.0.0', how: 'Held.', evidence })
    expect(faultsOf(row('`test/docs/asvs.test.ts` › “names files that are there and tests that are in them”'))).toEqual(
      [],
    )
    expect(faultsOf(row('`test/docs/asvs.test.ts` › “names files that were there”'))).toHaveLength(1)
    expect(faultsOf(row('`src/nowhere.ts`'))).toHaveLength(1)
    expect(() => faultsOf(row('somewhere'))).toThrow('not a file')
  })
})

describe('the threat model', () => {
  it('names files that are there', () => {
    const named = [...security.matchAll(/`((?:test|src|docs|scripts)\/[^`]+)`/g)].map(([, path = '']) => path)
    const linked = [...security.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path = '']) => path)
    expect(named.length).toBeGreaterThan(15)
    expect([...named, ...linked].filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })

  it('fits on one page', () => {
    const [, model = ''] = /## Threat model\n([\s\S]*?)\n## /.exec(security) ?? []
    expect(model.split('\n').length).toBeLessThanOrEqual(60)
  })
})
