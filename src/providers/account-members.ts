/** What a merchant account of a provider is asked for, read from the provider's own schema, so that a form can be drawn of it. */
import { z } from 'zod'

export type AccountMember = {
  name: string
  /** Write-only: goes under `credentials`. */
  secret: boolean
  required: boolean
  type: 'text' | 'number' | 'yes_no' | 'list'
  /** The only values that it takes; null where it takes many. */
  choices: readonly string[] | null
  /** What holds when it is left out. */
  default: string | number | boolean | null
}

/** In the schema's order. A schema that is no object has none. */
export const membersOf = (schema: z.ZodType, secrets: readonly string[]): AccountMember[] => {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return Object.entries(described.properties ?? {}).map(([name, property]) => {
    const shape = typeof property === 'boolean' ? {} : property
    const initial = shape.default
    return {
      name,
      secret: secrets.includes(name),
      required: described.required?.includes(name) ?? false,
      type: types[String(shape.type)] ?? 'text',
      choices: Array.isArray(shape.enum) ? shape.enum.map(String) : null,
      default:
        typeof initial === 'string' || typeof initial === 'number' || typeof initial === 'boolean' ? initial : null,
    }
  })
}

const types: Readonly<Record<string, AccountMember['type']>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'yes_no',
  array: 'list',
}
