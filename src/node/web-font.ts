// The typeface of pages, from the package's files.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { FontCut } from '../lib/web-font.ts'

const read = new Map<string, Promise<Uint8Array>>()

/** Each file is read once, when the first browser asks for it. */
export const readWebFont = ({ script, weight }: Pick<FontCut, 'script' | 'weight'>): Promise<Uint8Array> => {
  const file = `be-vietnam-pro-${script}-${weight}-normal.woff2`
  const bytes =
    read.get(file) ?? readFile(createRequire(import.meta.url).resolve(`@fontsource/be-vietnam-pro/files/${file}`))
  read.set(file, bytes)
  bytes.catch(() => read.delete(file))
  return bytes
}
