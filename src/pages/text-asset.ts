/** A file that pages load from us, and the making of one from a text of ours. */
import type { Deps } from '../flows/deps.ts'
import { sha256Hex } from '../lib/hmac.ts'

export type Asset = {
  /** Its whole address, `/assets/…`; never the same for other contents. */
  path: string
  contentType: string
  read: (deps: Deps) => string | Promise<Uint8Array>
}

const contentTypes = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' }

/** `name` is in kebab-case; the address carries the text's hash. */
export const textAsset = ({ name, type, text }: { name: string; type: 'css' | 'js'; text: string }): Asset => ({
  path: `/assets/${name}-${sha256Hex(text).slice(0, 16)}.${type}`,
  contentType: contentTypes[type],
  read: () => text,
})
