// Ways in which a genuine message is altered by somebody who hopes that two readers of it see two things: the one who checks the signature, and the one who acts.

import { bytesOf, type Mutation, onText, textOf } from './alterations.ts'
import { kindOf, membersOf } from './layers.ts'
import type { Random } from './random.ts'

/** Texts are Latin-1, a character for each byte. */
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

const percent = (bytes: string): string =>
  bytes.replaceAll(/[^\w.*-]/g, (each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`)

const digitsFrom = (zero: number) => (digits: string) =>
  digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))

/** The same number for a reader that is lenient in one way, or another number for one that is in another. */
const spellings: readonly ((digits: string) => string)[] = [
  (digits) => `${digits}.0`,
  (digits) => `${digits}.00`,
  (digits) => `0${digits}`,
  (digits) => `00000${digits}`,
  (digits) => `+${digits}`,
  (digits) => `-${digits}`,
  (digits) => `- ${digits}`,
  (digits) => ` ${digits}`,
  (digits) => `${digits} `,
  (digits) => `${digits}\t`,
  (digits) => `${digits}e0`,
  (digits) => `${digits}E+0`,
  (digits) => `${digits.slice(0, 1)}.${digits.slice(1)}e${digits.length - 1}`,
  (digits) => `${digits}n`,
  (digits) => `0x${BigInt(digits).toString(16)}`,
  (digits) => `0b${BigInt(digits).toString(2)}`,
  (digits) => digits.replace(/\B(?=(\d{3})+$)/g, '.'),
  (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','),
  (digits) => digits.replace(/\B(?=(\d{3})+$)/g, '_'),
  (digits) => `${digits},5`,
  (digits) => `${digits}\u00a0`,
  (digits) => `\u200b${digits}`,
  (digits) => `${digits}\ufeff`,
  (digits) => `${digits.slice(0, 1)}\u0301${digits.slice(1)}`,
  (digits) => (BigInt(digits) + 2n ** 32n).toString(),
  (digits) => (BigInt(digits) + 2n ** 53n).toString(),
  (digits) => (BigInt(digits) + 2n ** 64n).toString(),
  digitsFrom(0xff10),
  digitsFrom(0x0660),
  digitsFrom(0x1d7ce),
  (digits) => digits.replaceAll('0', 'O').replaceAll('1', 'l'),
  (digits) => digits.replaceAll('0', '\u041e'),
  () => '1e5',
  () => '-0',
  () => '150000.0',
  () => 'Infinity',
  () => 'NaN',
]

/** In a form a character beyond ASCII is either there as it is or written in per cent; in JSON as it is or by its number. */
const written = (text: string, value: string, random: Random): string => {
  const kind = kindOf(text)
  if (kind === 'form') return random.below(3) === 0 ? utf8(value) : percent(utf8(value))
  if (kind === 'json' && random.below(2) === 0)
    return value.replaceAll(/[^\0-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return utf8(value)
}

const names = /(?<=(?:^|&))[^=&<>{}]+(?==)|(?<=")\w+(?="\s*:)|(?<=<)\w+(?=>)/g

const renamed = (name: string, text: string, random: Random): string => {
  const [first = '', rest] = [name.slice(0, 1), name.slice(1)]
  const code = first.charCodeAt(0).toString(16).padStart(2, '0')
  return random.pick([
    first === first.toUpperCase() ? first.toLowerCase() + rest : first.toUpperCase() + rest,
    `${name} `,
    ` ${name}`,
    `${name}[]`,
    `${name}.`,
    name.replaceAll('_', '-'),
    kindOf(text) === 'json' ? `\\u00${code}${rest}` : `%${code}${rest}`,
    kindOf(text) === 'json' ? `${name}\\u0000` : `${name}%00`,
    written(text, digitsFrom(0xff10)(name), random),
    written(text, name.replace('a', '\u0430').replace('o', '\u043e'), random),
  ])
}

/** The piece of a form, JSON object or XML text that has this name where it stands; null where it cannot be told. */
const pieceAt = (text: string, index: number): string | null => {
  const rest = text.slice(index)
  if (kindOf(text) === 'form') return /^[^&]*/.exec(rest)?.[0] ?? null
  if (kindOf(text) === 'json')
    return /^\w+"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[\d.+eE-]+|true|false|null)/.exec(rest)?.[0] ?? null
  return /^(\w+)>[^<]*<\/\1/.exec(rest)?.[0] ?? null
}

const prototypes = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
]

const shuffled = <Item>(items: readonly Item[], random: Random): Item[] =>
  items.reduce<Item[]>((drawn, item) => drawn.toSpliced(random.below(drawn.length + 1), 0, item), [])

const jsonMembers = (text: string): [string, unknown][] | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : null
  } catch {
    return null
  }
}

/** Every object within, so that one with a single member is no hindrance. */
const shuffledJson = (value: unknown, random: Random): unknown => {
  if (Array.isArray(value)) return value.map((each) => shuffledJson(each, random))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, inner]) => [name, shuffledJson(inner, random)] as const)
  return Object.fromEntries(shuffled(members, random))
}

const reordered = (text: string, random: Random): string => {
  if (kindOf(text) === 'form') return shuffled(text.split('&'), random).join('&')
  if (kindOf(text) === 'json') {
    const members = jsonMembers(text)
    return members ? JSON.stringify(shuffledJson(Object.fromEntries(members), random)) : text
  }
  const elements = [...text.matchAll(/<(\w+)>[^<]*<\/\1>/g)].map(([whole]) => whole)
  const drawn = shuffled(elements, random)
  let next = 0
  return text.replaceAll(/<(\w+)>[^<]*<\/\1>/g, (whole) => drawn[next++] ?? whole)
}

const nested = (text: string, random: Random): string => {
  const members = membersOf(text)
  if (members.length === 0) return text
  const { start, end, value } = random.pick(members)
  const [before, after] = [text.slice(0, start), text.slice(end)]
  if (kindOf(text) === 'json')
    return (
      before +
      random.pick([`[${value}]`, `[[${value}]]`, `{"value":${value}}`, `{"":${value}}`, `[${value},${value}]`]) +
      after
    )
  if (kindOf(text) === 'form')
    return before.replace(/=$/, random.pick(['[]=', '[0]=', '[value]=', '.value='])) + value + after
  return (
    before +
    random.pick([`<![CDATA[${value}]]>`, `<a>${value}</a>`, `${value}<!-- -->`, `<!-- -->${value}`, `<?x?>${value}`]) +
    after
  )
}

const utf16 = (text: string, isLittle: boolean): string =>
  [...text].map((each) => (isLittle ? `${each}\0` : `\0${each}`)).join('')

export const disguises: Readonly<Record<string, Mutation>> = {
  'members in another order': (request, random) => onText(request, random, (text) => reordered(text, random)),
  'made out to another order': (request, random, { references }) => {
    if (references.length === 0) return request
    const [from, to] = [textOf(request) + request.search, random.pick(references)]
    const named = references.find((each) => from.includes(each))
    // Where the reference lies deeper, a few tries find it: which layer is changed is drawn each time.
    for (let attempt = 0; attempt < 12; attempt += 1) {
      let isFound = false
      const changed = onText(request, random, (text) => {
        const here = named ?? references.find((each) => text.includes(each))
        if (here === undefined || here === to || !text.includes(here)) return text
        isFound = true
        return text.replaceAll(here, to)
      })
      if (isFound) return changed
    }
    return request
  },
  'a number in another spelling': (request, random) =>
    onText(request, random, (text) => {
      const numbers = membersOf(text).filter(({ value }) => /^"?\d{3,15}"?$/.test(value))
      if (numbers.length === 0) return text
      const { start, end, value } = random.pick(numbers)
      const digits = value.replaceAll('"', '')
      const spelt = written(text, random.pick(spellings)(digits), random)
      const isQuoted =
        kindOf(text) === 'json' && (random.below(4) === 0 ? !value.startsWith('"') : value.startsWith('"'))
      return text.slice(0, start) + (isQuoted ? `"${spelt}"` : spelt) + text.slice(end)
    }),
  'a name in another spelling': (request, random) =>
    onText(request, random, (text) => {
      const name = random.pick([...text.matchAll(names), null])
      if (!name) return text
      const other = renamed(name[0], text, random)
      const rest = text.slice(name.index + name[0].length)
      const piece = pieceAt(text, name.index)
      if (piece === null || random.below(2) === 0) return text.slice(0, name.index) + other + rest
      // Both spellings, one of them with another value.
      const twin = other + piece.slice(name[0].length).replace(/\d/, String(random.below(10)))
      const between = { form: '&', json: ',"', xml: '><' }[kindOf(text)]
      return text.slice(0, name.index) + twin + between + text.slice(name.index)
    }),
  'a name that objects inherit': (request, random) =>
    onText(request, random, (text) => {
      const name = random.pick(prototypes)
      if (kindOf(text) === 'json') {
        const value = random.pick(['{"amount":1}', '1', 'null', '"x"', text.length < 4_000 ? text : '{}'])
        return text.replace(/^\s*\{/, (brace) => `${brace}"${name}":${value},`)
      }
      if (kindOf(text) === 'xml') return text.replace(/>/, `><${name}>1</${name}>`)
      return random.below(2) === 0 ? `${name}=1&${text}` : `${text}&${name}[amount]=1`
    }),
  'something nested where it was flat': (request, random) => onText(request, random, (text) => nested(text, random)),
  'a byte order mark': (request, random) =>
    onText(
      request,
      random,
      (text) => random.pick(['\u00ef\u00bb\u00bf', '\u00ff\u00fe', '%EF%BB%BF', '\\ufeff']) + text,
    ),
  'another character set': (request, random) => {
    const headers = new Headers(request.headers)
    const charset = random.pick(['utf-16', 'utf-16le', 'iso-8859-1', 'utf-7', 'windows-1258', 'shift_jis'])
    headers.set(
      'content-type',
      `${headers.get('content-type')?.split(';')[0] ?? 'application/json'}; charset=${charset}`,
    )
    const text = textOf(request)
    const body = random.pick([
      text,
      utf16(text, true),
      `\u00ff\u00fe${utf16(text, true)}`,
      `\u00fe\u00ff${utf16(text, false)}`,
    ])
    const overlong = (each: string) => `%C0%${(0x80 | each.charCodeAt(0)).toString(16).toUpperCase()}`
    if (request.body.length > 0 && random.below(3) > 0) return { ...request, headers, body: bytesOf(body) }
    return onText({ ...request, headers }, random, (each) =>
      kindOf(each) === 'form'
        ? each.replace(/\d/, overlong)
        : each.replace(/\d/, (digit) => `\u00c0${String.fromCharCode(0x80 | digit.charCodeAt(0))}`),
    )
  },
  'query and body at once': (request, random) => {
    const digit = () => String(random.below(10))
    if (request.body.length === 0) {
      const other = request.search.replace(/\d/g, digit)
      return { ...request, method: random.pick(['GET', 'POST']), body: bytesOf(other) }
    }
    const members = membersOf(textOf(request)).map(
      ({ value }, index) => `p${index}=${value.replaceAll('"', '').replace(/\d/, digit)}`,
    )
    const asIs = kindOf(textOf(request)) === 'form' ? textOf(request).replace(/\d/g, digit) : members.join('&')
    return { ...request, search: asIs.slice(0, 4_000) || 'a=1' }
  },
  'a header again': (request, random, { others }) => {
    const headers = new Headers(request.headers)
    const name = random.pick([
      ...headers.keys(),
      'x-signature',
      'content-encoding',
      'transfer-encoding',
      'x-http-method-override',
    ])
    const games = [
      'gzip',
      'chunked',
      'identity',
      'PUT',
      '0',
      headers.get(name) ?? 'x',
      random.pick(others).headers.get(name) ?? 'x',
    ]
    headers.append(name, random.pick(games))
    return { ...request, headers }
  },
}
