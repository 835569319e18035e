/** The one script of the console. Every screen works without it: it only spares clicks. Behaviours hang on `data-` attributes. */
import { textAsset } from '../text-asset.ts'

const script = `'use strict'
// data-check-all="name": a box that ticks all boxes of that name in its form.
for (const box of document.querySelectorAll('[data-check-all]')) {
  (box.closest('label') ?? box).hidden = false
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
// data-upload="words": a file is sent with its progress shown, and what was chosen stays when that fails. data-drop: a file may be dropped there.
for (const form of document.querySelectorAll('[data-upload]')) {
  const [input, drop] = [form.querySelector('input[type=file]'), form.querySelector('[data-drop]')]
  form.querySelector('[data-drop-hint]').hidden = false
  for (const name of ['dragover', 'dragleave', 'drop'])
    drop.addEventListener(name, (event) => {
      event.preventDefault()
      drop.classList.toggle('over', name === 'dragover')
      if (name === 'drop' && event.dataTransfer.files.length) input.files = event.dataTransfer.files
    })
  const tell = (part) => {
    for (const old of form.querySelectorAll('[data-told]')) old.remove()
    part.dataset.told = ''
    form.append(part)
  }
  const fail = (part) => {
    delete form.dataset.sent
    tell(part)
    part.scrollIntoView({ block: 'nearest' })
  }
  const made = (name, attributes, ...children) => {
    const part = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value)
    part.append(...children)
    return part
  }
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    event.preventDefault()
    const bar = made('progress', { max: '1', value: '0', 'aria-label': form.dataset.upload })
    tell(made('div', { role: 'status' }, made('p', {}, form.dataset.upload + '…'), bar))
    const request = new XMLHttpRequest()
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => { if (lengthComputable) bar.value = loaded / total }
    request.onerror = () => fail(made('div', { class: 'note bad', role: 'alert' }, made('p', {}, form.dataset.broken)))
    request.onload = () => {
      if (request.status < 400) return location.assign(request.responseURL)
      const main = new DOMParser().parseFromString(request.responseText, 'text/html').querySelector('main')
      const alert = main.querySelector('[role=alert]')
      if (alert) fail(document.adoptNode(alert))
      else document.querySelector('main').replaceWith(document.adoptNode(main))
    }
    request.open('POST', form.action)
    request.send(new FormData(form))
  })
}
// On a narrow page the menu starts folded.
const menu = document.querySelector('details.menu')
if (menu && matchMedia('(max-width: 60rem)').matches) menu.open = false
`

export const consoleScript = textAsset({ name: 'console', type: 'js', text: script })
