// The operations of openapi.yaml as two things of the client: a type that says what each takes and answers, and a table of where each is sent.
import { keyOf, typeOf, unionOf } from './types.mjs'

/** Files and whatever has no type of JSON are handed over as they are. */
const bodyTypes = { 'multipart/form-data': 'FormData', '*/*': 'string' }

export const operationTypes = (document) => {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => read({ document, path, method, operation })),
  )
  const types = operations.map(typeOfOperation)
  const table = operations.map(
    ({ id, method, path, query, key, contentType }) =>
      `  ${id}: { method: '${method}', path: '${path}', query: ${JSON.stringify(query.map(({ name }) => name))}, key: ${key !== null}, type: ${JSON.stringify(contentType)} },\n`,
  )
  return `/** What each operation takes, what it answers, and the codes of its refusals. */
export type Operations = {
${types.join('')}}

const operations = {
${table.join('')}} as const satisfies Record<keyof Operations, Place>
`
}

const read = ({ document, path, method, operation }) => {
  const parameters = (operation.parameters ?? []).map((each) =>
    each.$ref ? document.components.parameters[each.$ref.split('/').at(-1)] : each,
  )
  const of = (place) => parameters.filter((each) => each.in === place)
  const [contentType = null, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  return {
    id: operation.operationId,
    path,
    method: method.toUpperCase(),
    operation,
    params: of('path'),
    query: of('query'),
    key: of('header').find(({ name }) => name === 'Idempotency-Key') ?? null,
    contentType,
    body: media
      ? { type: bodyTypes[contentType] ?? typeOf(media.schema, '      '), required: operation.requestBody.required }
      : null,
  }
}

const typeOfOperation = ({ id, method, path, operation, params, query, key, body }) => {
  const members = [
    ...params.map((each) => memberOf(each, true)),
    ...query.map((each) => memberOf(each, each.required)),
    ...(body ? [`      body${body.required ? '' : '?'}: ${body.type}${body.required ? '' : ' | undefined'}\n`] : []),
    ...(key ? [`      idempotencyKey${key.required ? '' : '?'}: string${key.required ? '' : ' | undefined'}\n`] : []),
  ]
  const answers = Object.entries(operation.responses).filter(([status]) => Number(status) < 400)
  const answer = unionOf(answers.map(([, { content }]) => answerOf(content)))
  const security = (operation.security ?? []).flatMap((need) => Object.values(need).flat())
  const scope = security.length > 0 ? `Scope: ${security.join(' or ')}.` : 'No token.'
  return `  /** ${operation.summary}. ${method} ${path}. ${scope} */
  ${id}: {
    takes: {${members.length > 0 ? `\n${members.join('')}    ` : ''}}
    answers: ${answer}
    refuses: ${unionOf((operation['x-error-codes'] ?? []).map((code) => `'${code}'`))}
  }
`
}

const memberOf = ({ name, schema }, required) =>
  `      ${keyOf(name)}${required ? '' : '?'}: ${typeOf(schema, '      ')}${required ? '' : ' | undefined'}\n`

const answerOf = (content) => {
  const json = content?.['application/json']
  if (json) return typeOf(json.schema, '    ')
  return content ? 'string' : 'null'
}
