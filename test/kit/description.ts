// openapi.yaml as a test reads it: which operation a call is, and whether a value has the shape that is described in some place. It knows nothing of the routes.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import { packageRoot } from '../../src/node/migrations.ts'

export type Media = Readonly<Record<string, { schema?: unknown; example?: unknown; examples?: unknown }>>
export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; example?: unknown }
export type Operation = {
  operationId: string
  summary: string
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required?: boolean; content: Media }
  responses: Readonly<Record<string, { description: string; content?: Media; links?: unknown }>>
  security?: readonly Readonly<Record<string, readonly string[]>>[]
  [extension: `x-${string}`]: unknown
}
export type Description = {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** An operation, where it stands in the document, and what the path of a call gave it. */
export type Found = { operation: Operation; place: readonly string[]; path: Readonly<Record<string, string>> }

const source = join(packageRoot(), 'openapi.yaml')

/** The parsed document. Parsing so much YAML takes longer than most tests, so what came of it is kept in a file until openapi.yaml changes. */
export const readDescription = (): Description => {
  const { mtimeMs, size } = statSync(source)
  const folder = join(packageRoot(), '.tmp')
  const kept = join(folder, `openapi-${mtimeMs}-${size}.json`)
  try {
    return JSON.parse(readFileSync(kept, 'utf8')) as Description
  } catch {
    const text = JSON.stringify(parse(readFileSync(source, 'utf8')))
    mkdirSync(folder, { recursive: true })
    const unfinished = `${kept}.${process.pid}`
    writeFileSync(unfinished, text)
    renameSync(unfinished, kept)
    return JSON.parse(text) as Description
  }
}

export type Reader = {
  document: Description
  /** The operation that this method and path are; null for what the document does not hold. */
  find: (method: string, pathname: string) => Found | null
  /** What is wrong with a value by the schema at a place of the document; empty where nothing is. `words` are the strings of a query, a form or a header. */
  problems: (place: readonly string[], value: unknown, kind?: 'json' | 'words') => string[]
  parametersOf: (found: Found) => { parameter: Parameter; place: readonly string[] }[]
}

let reader: Reader | null = null

/** One for the process: a schema is compiled when it is first asked for, and once. */
export const description = (): Reader => {
  reader ??= createReader(readDescription())
  return reader
}

export const createReader = (document: Description): Reader => {
  const validators = { json: createAjv(document, false), words: createAjv(document, 'array') }
  const compiled = new Map<string, ValidateFunction>()
  const patterns = Object.keys(document.paths)
    .map((path) => ({ path, pattern: patternOf(path), names: namesIn(path) }))
    .toSorted((a, b) => a.names.length - b.names.length)
  const validatorOf = (place: readonly string[], kind: 'json' | 'words') => {
    const $ref = `openapi#/${place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
    const known = compiled.get(`${kind} ${$ref}`) ?? validators[kind].compile({ $ref })
    compiled.set(`${kind} ${$ref}`, known)
    return known
  }
  return {
    document,
    find: (method, pathname) => {
      for (const { path, pattern, names } of patterns) {
        const match = pattern.exec(pathname)
        const operation = match ? document.paths[path]?.[method.toLowerCase()] : undefined
        if (!match || !operation) continue
        const given = Object.fromEntries(names.map((name, index) => [name, decoded(match[index + 1] ?? '')]))
        return { operation, place: ['paths', path, method.toLowerCase()], path: given }
      }
      return null
    },
    problems: (place, value, kind = 'json') =>
      leavesOf(document, place).flatMap((leaf) => {
        const validate = validatorOf(leaf, kind)
        // Coercion writes into what it is given.
        if (validate(kind === 'words' ? structuredClone(value) : value)) return []
        return (validate.errors ?? []).map(({ instancePath, message, params }) =>
          `${instancePath || '/'} ${message} ${JSON.stringify(params)}`.slice(0, 300),
        )
      }),
    parametersOf: ({ operation, place }) =>
      (operation.parameters ?? []).map((parameter, index) => {
        if (!('$ref' in parameter)) return { parameter, place: [...place, 'parameters', String(index), 'schema'] }
        const name = parameter.$ref.split('/').at(-1) ?? ''
        const shared = document.components.parameters?.[name] as Parameter
        return { parameter: shared, place: ['components', 'parameters', name, 'schema'] }
      }),
  }
}

/** Where the schemas stand that a value must meet all of, so that what many operations share is compiled once. */
const leavesOf = (document: Description, place: readonly string[]): (readonly string[])[] => {
  const schema = valueAt(document, place)
  if (isObject(schema) && typeof schema.$ref === 'string') return leavesOf(document, schema.$ref.split('/').slice(1))
  if (!isObject(schema) || Object.keys(schema).join() !== 'allOf' || !Array.isArray(schema.allOf)) return [place]
  return schema.allOf.flatMap((_, index) => leavesOf(document, [...place, 'allOf', String(index)]))
}

const valueAt = (document: Description, place: readonly string[]): unknown =>
  place.reduce<unknown>((value, part) => (isObject(value) ? value[part] : undefined), document)

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const createAjv = (document: Description, coerceTypes: false | 'array'): Ajv2020 => {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, coerceTypes })
  addFormats.default(ajv)
  ajv.addSchema(document, 'openapi')
  return ajv
}

const namesIn = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '([^/]+)')}$`)

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
