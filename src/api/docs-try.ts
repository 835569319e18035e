/**
 * What makes the page of the API one on which each call can be made: a form for every operation, and the one script that sends it to this very host. Our own and small, since the page is served on
 * Workers too, whose bundle is bounded; what the field has for it is some megabytes.
 */
import { html, raw } from 'hono/html'

export type TryParameter = { name: string; in: 'path' | 'query' | 'header'; required: boolean; example: string }

export type Tryable = {
  method: string
  path: string
  parameters: readonly TryParameter[]
  /** Type and an example of what is sent; null: nothing is. */
  body: { type: string; text: string } | null
}

/** A form without a script would send a secret in an address, so without one there is none to press. */
export const tryPart = ({ method, path, parameters, body }: Tryable) =>
  html`<details><summary>Try it</summary><form data-method="${method}" data-path="${path}" data-type="${body?.type ?? ''}">
${raw(parameters.map(field).join(''))}
${body ? html`<label>body, ${body.type}<textarea name="body" rows="${Math.min(16, body.text.split('\n').length + 1)}" spellcheck="false">${body.text}</textarea></label>` : ''}
<button disabled>Send</button><pre role="status"></pre></form></details>`

const field = ({ name, in: place, required, example }: TryParameter) =>
  html`<label>${name}, ${place}${required ? ', required' : ''}<input name="${name}" data-in="${place}" value="${required ? example : ''}" placeholder="${example}"${required ? raw(' required') : ''} autocomplete="off" spellcheck="false"></label>`

/** Where a token is asked for, once for the whole page. Nothing of it is kept: it goes with the page. */
export const tokenPart = html`<form id="access"><h2>Try it</h2>
<p>Calls go to this host alone, as the program whose token stands here. A call that writes, writes.</p>
<label>client_id<input name="client_id" autocomplete="off" spellcheck="false"></label>
<label>client_secret<input name="client_secret" type="password" autocomplete="off"></label>
<button disabled>Ask for a token</button>
<label>token<input name="token" autocomplete="off" spellcheck="false"></label><pre role="status"></pre></form>`

/** What runs in the browser. What an answer says is only ever written as text. */
export const tryScript = `
const access = document.getElementById('access')
const shown = 20000
const tell = (form, text) => {
  form.querySelector('pre').textContent = text.length > shown ? text.slice(0, shown) + '\\n… ' + (text.length - shown) + ' more characters' : text
}
const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
const isText = (type) => /json|text|xml|csv|yaml/.test(type)
const told = async (response) => {
  const type = response.headers.get('content-type') ?? ''
  const names = ['x-request-id', 'retry-after', 'location', 'content-type'].filter((name) => response.headers.has(name))
  const head = [response.status + ' ' + response.statusText, ...names.map((name) => name + ': ' + response.headers.get(name))]
  const body = isText(type) ? pretty(await response.text()) : (await response.arrayBuffer()).byteLength + ' bytes'
  return head.join('\\n') + '\\n\\n' + body
}
const requestOf = (form) => {
  const headers = new Headers()
  const query = new URLSearchParams()
  let path = form.dataset.path
  for (const input of form.querySelectorAll('input')) {
    if (input.value === '') continue
    if (input.dataset.in === 'path') path = path.replace('{' + input.name + '}', encodeURIComponent(input.value))
    if (input.dataset.in === 'query') query.append(input.name, input.value)
    if (input.dataset.in === 'header') headers.set(input.name, input.value)
  }
  const token = access.elements.token.value
  if (token) headers.set('authorization', 'Bearer ' + token)
  const body = form.elements.body?.value
  if (body && form.dataset.type) headers.set('content-type', form.dataset.type)
  const address = path + (query.size > 0 ? '?' + query : '')
  return [address, { method: form.dataset.method, headers, credentials: 'omit', ...(body ? { body } : {}) }]
}
const askForToken = async () => {
  const { client_id: id, client_secret: secret } = access.elements
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id.value, client_secret: secret.value })
  const response = await fetch('/oauth/token', { method: 'POST', body, credentials: 'omit' })
  if (!response.ok) return tell(access, await told(response))
  access.elements.token.value = (await response.json()).access_token
  tell(access, 'The token is there.')
}
document.addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = event.target
  try {
    if (form === access) await askForToken()
    else tell(form, await told(await fetch(...requestOf(form))))
  } catch (error) {
    tell(form, 'It could not be sent: ' + error.message)
  }
})
// Each call is a new one until somebody wants the first answer again.
document.addEventListener('toggle', ({ target }) => {
  const key = target.open && target.querySelector('input[name=Idempotency-Key]')
  if (key) key.value = crypto.randomUUID()
}, true)
for (const button of document.querySelectorAll('button')) button.disabled = false
`
