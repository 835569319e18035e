/** The document as one page that needs no other file: operations by subject, each with a form to try it, and every error code. It is whole without its script, but for the trying. */
import { html, raw } from 'hono/html'
import { type Tryable, type TryParameter, tokenPart, tryPart, tryScript } from './docs-try.ts'
import type { OpenApiDocument } from './document-parts.ts'
import { problemCodes, problems } from './problem.ts'

type Operation = {
  method: string
  path: string
  id: string
  summary: string
  description: string
  tag: string
  scopes: string[]
  consistency: string
  /** Null: what it takes is no text. */
  tryable: Tryable | null
  answers: [string, string][]
}

/** Everything is escaped by `html`; the raw parts are lists of its own results. */
export const docsPage = (document: OpenApiDocument): string => {
  const groups = Map.groupBy(operationsOf(document), ({ tag }) => tag)
  const sections = [...groups].map(
    ([tag, operations]) => html`<h2>${tag}</h2>${raw(operations.map(operationPart).join(''))}`,
  )
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>LePhi API</title>
<style>${raw(style)}</style></head><body><main><h1>LePhi API</h1><p>${document.info.description ?? ''}</p>
<p>Machine-readable: <a href="/openapi.yaml">openapi.yaml</a></p>${tokenPart}${raw(sections.join(''))}
<h2>Errors</h2><table><tr><th>code</th><th>status</th><th>meaning</th><th>nghĩa</th></tr>${raw(problemCodes.map(problemRow).join(''))}</table></main><script>${raw(tryScript)}</script></body></html>`
  return String(page)
}

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}code{font-size:.95em}' +
  'section{border-top:1px solid #ccc;padding:.5rem 0}h3{margin:.3rem 0;font-size:1rem;overflow-wrap:anywhere}table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top;overflow-wrap:anywhere}' +
  'label{display:block;margin:.4rem 0;font-size:.9rem}input,textarea{display:block;box-sizing:border-box;width:100%;font:14px/1.4 ui-monospace,monospace;padding:.4rem}button{font:inherit;padding:.4rem 1rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem}summary{cursor:pointer;padding:.4rem 0}'

const operationPart = (operation: Operation) =>
  html`<section id="${operation.id}"><h3><code>${operation.method} ${operation.path}</code></h3><p>${operation.summary}</p>
${operation.description ? html`<p>${operation.description}</p>` : ''}
${operation.scopes.length > 0 ? html`<p>Scope: <code>${operation.scopes.join(' | ')}</code></p>` : html`<p>No token needed.</p>`}
<p>Consistency: <code>${operation.consistency}</code></p>${operation.tryable ? tryPart(operation.tryable) : html`<p>Takes a file: send it with a program.</p>`}
<table>${raw(operation.answers.map(([status, text]) => html`<tr><td>${status}</td><td>${text}</td></tr>`).join(''))}</table></section>`

const problemRow = (code: (typeof problemCodes)[number]) =>
  html`<tr id="${code}"><td><code>${code}</code></td><td>${problems[code].status}</td><td>${problems[code].title}</td><td>${problems[code].titleVi}</td></tr>`

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

const operationsOf = (document: OpenApiDocument): Operation[] =>
  Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      if (!operation) return []
      return [
        {
          method: method.toUpperCase(),
          path,
          id: operation.operationId ?? `${method}${path}`,
          summary: operation.summary ?? '',
          description: operation.description ?? '',
          tag: operation.tags?.[0] ?? 'Other',
          consistency: String(Reflect.get(operation, 'x-consistency') ?? ''),
          tryable: tryableOf(method, path, operation as Described),
          scopes: (operation.security ?? []).flatMap((need) => Object.values(need).flat()),
          answers: Object.entries(operation.responses ?? {}).map(([status, { description }]): [string, string] => [
            status,
            String(description ?? ''),
          ]),
        },
      ]
    }),
  )

/** What of an operation a form is made of. */
type Described = {
  parameters?: { name: string; in: string; required?: boolean; example?: unknown }[]
  requestBody?: { content: Record<string, { example?: unknown }> }
}

const tryableOf = (method: string, path: string, { parameters = [], requestBody }: Described): Tryable | null => {
  const [type = '', media] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const isText = type === '' || type === 'application/json' || type === 'application/x-www-form-urlencoded'
  if (!isText) return null
  const text = type === 'application/json' ? JSON.stringify(media?.example ?? {}, null, 2) : formText(media?.example)
  return {
    method: method.toUpperCase(),
    path,
    parameters: parameters.flatMap(({ name, in: place, required = false, example = '' }): TryParameter[] =>
      place === 'path' || place === 'query' || place === 'header'
        ? [{ name, in: place, required, example: String(example) }]
        : [],
    ),
    body: type === '' ? null : { type, text },
  }
}

const formText = (example: unknown): string => new URLSearchParams((example ?? {}) as Record<string, string>).toString()
