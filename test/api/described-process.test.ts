// The kit itself: a process whose calls differ from openapi.yaml says so, whoever asks; one whose calls do not says nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { describedProcess, notDescribed } from '../kit/described-mark.ts'

/** Answers 200 with whatever it was asked to, and tells its port. */
const server = `
  const { createServer } = require('node:http')
  const said = createServer(async (request, response) => {
    for await (const _ of request);
    const head = { 'content-type': 'application/json' }
    if (request.headers.status) response.setHeader('content-type', head['content-type'])
    response.writeHead(Number(request.headers.status ?? 200), request.headers.status ? undefined : head)
    response.end(decodeURIComponent(request.headers.answer ?? '') || '{}')
  })
  said.listen(0, '127.0.0.1', () => console.log(said.address().port))
`
const child = spawn(process.execPath, ['-e', server], {
  cwd: packageRoot(),
  env: { ...process.env, ...describedProcess() },
  stdio: ['ignore', 'pipe', 'pipe'],
})
const lines: string[] = []
createInterface(child.stderr).on('line', (line) => lines.push(line))
let url: string
beforeAll(async () => {
  const [port] = await once(createInterface(child.stdout), 'line')
  url = `http://127.0.0.1:${port}`
}, 60_000)
afterAll(async () => {
  child.kill()
  await once(child, 'exit')
})

const ask = async (path: string, answer: object, init: RequestInit & { status?: number } = {}) => {
  const { status, ...more } = init
  const headers = { answer: encodeURIComponent(JSON.stringify(answer)), ...(status ? { status: `${status}` } : {}) }
  await (await fetch(`${url}${path}`, { ...more, headers: { ...more.headers, ...headers } })).text()
}
const form = (fields: Record<string, string>) => {
  const all = new FormData()
  for (const [name, value] of Object.entries(fields)) all.set(name, value)
  all.set('file', new File(['a;b'], 'a.csv'))
  return all
}
const uploaded = { id: 'stm_1', status: 'queued', duplicate: false }
const fields = { source: 'bank', merchant_account: 'mac_1' }
const json = { 'content-type': 'application/json', 'idempotency-key': 'k' }

it('says what is otherwise in the answer and in what was sent, and nothing where all is well', async () => {
  await ask('/healthz', { status: 'ok' })
  await ask('/no-such-page', { anything: true })
  expect(lines).toEqual([])
  const wrong: [Parameters<typeof ask>, string][] = [
    [['/healthz', { status: 'well' }], '/status'],
    [['/healthz', { status: 'well' }, { status: 200 }], '/status'],
    [['/healthz', { status: 'ok' }, { status: 418 }], '418 is not described'],
    [['/v1/orders', {}, { method: 'POST', headers: json, body: '{"price":1}', status: 201 }], 'dossier_code'],
    [
      ['/v1/statements', uploaded, { method: 'POST', body: form({ ...fields, source: 'neither' }), status: 202 }],
      '/source',
    ],
    [['/v1/statements', uploaded, { method: 'POST', body: form({ ...fields, more: '1' }), status: 202 }], '"more"'],
  ]
  for (const [[...call], words] of wrong) {
    const before = lines.length
    await ask(...call)
    await expect.poll(() => lines.length).toBeGreaterThan(before)
    expect(lines.at(-1)).toContain(notDescribed)
    expect(lines.at(-1)).toContain(words)
  }
})
