// Sources as the tidy rules see them: path, text, syntax tree, and what they import.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { parseAst } from 'vitest/node'
import { packageRoot } from '../../src/node/migrations.ts'

/** A node of the tree (ESTree with TypeScript's nodes); anything beyond its type is looked at with care. */
export type Node = { type: string; start: number; end: number; [key: string]: unknown }

/** `path` is relative to the project's root, with forward slashes. */
export type Source = { path: string; text: string; nodes: Node[] }

/** `target` is a path below the root for a relative import, else the package's specifier as written. */
export type Import = { target: string; isPackage: boolean; line: number }

export const parseSource = (path: string, text: string): Source => {
  const lang = path.endsWith('x') ? 'tsx' : /\.[cm]?js$/.test(path) ? 'js' : 'ts'
  return { path, text, nodes: flatten(parseAst(text, { lang })) }
}

/** All code below the given folders and files of the project. */
export const loadSources = (...places: string[]): Source[] =>
  trackedFiles()
    .filter(
      (path) =>
        /\.(ts|tsx|mjs|cjs)$/.test(path) && places.some((place) => path === place || path.startsWith(`${place}/`)),
    )
    .map((path) => parseSource(path, readFileSync(join(packageRoot(), path), 'utf8')))

/** What git tracks or would track, since a rule that only sees committed files finds an offence too late; without git, all. */
export const trackedFiles = (): string[] => {
  const root = packageRoot()
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  const listed = git.status === 0 ? git.stdout.split('\0').filter(Boolean) : walkFolder(root)
  const existing = new Set(walkFolder(root))
  return listed.filter((path) => existing.has(path)).sort()
}

const untracked = new Set(['node_modules', '.git', 'dist', '.tmp', '.lephi', '.wrangler', 'coverage'])

const walkFolder = (root: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => !untracked.has(entry.name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? walkFolder(join(root, entry.name)).map((path) => `${entry.name}/${path}`)
        : entry.isFile()
          ? [relative(root, join(root, entry.name)).split(sep).join('/')]
          : [],
    )

export const importsOf = (source: Source): Import[] =>
  source.nodes.flatMap((node) => {
    const isImport = /^(Import|ExportNamed|ExportAll)Declaration$|^ImportExpression$|^TSImportType$/.test(node.type)
    const from = isImport ? node.source : undefined
    if (!isNode(from) || typeof from.value !== 'string') return []
    const isPackage = !from.value.startsWith('.')
    const target = isPackage ? from.value : posix.join(posix.dirname(source.path), from.value)
    return [{ target, isPackage, line: lineOf(source, node) }]
  })

/** `path:line`, as editors and terminals can open it. */
export const placeOf = (source: Source, node: Node): string => `${source.path}:${lineOf(source, node)}`

export const lineOf = (source: Source, node: Node): number => source.text.slice(0, node.start).split('\n').length

export const countLines = (text: string): number => text.replace(/\n$/, '').split('\n').length

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

const flatten = (root: unknown): Node[] => {
  const found: Node[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (isNode(value)) {
      found.push(value)
      Object.values(value).forEach(visit)
    }
  }
  visit(root)
  return found
}
