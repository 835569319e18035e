// A JSON Schema of openapi.yaml (draft 2020-12, as far as our routes use it) as a TypeScript type, indented by two spaces a level.

/** What cannot be said as a type (lengths, patterns, ranges) is left to the gateway, which refuses by name what it does not take. */
export const typeOf = (schema, indent = '') => {
  if (schema.$ref) return schema.$ref.split('/').at(-1)
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return unionOf(schema.enum.map((value) => JSON.stringify(value)))
  if (schema.allOf) return schema.allOf.map((each) => inner(each, indent)).join(' & ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return unionOf(choices.map((each) => inner(each, indent)))
  const types = [schema.type].flat()
  return unionOf(types.map((type) => typeNamed(type, schema, indent)))
}

const typeNamed = (type, schema, indent) => {
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'string' || type === 'boolean' || type === 'null') return type
  if (type === 'array') return `readonly ${inner(schema.items ?? {}, indent)}[]`
  if (type === 'object' || schema.properties) return objectOf(schema, indent)
  return 'unknown'
}

const objectOf = ({ properties, required = [], additionalProperties }, indent) => {
  if (!properties || Object.keys(properties).length === 0) {
    const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties, indent) : 'unknown'
    return `{ readonly [name: string]: ${additionalProperties === false ? 'never' : value} }`
  }
  const members = Object.entries(properties).map(([name, schema]) => {
    const told = schema.description ? `${indent}  /** ${schema.description.replaceAll('*/', '* /')} */\n` : ''
    const mark = required.includes(name) ? '' : '?'
    return `${told}${indent}  ${keyOf(name)}${mark}: ${typeOf(schema, `${indent}  `)}${mark ? ' | undefined' : ''}\n`
  })
  return `{\n${members.join('')}${indent}}`
}

/** In parentheses where it would be read together with what stands beside it. */
const inner = (schema, indent) => {
  const isOne =
    schema.$ref || 'const' in schema || (typeof schema.type === 'string' && !schema.enum && schema.type !== 'array')
  return isOne ? typeOf(schema, indent) : `(${typeOf(schema, indent)})`
}

export const unionOf = (types) => [...new Set(types)].join(' | ') || 'never'

export const keyOf = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name))
