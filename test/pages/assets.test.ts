// The files that pages load from us: there, whole, kept for good, and under another address when they change.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fontVersion } from '../../src/lib/web-font.ts'
import { assets } from '../../src/pages/assets.ts'
import { textAsset } from '../../src/pages/text-asset.ts'
import { css } from '../../src/pages/theme.ts'
import { type Stage, startStage } from './kit.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

describe('the files of the pages', () => {
  it('are served whole and kept by browsers for good', async () => {
    for (const { path, contentType } of assets) {
      const answer = await stage.get(path)
      expect(answer.status, path).toBe(200)
      expect(answer.headers.get('content-type')).toBe(contentType)
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect((await answer.arrayBuffer()).byteLength, path).toBeGreaterThan(100)
    }
    const icon = await stage.get('/favicon.ico')
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8'])
    expect((await stage.get('/assets/be-vietnam-pro-0.0.0-latin-400.woff2')).status).toBe(404)
  })

  it('are what the style sheet names: fonts that hold every Vietnamese letter, under the version that is installed', async () => {
    const named = [...css.online.matchAll(/url\(([^)]*)\)/g)].map(([, path]) => path)
    expect(named).toHaveLength(6)
    for (const path of named) {
      const bytes = new Uint8Array(await (await stage.get(String(path))).arrayBuffer())
      expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe('wOF2')
    }
    const { resolve } = createRequire(import.meta.url)
    const installed = JSON.parse(readFileSync(resolve('@fontsource/be-vietnam-pro/package.json'), 'utf8')) as object
    expect(installed).toMatchObject({ version: fontVersion })
    expect(css.saved).not.toContain('url(')
  })

  it('have another address for other contents', () => {
    const [one, other] = ['a{}', 'b{}'].map((text) => textAsset({ name: 'console', type: 'css', text }).path)
    expect(one).toMatch(/^\/assets\/console-[0-9a-f]{16}\.css$/)
    expect(one).not.toBe(other)
  })
})
