// Whatever the pages name is there: commands and their options, scripts of npm, variables of the environment, calls of the API.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { commands } from '../../src/node/commands/all.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { trackedFiles } from '../tidy/source.ts'

const read = (path: string) => readFileSync(join(packageRoot(), path), 'utf8')
const pages = trackedFiles().filter((path) => /^[A-Z]+\.md$/.test(path) || /^docs\/.*\.md$/.test(path))

type Named = { page: string; text: string }

/** What is written as code, in blocks and within sentences. */
const codeOf = (page: string): Named[] =>
  [...read(page).matchAll(/^```\w*\n([\s\S]*?)^```|(?<!`)`([^`\n]+)`(?!`)/gm)].map(([, block, words]) => ({
    page,
    text: block ?? words ?? '',
  }))

const code = pages.flatMap(codeOf)
const named = (pattern: RegExp): { page: string; words: string[] }[] =>
  code.flatMap(({ page, text }) => [...text.matchAll(pattern)].map((match) => ({ page, words: [...match].slice(1) })))

const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts
const config = read('src/config.ts')
const paths: Record<string, object> = parse(read('openapi.yaml')).paths
/** `{id}` and `{merchant_account}` are one: a page may call a parameter as it likes. */
const shapeOf = (path: string) => path.replace(/\{[^}]+\}/g, '{}')
const calls = new Set(
  Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${shapeOf(path)}`),
  ),
)

it('names commands that there are, with options that they have', () => {
  const found = named(/npx lephi ([a-z-]+)([^\n;&|>)]*)/g)
  expect(found.length).toBeGreaterThan(15)
  const faults = found.flatMap(({ page, words: [name = '', rest = ''] }) => {
    const command = commands[name]
    if (!command) return name === 'help' ? [] : [`${page}: there is no command ${name}`]
    const options = [...rest.matchAll(/(?<= )--([a-z-]+)/g)].map(([, option = '']) => option)
    const known = [...Object.keys(command.options), 'json', 'help']
    return options.filter((option) => !known.includes(option)).map((option) => `${page}: ${name} has no --${option}`)
  })
  expect(faults).toEqual([])
})

it('names scripts that there are', () => {
  const found = named(/npm run (?:--silent )?([a-z][\w:-]*)/g)
  expect(found.length).toBeGreaterThan(10)
  expect(found.filter(({ words: [name = ''] }) => !(name in scripts))).toEqual([])
})

it('names variables that the gateway reads', () => {
  const found = named(/\b(LEPHI_[A-Z_]+[A-Z]|DATABASE_(?:MIGRATIONS_)?URL|PUBLIC_URL)\b/g)
  expect(found.length).toBeGreaterThan(20)
  // What a reader sets for the commands of one page alone.
  const ofPages = new Set(['LEPHI_URL', 'LEPHI_CLIENT'])
  const ofCompose = readFileSync(join(packageRoot(), 'deploy', 'example.env'), 'utf8')
  const isRead = (name: string) => config.includes(`  ${name}: `) || ofCompose.includes(`\n${name}=`)
  expect(found.filter(({ words: [name = ''] }) => !ofPages.has(name) && !isRead(name))).toEqual([])
})

it('names calls that there are', () => {
  // The levers of the demo's simulators are no part of the contract.
  const found = named(/\b(GET|POST|PATCH|PUT|DELETE) (\/(?!simulators\/)[\w./{}-]+)/g)
  expect(found.length).toBeGreaterThan(30)
  const faults = found.filter(({ words: [method, path = ''] }) => !calls.has(`${method} ${shapeOf(path)}`))
  expect(faults.map(({ page, words }) => `${page}: ${words.join(' ')}`)).toEqual([])
})
