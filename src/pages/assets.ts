/**
 * The files that pages load from us: fonts, and texts such as a script or a style sheet. One line in `assets` each. A file's address changes with what is in
 * it, so that a browser may keep it for good.
 *
 *     export const consoleStyle = textAsset({ name: 'console', type: 'css', text: css })   // then `consoleStyle` in `assets`, and in the page:
 *     <link rel="stylesheet" href={consoleStyle.path} />                                      // allowed by `style-src 'self'`
 */
import type { Hono } from 'hono'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { consoleScript } from './console/script.ts'
import { consoleStyle } from './console/style.ts'
import { fontAssets } from './fonts.ts'
import type { PageEnv } from './page-env.ts'
import type { Asset } from './text-asset.ts'

export const assets: readonly Asset[] = [...fontAssets, consoleStyle, consoleScript]

const byPath = new Map(assets.map((asset) => [asset.path, asset]))

export const assetFiles = (app: Hono<PageEnv>, deps: Deps): void => {
  app.get('/assets/:file', async (c) => {
    c.set('route', '/assets/{file}')
    const asset = byPath.get(c.req.path)
    if (!asset) throw new Refusal('not_found', 'There is no such file.')
    const body = await asset.read(deps)
    return c.body(typeof body === 'string' ? body : new Uint8Array(body), 200, {
      'content-type': asset.contentType,
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })
}
