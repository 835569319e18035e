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
// data-poll="4": what is going on is looked for again every so many seconds, without moving what somebody reads. When it has ended the page is loaded anew.
for (const part of document.querySelectorAll('[data-poll]')) {
  const again = () => setTimeout(look, part.dataset.poll * 1000)
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
        const next = page.getElementById(part.id)
        if (answer.redirected || !next || !next.dataset.poll) return location.reload()
        if (!part.contains(document.activeElement)) part.replaceChildren(...next.childNodes)
      }
    } catch {}
    again()
  }
  again()
}
// On a narrow page the menu starts folded.
const menu = document.querySelector('details.menu')
if (menu && matchMedia('(max-width: 60rem)').matches) menu.open = false
`

export const consoleScript = textAsset({ name: 'console', type: 'js', text: script })
