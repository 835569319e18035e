/**
 * The one script of all pages: /verify checks a receipt in the browser, without the network. It is made of the text of the functions that the server checks with, so
 * both always say the same; the page lets it run by its hash.
 */
import {
  listIn,
  openProof,
  proofIn,
  proofText,
  proofType,
  readProof,
  standingOf,
  statusType,
} from '../domain/receipt-proof.ts'
import { tellFinding } from './verify-words.ts'

/** What runs in the browser; `document` and `location` are its own. */
const run = `
const data = JSON.parse(document.getElementById('data').textContent)
const field = document.getElementById('code')
const result = document.getElementById('result')
const add = (parent, tag, text, className) => {
  const element = document.createElement(tag)
  element.textContent = text
  if (className) element.className = className
  parent.append(element)
  return element
}
const show = (told) => {
  result.replaceChildren()
  const panel = add(result, 'section', '', 'note ' + told.tone)
  add(panel, 'h2', told.title)
  add(panel, 'p', told.text)
  if (told.rows.length === 0) return
  const rows = add(add(result, 'section', '', 'card'), 'dl', '')
  for (const [label, value] of told.rows) {
    const row = add(rows, 'div', '')
    add(row, 'dt', label)
    add(row, 'dd', value)
  }
}
const check = async (text) => {
  const opened = await openProof(proofText(text), { keys: data.keys, type: data.types.proof })
  const found = proofIn(opened, readProof)
  const list = listIn(await openProof(data.list, { keys: data.keys, type: data.types.list }))
  const standing = found.proof ? standingOf(found.proof, list) : 'unknown'
  show(tellFinding({ ...found, standing, list, record: null }, data.words))
  return found.why
}
const checkAddress = () => {
  if (location.hash.length < 2) return
  field.value = location.hash.slice(1)
  check(field.value)
}
// A saved file has nobody to ask: what it sends would be taken for a foreign site's.
if (location.protocol === 'file:') for (const ask of field.form.querySelectorAll('[name=ask]')) ask.hidden = true
// The other language is told of the same code.
const other = document.querySelector('a[hreflang]')
other.addEventListener('click', () => {
  other.hash = location.hash
})
let asksServer = false
field.form.addEventListener('submit', async (event) => {
  // Only by the button that says so.
  if (asksServer || event.submitter?.name === 'ask') return
  event.preventDefault()
  if ((await check(field.value)) === 'unsupported') {
    // Only where the browser cannot do it, and the citizen has pressed the button.
    asksServer = true
    field.form.submit()
  }
})
addEventListener('hashchange', checkAddress)
checkAddress()
`

/** Bundlers that keep names wrap functions in a call of theirs. */
const names = 'const __name = (value) => value'

export const verifyScript = [
  '(() => {',
  '"use strict"',
  names,
  `const openProof = ${openProof.toString()}`,
  `const proofText = ${proofText.toString()}`,
  `const readProof = ${readProof.toString()}`,
  `const proofIn = ${proofIn.toString()}`,
  `const listIn = ${listIn.toString()}`,
  `const standingOf = ${standingOf.toString()}`,
  `const tellFinding = ${tellFinding.toString()}`,
  run,
  '})()',
].join('\n')

export const proofTypes = { proof: proofType, list: statusType }
