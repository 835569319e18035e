// Names of files, names of providers, and names of places that exist on one machine only.
import { type Node, placeOf, type Source } from './source.ts'

const kebabName = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const emptyWords = new Set(['util', 'utils', 'helper', 'helpers', 'manager', 'managers', 'service', 'services'])

export const namesNotKebab = (paths: readonly string[]): string[] =>
  paths.filter((path) => path.split('/').some((part) => !kebabName.test(part)))

/** Words that say nothing of what is inside. */
export const emptyNames = (paths: readonly string[]): string[] =>
  paths.filter((path) => path.split(/[/.-]/).some((word) => emptyWords.has(word)))

/** The folders of src/providers. */
export const providerNames = (sources: readonly Source[]): string[] => [
  ...new Set(sources.flatMap(({ path }) => /^src\/providers\/([^/]+)\/[^/]/.exec(path)?.[1] ?? [])),
]

/** The registry, and the file of the national transfer QR, whose name a provider bears. */
const mayNameProviders = ['src/providers/registry.ts', 'src/domain/transfer-qr.ts']
/** That QR's name in adapters: protocols of others offer or return such codes, in their own spelling. It is the standard, and not the provider. */
const standardQr = /vietqr/gi

/**
 * Where code (not a comment: those cite the world outside) names a provider though it is neither in that provider's folder, nor the
 * registry, nor a simulator.
 */
export const providersNamed = (sources: readonly Source[], names: readonly string[]): string[] =>
  sources
    .filter(({ path }) => !mayNameProviders.includes(path) && !path.startsWith('src/simulators/'))
    .flatMap((source) => {
      const foreign = names.filter((name) => !source.path.startsWith(`src/providers/${name}/`))
      const inPath = foreign
        .filter((name) => source.path.includes(name))
        .map((name) => `${source.path} is named after ${name}`)
      const inCode = source.nodes.flatMap((node) => {
        const written = wordsOf(node)
        const words = (
          source.path.startsWith('src/providers/') ? written?.replace(standardQr, '') : written
        )?.toLowerCase()
        return foreign.filter((name) => words?.includes(name)).map((name) => `${placeOf(source, node)} names ${name}`)
      })
      return [...new Set([...inPath, ...inCode])]
    })

const wordsOf = (node: Node): string | null => {
  if (node.type === 'Identifier' || node.type === 'JSXIdentifier') return String(node.name)
  if (node.type === 'Literal' || node.type === 'JSXText') return String(node.raw ?? node.value)
  if (node.type === 'TemplateElement') return JSON.stringify(node.value)
  return null
}

const machinePath = /(?<![\w.~*>})-])(?:\/(?:work|root|home|Users|mnt|tmp)\/[\w.@-]+|\.\.\/shared\b|[A-Z]:\\Users\\)/g

/** Absolute paths of somebody's machine, and ways out of the project. A path that a comment explains is still one. */
export const machinePaths = (files: readonly { path: string; text: string }[]): string[] =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (line.match(machinePath) ?? []).map((found) => `${path}:${index + 1} has ${found}`)),
  )
