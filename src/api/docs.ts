/** The document as one plain page that needs no script and no other file: operations by subject, and every error code. */
import { html, raw } from 'hono/html'
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
<style>${raw(style)}</style></head><body><h1>LePhi API</h1><p>${document.info.description ?? ''}</p>
<p>Machine-readable: <a href="/openapi.yaml">openapi.yaml</a></p>${raw(sections.join(''))}
<h2>Errors</h2><table><tr><th>code</th><th>status</th><th>meaning</th><th>nghĩa</th></tr>${raw(problemCodes.map(problemRow).join(''))}</table></body></html>`
  return String(page)
}

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}code{font-size:.95em}' +
  'section{border-top:1px solid #ccc;padding:.5rem 0}h3{margin:.3rem 0;font-size:1rem}table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}'

const operationPart = (operation: Operation) =>
  html`<section id="${operation.id}"><h3><code>${operation.method} ${operation.path}</code></h3><p>${operation.summary}</p>
${operation.description ? html`<p>${operation.description}</p>` : ''}
${operation.scopes.length > 0 ? html`<p>Scope: <code>${operation.scopes.join(' | ')}</code></p>` : html`<p>No token needed.</p>`}
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
          scopes: (operation.security ?? []).flatMap((need) => Object.values(need).flat()),
          answers: Object.entries(operation.responses ?? {}).map(([status, { description }]): [string, string] => [
            status,
            String(description ?? ''),
          ]),
        },
      ]
    }),
  )
