// Every place of a route's request in which something can be named, read from its declaration.
import type { Route } from '../../src/api/route.ts'

type Schema = { def?: Record<string, unknown> & { type?: string } } | null | undefined

/** Pointers such as `/path/id`, `/query/agency_code`, `/form/source`; a step of a list is a star. */
export const placesOf = (route: Route): string[] => {
  const { query, json, form } = route.request
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `/path/${name}`)
  return [
    ...inPath,
    ...leavesOf(query as Schema, '/query'),
    ...leavesOf(json as Schema, '/json'),
    ...leavesOf(form as Schema, '/form'),
    ...leavesOf(route.raw?.schema as Schema, '/multipart'),
  ]
}

/** Whether a route's request may be without that member of its query. */
export const isOptional = (route: Route, name: string): boolean => {
  const shape = (route.request.query as Schema)?.def?.shape as
    | Record<string, { safeParse: (value: unknown) => { success: boolean } }>
    | undefined
  return shape?.[name]?.safeParse(undefined).success ?? true
}

const leavesOf = (schema: Schema, at: string, depth = 0): string[] => {
  const def = schema?.def
  if (!def || depth > 20) return []
  const below = (inner: unknown, pointer = at) => leavesOf(inner as Schema, pointer, depth + 1)
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape as object).flatMap(([name, inner]) => {
        const deeper = below(inner, `${at}/${name}`)
        return deeper.length > 0 ? deeper : [`${at}/${name}`]
      })
    case 'array':
      return below(def.element, `${at}/*`)
    case 'union':
      return [...new Set((def.options as unknown[]).flatMap((option) => below(option)))]
    case 'pipe':
      return below(def.in)
    case 'lazy':
      return below((def.getter as () => unknown)())
    default:
      return def.innerType ? below(def.innerType) : []
  }
}
