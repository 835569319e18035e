// Two demos beside each other, as docs/sandbox.md has a second one started: each with the database of its own data directory, and with a clock that the other one's does not move.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageBlock } from '../kit/blocks.ts'
import { demoHands } from '../kit/demo-hands.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'

const day = 86_400
let folder: string
const started: StartedGateway[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lephi-two-'))
  // As root the databases run under another account, which must be able to pass.
  await chmod(folder, 0o711)
})
afterAll(async () => {
  await Promise.all(started.map((gateway) => gateway.end('SIGTERM')))
  await rm(folder, { recursive: true, force: true })
})

/** A demo with these settings, its data below the test's folder and at a port that is free. */
const start = async ({ LEPHI_DATA_DIR = '.lephi', ...env }: Record<string, string>) => {
  const gateway = await startGatewayProcess({ ...env, LEPHI_DATA_DIR: join(folder, LEPHI_DATA_DIR), PORT: '0' })
  started.push(gateway)
  const hands = demoHands(gateway)
  return {
    ...hands,
    aheadSeconds: async () => Number((await hands.call('portal', '/simulators/clock')).ahead_seconds),
    statusOf: async (id: string) => String((await hands.call('portal', `/v1/orders/${id}`)).status),
  }
}

/** The settings that the page has a second demo started with. */
const secondSettings = (): Record<string, string> => {
  const [settings = '', ...more] = pageBlock('docs/sandbox.md', 'LEPHI_DATA_DIR=').trim().split(' npm start')
  expect(more).toEqual([''])
  return Object.fromEntries(settings.split(' ').map((setting) => setting.split('=', 2)))
}

describe('two demos beside each other', () => {
  it('have a clock each: three days pass in one of them alone', { timeout: 240_000 }, async () => {
    const settings = secondSettings()
    expect(Object.keys(settings).sort()).toEqual(['LEPHI_DATA_DIR', 'PORT'])
    const first = await start({})
    // Already ahead when the second one starts, and moved further beside it.
    await first.advance({ seconds: 600 })
    const second = await start(settings)
    expect(await second.aheadSeconds()).toBe(0)
    const [over, ahead] = [await first.place('Nguyễn Thị Lan', 20_000), await second.place('Nguyễn Thị Lan', 20_000)]

    await first.advance({ days: 3 })
    await expect.poll(() => first.statusOf(over), { timeout: 60_000 }).toBe('expired')
    // All that is due in the second one is done too, and its order is not.
    await second.advance({ seconds: 60 })
    expect(await second.statusOf(ahead)).toBe('open')
    expect([await first.aheadSeconds(), await second.aheadSeconds()]).toEqual([3 * day + 600, 60])

    // Nor does either know the other's orders.
    await expect(second.statusOf(over)).rejects.toThrow(': 404 ')
    await expect(first.statusOf(ahead)).rejects.toThrow(': 404 ')
  })
})
