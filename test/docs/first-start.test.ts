// What the README says first is true: `npm start` starts everything and prints what to open; `npm test` is what runs this test.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { pageBlock } from '../kit/blocks.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { describedProcess, notDescribed } from '../kit/described-mark.ts'
import { makeShellFolder, type ShellFolder } from '../kit/shell-folder.ts'

let database: TestDatabase
let folder: ShellFolder
beforeAll(async () => {
  database = await createTestDatabase()
  folder = await makeShellFolder()
})
afterAll(async () => {
  await database.drop()
  await folder.drop()
})

test('the first command serves the demo, and the second runs the tests', { timeout: 120_000 }, async () => {
  const [start = '', runTests = ''] = pageBlock('README.md', 'npm start').split('\n')
  expect(runTests).toMatch(/^npm test +#/)
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: folder.path,
    PORT: '0',
    ...describedProcess(),
  }
  const shell = spawn('bash', ['-c', start], { cwd: packageRoot(), env, stdio: 'pipe', detached: true })
  const lines: string[] = []
  const closed = once(shell, 'close')
  const served = new Promise<string>((resolve, reject) => {
    for (const stream of [shell.stdout, shell.stderr])
      createInterface(stream).on('line', (line) => {
        lines.push(line)
        const [, url] = /^LePhi serves the demo at (http\S+)/.exec(line) ?? []
        if (url) resolve(url)
      })
    closed.then(() => reject(new Error(lines.join('\n'))))
  })
  const url = await served
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  process.kill(-Number(shell.pid), 'SIGINT')
  await closed
  expect(lines.filter((line) => line.startsWith(notDescribed))).toEqual([])
})
