/** The one script of the console. Every screen works without it: it only spares clicks. Behaviours hang on `data-` attributes. */
import { textAsset } from '../text-asset.ts'

const script = `'use strict'
// data-check-all="name": a box that ticks all boxes of that name in its form.
for (const box of document.querySelectorAll('[data-check-all]')) {
  box.hidden = false
  box.addEventListener('change', () => {
    for (const other of box.form.elements) if (other.name === box.dataset.checkAll) other.checked = box.checked
  })
}
// A form that does something is sent once, however often its button is pressed; the server would do it once in any case.
for (const form of document.querySelectorAll('form[method=post]'))
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = '1'
  })
addEventListener('pageshow', () => { for (const form of document.forms) delete form.dataset.sent })
// On a narrow page the menu starts folded.
const menu = document.querySelector('details.menu')
if (menu && matchMedia('(max-width: 60rem)').matches) menu.open = false
`

export const consoleScript = textAsset({ name: 'console', type: 'js', text: script })
