// `npm run new-provider NAME` on a copy of the project: what it makes fits the house, and says that it is not finished.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pageBlock } from '../kit/blocks.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
let copy: string

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'new-provider-'))
  for (const path of ['src', 'test', 'scripts', 'demo', 'client', 'package.json', 'tsconfig.json', 'biome.json'])
    cpSync(join(root, path), join(copy, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true }))

const make = (name: string) =>
  spawnSync(process.execPath, [join(root, 'scripts', 'new-provider.mjs'), name, copy], { encoding: 'utf8' })
const read = (path: string) => readFileSync(join(copy, path), 'utf8')

describe('a new provider', () => {
  test('is one folder, its tests, its simulated side and two lines', () => {
    const before = [read('src/providers/registry.ts'), read('src/simulators/register.ts')]
    const typed = pageBlock('CONTRIBUTING.md', 'npm run new-provider acmepay')
    const { status, stdout } = spawnSync('bash', ['-c', typed], { cwd: copy, encoding: 'utf8' })
    expect(status).toBe(0)
    expect(stdout).toContain('src/providers/acmepay/README.md')
    const after = [read('src/providers/registry.ts'), read('src/simulators/register.ts')]
    for (const [index, text] of after.entries()) {
      const added = text.split('\n').filter((line) => !before[index]?.split('\n').includes(line))
      expect(added).toEqual(["import { acmepay } from './acmepay/index.ts'", '  acmepay,'])
    }
    expect(read('src/providers/acmepay/README.md').match(/- \[ \] /g)?.length).toBeGreaterThanOrEqual(12)
    expect(read('test/providers/acmepay.kit.ts')).toContain('export const kit: ProviderKit')
    expect(read('test/providers/acmepay.test.ts')).toContain('expect.fail(')
  })

  test('compiles and is well formed as it is made', { timeout: 180_000 }, () => {
    execFileSync(bin('tsc'), ['--noEmit'], { cwd: copy, encoding: 'utf8' })
    const made = ['src/providers', 'src/simulators', 'test/providers'].map((folder) => join(copy, folder))
    execFileSync(bin('biome'), ['check', '--error-on-warnings', ...made], { cwd: copy, encoding: 'utf8' })
  })

  test.each(['vnpay', '', 'new', 'class', 'eval', 'Acme', '1pay', 'a b', '../x', 'a'.repeat(31)])(
    'refuses the name %j',
    (name) => {
      const { status, stderr } = make(name)
      expect([status, stderr.length > 0]).toEqual([2, true])
    },
  )
})
