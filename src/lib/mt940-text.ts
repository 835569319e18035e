// The text of an MT940 entry (86), where a bank writes it in parts: ?nn after a code of three digits, or /CODE/. What the parts mean is the custom of banks and
// no standard, so whatever is not understood is left as it stands.

import { referenceMax } from './mt940-fields.ts'
import { hasWord } from './text.ts'

/** `description` is what the payer wrote, with the references that go with it; `reference` the payer's own, end to end. */
export type Mt940Text = { description: string | null; counterparty: string | null; reference: string | null }

export const readEntryText = (text: string): Mt940Text => {
  const read = numbered.test(text) ? readNumbered(text) : coded.test(text) ? readCoded(text) : null
  if (!read) return { description: squeezed(text), counterparty: null, reference: null }
  return { ...read, description: read.description ?? squeezed(text) }
}

const numbered = /^\d{3}\?\d\d/
const coded = /^\/[A-Z]{3,4}\//

/** 20 to 29 and 60 to 63 are what the payer wrote, 32 and 33 the other side's name, 00 what kind of booking it is. */
const readNumbered = (text: string): Mt940Text => {
  const [, ...pieces] = text.split(/\?(\d\d)/)
  const fields: [string, string][] = []
  for (let at = 0; at + 1 < pieces.length; at += 2) fields.push([pieces[at] ?? '', pieces[at + 1] ?? ''])
  const remittance = fields.filter(([tag]) => /^(?:2\d|6[0-3])$/.test(tag)).map(([, value]) => value)
  const written = remittance.map((value, at) => (at > 0 && sepaPart.test(value) ? ` ${value}` : value)).join('')
  const partOf = (...tags: string[]) =>
    squeezed(fields.flatMap(([tag, value]) => (tags.includes(tag) ? [value] : [])).join(''))
  return {
    description: squeezed(written) ?? partOf('00'),
    counterparty: partOf('32', '33'),
    reference: told(/(?:^|\s)EREF\+(.+?)(?=\s[A-Z]{4}[+:]|$)/.exec(written)?.[1] ?? ''),
  }
}

/** A part such as `EREF+` begins a field of its own; all other fields go on with the word before them. */
const sepaPart = /^[A-Z]{4}[+:]/

const codes = [
  ...[
    'EREF',
    'PREF',
    'IREF',
    'KREF',
    'MREF',
    'MARF',
    'CSID',
    'CNTP',
    'REMI',
    'PURP',
    'ULTC',
    'ULTD',
    'ORDP',
    'BENM',
    'NAME',
    'ADDR',
  ],
  ...['IBAN', 'BIC', 'TRTP', 'TRCD', 'ISDT', 'RTRN', 'EXCH', 'CHGS', 'OCMT', 'SVCL', 'BUSP'],
]
const codeMark = new RegExp(`/(${codes.join('|')})/`)

const readCoded = (text: string): Mt940Text => {
  const [, ...pieces] = text.split(codeMark)
  const parts = new Map<string, string>()
  for (let at = 0; at + 1 < pieces.length; at += 2) {
    const [code = '', value = ''] = [pieces[at], pieces[at + 1]]
    if (!parts.has(code) && value.replaceAll('/', '') !== '') parts.set(code, value)
  }
  const reference = told(plain(parts.get('EREF')) ?? '')
  const remittance = plain(parts.get('REMI')?.replace(/^(?:USTD\/\/|STRD\/(?:CUR|ISO)\/)/, ''))
  const others = ['PREF', 'KREF', 'IREF'].map((code) => told(plain(parts.get(code)) ?? ''))
  const said = [reference, ...others, remittance].filter(
    (each, at, all) => each && !all.some((other, place) => place > at && other && hasWord(other, each)),
  )
  // CNTP holds account, bank, name and town, parted by slashes.
  const counterparty = plain(parts.get('NAME')) ?? plain(parts.get('CNTP')?.split('/')[2])
  return { description: said.join(' ') || null, counterparty, reference }
}

const plain = (value = ''): string | null => {
  let [from, to] = [0, value.length]
  while (value[from] === '/') from += 1
  while (to > from && value[to - 1] === '/') to -= 1
  return squeezed(value.slice(from, to))
}

const told = (text: string): string | null => {
  const reference = text.trim()
  return reference.length > referenceMax || /^(?:NOTPROVIDED|NONREF|)$/i.test(reference) ? null : reference
}

const squeezed = (text: string): string | null => text.replace(/\s+/g, ' ').trim().normalize('NFC') || null
