// Every fenced block of every page is run by a test, says what a test runs, or is a drawing that stands in untried-blocks.ts with the reason.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { type Block, blocksOf, theBlock } from '../kit/blocks.ts'
import { trackedFiles } from '../tidy/source.ts'
import { untried } from './untried-blocks.ts'

const files = trackedFiles()
const pages = files.filter((path) => path.endsWith('.md'))
const blocks = pages.flatMap(blocksOf)
const nameOf = ({ page, line }: Block) => `${page}:${line}`

/** What the sources of the tests ask for by name, which is how a test takes a block (test/kit/blocks.ts). */
const askedFor = (path: string, source: string): { path: string; asked: string; taken: Block[] }[] =>
  [...source.matchAll(/\b(typedOn|printedOn|pageBlock)\(\s*([^)]*?),?\s*\)/g)].map(([asked, verb, words = '']) => {
    const [page = '', part] = [...words.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, word = '']) =>
      word.replaceAll('\\n', '\n'),
    )
    const literal = new RegExp(`^'[^']+'${verb === 'pageBlock' ? ", '[^']+'" : ''}$`).test(words)
    if (!literal) throw new Error(`${path}: ${asked} does not name its block in words that can be read here`)
    if (verb === 'pageBlock') return { path, asked, taken: [theBlock(page, part ?? '')] }
    const language = verb === 'typedOn' ? 'sh' : 'text'
    return { path, asked, taken: blocksOf(page).filter((block) => block.language === language) }
  })

const asked = files
  .filter((path) => /^test\/.*\.ts$/.test(path) && !/^test\/(kit\/blocks|docs\/inventory\.test)\.ts$/.test(path))
  .flatMap((path) => askedFor(path, readFileSync(join(packageRoot(), path), 'utf8')))
/** A page in another language has the same block: what is run is run for both. */
const sameAs = ({ language, text }: Block) => `${language}\n${text}`
const tried = new Set(asked.flatMap(({ taken }) => taken.map(sameAs)))
const excused = new Map(untried.map((each) => [nameOf(theBlock(each.page, each.words)), each]))
const excusedTexts = new Set(untried.map(({ page, words }) => sameAs(theBlock(page, words))))

describe('the blocks of the pages', () => {
  it('are found, also within lists', () => {
    expect(blocks.length).toBeGreaterThan(95)
    expect(blocks.filter(({ language }) => language === 'ini')).not.toEqual([])
    expect(blocksOf('docs/deploy-workers.md').length).toBeGreaterThan(6)
    const fences = pages.flatMap((page) => readFileSync(join(packageRoot(), page), 'utf8').match(/^ *```/gm) ?? [])
    expect(blocks).toHaveLength(fences.length / 2)
  })

  it('are each run by a test, or stand in the list of those that cannot be', () => {
    const left = blocks.filter((block) => !tried.has(sameAs(block)) && !excusedTexts.has(sameAs(block)))
    expect(left.map(nameOf)).toEqual([])
  })

  it('are excused only where they are drawings', () => {
    const languages = untried.map(({ page, words }) => theBlock(page, words).language)
    expect(languages.filter((language) => !['', 'mermaid', 'text'].includes(language))).toEqual([])
  })

  it('are excused only where no test runs them', () => {
    const needless = untried.filter(({ page, words }) => tried.has(sameAs(theBlock(page, words))))
    expect(needless.map(({ page, words }) => `${page}: ${words}`)).toEqual([])
    expect(excused.size).toBe(untried.length)
  })

  it('are taken by tests that take something', () => {
    expect(asked.filter(({ taken }) => taken.length === 0).map(({ path, asked }) => `${path}: ${asked}`)).toEqual([])
  })
})

describe('what cannot be run', () => {
  test.each(untried.map((each) => [`${each.page}: ${each.words}`, each] as const))('%s', (_, each) => {
    expect(each.faults(theBlock(each.page, each.words))).toEqual([])
    const named = [...each.why.matchAll(/\b(?:test|deploy)\/[\w./-]+\.ts/g)].map(([path]) => path)
    expect(named.filter((path) => !files.includes(path))).toEqual([])
  })

  it('would be seen to be wrong', () => {
    const faultsOf = (words: string, text: string) => {
      const each = untried.find((one) => one.words === words)
      return each?.faults({ ...theBlock(each.page, each.words), text })
    }
    expect(faultsOf('flowchart', 'flowchart LR\na --> b\na => b\n')).toEqual(['a => b'])
    expect(faultsOf('accountant', 'flows/ x │ attic/ x api/callbacks.ts apply-outcome.ts none.ts\n')).toEqual([
      'attic/',
      'none.ts',
    ])
  })
})
