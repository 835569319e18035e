// Every link of the pages leads somewhere: to a file that is there, to a heading that is in it, or to one of the addresses outside that are listed here.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { trackedFiles } from '../tidy/source.ts'

type Link = { page: string; target: string }

const root = packageRoot()
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = trackedFiles().filter(
  (path) =>
    /^(README|ARCHITECTURE|CONTRIBUTING|SECURITY|CHANGELOG|CODE_OF_CONDUCT)\.md$/.test(path) ||
    /^docs\/.*\.md$/.test(path),
)

/** Addresses of others that our pages send readers to. */
const outside: readonly string[] = [
  'https://github.com/OWASP/ASVS/tree/v5.0.0/5.0',
  'https://www.standardwebhooks.com/',
]

/** Without what is written as code, in which brackets are no links. */
const proseOf = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')

const linksOf = (page: string, text: string): Link[] => {
  const prose = proseOf(text)
  const written = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/<(https?:[^>]+)>/g)]
  const shown = prose.matchAll(/<(?:img|a)\b[^>]*?\b(?:src|href)="([^"]*)"/g)
  return [...written, ...shown].map(([, target = '']) => ({ page, target }))
}

/** As GitHub makes an anchor of a heading: small letters, blanks as dashes, no other signs; the same again is numbered. */
const anchorsOf = (text: string): Set<string> => {
  const seen = new Map<string, number>()
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} +(.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) => {
      const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
      const slug = words.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-')
      const times = seen.get(slug) ?? 0
      seen.set(slug, times + 1)
      return times === 0 ? slug : `${slug}-${times}`
    }),
  )
}

const faultOf = ({ page, target }: Link): string | null => {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return outside.includes(target) ? null : `${page}: ${target} is not listed`
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : normalize(join(dirname(page), decodeURI(path)))
  if (file.startsWith('..') || !existsSync(join(root, file))) return `${page}: there is no ${target}`
  if (anchor === undefined) return null
  if (!file.endsWith('.md') || statSync(join(root, file)).isDirectory()) return `${page}: ${file} has no anchors`
  return anchorsOf(read(file)).has(decodeURI(anchor)) ? null : `${page}: ${file} has no heading #${anchor}`
}

const links = pages.flatMap((page) => linksOf(page, read(page)))

describe('the links of the pages', () => {
  it('are found', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'docs/operations.md']))
    expect(links.length).toBeGreaterThan(30)
  })

  it('lead to files and headings that are there, or to addresses that are listed', () => {
    expect(links.map(faultOf).filter((fault) => fault !== null)).toEqual([])
  })

  it('lead outside by https, and to nothing that no page names', () => {
    expect(outside.filter((address) => !address.startsWith('https://'))).toEqual([])
    const targets = new Set(links.map(({ target }) => target))
    expect(outside.filter((address) => !targets.has(address))).toEqual([])
  })

  it('lead from every Vietnamese page to its English one and back', () => {
    const translated = pages.filter((page) => page.startsWith('docs/vi/'))
    expect(translated.length).toBeGreaterThan(0)
    for (const page of translated) {
      const name = page.slice('docs/vi/'.length)
      expect(links, page).toContainEqual({ page, target: `../${name}` })
      expect(links, name).toContainEqual({ page: `docs/${name}`, target: `vi/${name}` })
    }
  })

  it('would be missed', () => {
    const faults = (text: string) => linksOf('docs/operations.md', text).map(faultOf)
    expect(faults('[a](../README.md#settings) [b](#backup) ![c](screenshots/readme-paid-360.png)')).toEqual([
      null,
      null,
      null,
    ])
    expect(faults('[a](nowhere.md)')).toEqual(['docs/operations.md: there is no nowhere.md'])
    expect(faults('[a](#nowhere)')).toEqual(['docs/operations.md: docs/operations.md has no heading #nowhere'])
    expect(faults('[a](../../outside.md)')).toEqual(['docs/operations.md: there is no ../../outside.md'])
    expect(faults('<img src="none.png">')).toEqual(['docs/operations.md: there is no none.png'])
    expect(faults('see <http://example.vn/>')).toEqual(['docs/operations.md: http://example.vn/ is not listed'])
    expect(faults('`[a](nowhere.md)`')).toEqual([])
  })
})
