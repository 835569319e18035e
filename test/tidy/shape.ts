// How long things are, and which ways around the type checker and the clock are closed.
import { countLines, isNode, lineOf, type Node, placeOf, type Source } from './source.ts'

const fileLinesMax = 400
const functionLinesMax = 70

export const longFiles = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ text }) => countLines(text) > fileLinesMax)
    .map(({ path, text }) => `${path} has ${countLines(text)} lines`)

export const longFunctions = (sources: readonly Source[]): string[] =>
  sources.flatMap((source) =>
    source.nodes
      .filter((node) => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type))
      .map((node) => ({ node, lines: countLines(source.text.slice(node.start, node.end)) }))
      .filter(({ lines }) => lines > functionLinesMax)
      .map(({ node, lines }) => `${placeOf(source, node)} has a function of ${lines} lines`),
  )

export const medianLines = (sources: readonly Source[]): number => {
  const lengths = sources.map(({ text }) => countLines(text)).sort((a, b) => a - b)
  return lengths[Math.floor(lengths.length / 2)] ?? 0
}

/** A default export has no name that one could look for. The Worker's and the tools' own files must have one. */
export const defaultExports = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => !/^src\/(office-)?worker\.ts$/.test(path) && !path.endsWith('.config.ts'))
    .flatMap((source) =>
      source.nodes
        .filter(
          (node) =>
            node.type === 'ExportDefaultDeclaration' || (node.type === 'ExportSpecifier' && isDefault(node.exported)),
        )
        .map((node) => `${placeOf(source, node)} exports a default`),
    )

const isDefault = (name: unknown) => isNode(name) && (name.name === 'default' || name.value === 'default')

/** `any`, `!`, `as unknown as` and comments that silence the compiler. */
export const uncheckedTypes = (sources: readonly Source[]): string[] =>
  sources.flatMap((source) => [
    ...source.nodes.flatMap((node) => {
      const what = uncheckedType(node)
      return what ? [`${placeOf(source, node)} has ${what}`] : []
    }),
    ...[...source.text.matchAll(/@ts-(?:ignore|expect-error|nocheck)|biome-ignore[-]all/g)].map(
      (match) => `${source.path}:${lineAt(source.text, match.index)} has ${match[0]}`,
    ),
  ])

const uncheckedType = (node: Node): string | null => {
  if (node.type === 'TSAnyKeyword') return 'any'
  if (node.type === 'TSNonNullExpression') return 'a non-null !'
  const inner = node.type === 'TSAsExpression' && isNode(node.expression) ? node.expression : null
  const through = inner?.type === 'TSAsExpression' && isNode(inner.typeAnnotation) ? inner.typeAnnotation.type : null
  return through === 'TSUnknownKeyword' ? 'as unknown as' : null
}

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length

/** The present and chance are handed in, so that a whole town can be run again from one seed. */
export const clocksAndChance = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => /^src\/(?!node\/)[^/]+\//.test(path))
    .flatMap((source) =>
      source.nodes
        .filter((node) => isClockOrChance(source, node))
        .map((node) => `${source.path}:${lineOf(source, node)} asks ${source.text.slice(node.start, node.end)}`),
    )

const isClockOrChance = (source: Source, node: Node): boolean => {
  const callee = isNode(node.callee) ? source.text.slice(node.callee.start, node.callee.end) : ''
  if (node.type === 'NewExpression')
    return callee === 'Date' && Array.isArray(node.arguments) && node.arguments.length === 0
  return node.type === 'CallExpression' && /^(Date|Date\.now|Math\.random|performance\.now)$/.test(callee)
}

/** Tests that are switched off, and stand-ins for our own modules. */
export const hollowTests = (sources: readonly Source[]): string[] =>
  sources.flatMap((source) =>
    source.nodes
      .filter((node) => node.type === 'CallExpression' && isNode(node.callee))
      .map((node) => ({
        node,
        callee: isNode(node.callee) ? source.text.slice(node.callee.start, node.callee.end) : '',
      }))
      .filter(
        ({ node, callee }) => isSwitchedOff(callee) || (/^vi\.(mock|doMock)$/.test(callee) && namesOwnModule(node)),
      )
      .map(({ node, callee }) => `${placeOf(source, node)} calls ${callee}`),
  )

/**
 * Properties of flows and of the store that search on after a failure. Each of their tries takes as long as a database does, so what has failed is made smaller for
 * minutes, and the test's time-out comes before anybody is told what it was. A time limit would leave a try in the middle, and its database is dropped beneath it.
 */
export const endlessSearches = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => /^test\/(flows|store)\//.test(path))
    .flatMap((source) =>
      source.nodes
        .filter((node) => node.type === 'CallExpression' && isNode(node.callee))
        .map((node) => ({ node, text: source.text.slice(node.start, node.end) }))
        .filter(({ text }) => /^fc\.assert\(\s*fc\.asyncProperty\(/.test(text))
        .filter(({ text }) => !/endOnFailure: true/.test(text) || /interruptAfterTimeLimit/.test(text))
        .map(({ node }) => `${placeOf(source, node)} searches on`),
    )

const isSwitchedOff = (callee: string) =>
  /^(test|it|describe)(\.\w+)*\.(skip|only|todo|skipIf|runIf|fails)\b/.test(callee)

const namesOwnModule = (node: Node): boolean => {
  const first: unknown = Array.isArray(node.arguments) ? node.arguments[0] : undefined
  return isNode(first) && typeof first.value === 'string' && first.value.startsWith('.')
}
