// Ways in which a genuine message is altered: by accident on the road, and by somebody who knows the protocol, has seen other genuine messages, and has no key.
import type { IncomingRequest } from '../../src/providers/contract.ts'
import { type Change, changeWithin, kindOf, membersOf, textAlong } from './layers.ts'
import type { Random } from './random.ts'

/** The carrier of a message as text, Latin-1 so that no byte is lost. */
export const textOf = ({ body }: IncomingRequest): string => Buffer.from(body).toString('latin1')
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

/** Changes the query where there is one and no body, else the body; that text itself or what lies within it. */
export const onText = (request: IncomingRequest, random: Random, change: Change): IncomingRequest => {
  if (request.body.length === 0 && request.search !== '')
    return { ...request, search: changeWithin(request.search, random, change) }
  return { ...request, body: bytesOf(changeWithin(textOf(request), random, change)) }
}

/** What somebody who alters a message may have at hand: other genuine messages of the same account, and references that it knows. */
export type AtHand = { others: readonly IncomingRequest[]; references: readonly string[] }
export type Mutation = (request: IncomingRequest, random: Random, atHand: AtHand) => IncomingRequest

const at = (text: string, random: Random): number => random.below(text.length + 1)

const replaceMember = (text: string, random: Random, value: (old: string) => string): string => {
  const members = membersOf(text)
  if (members.length === 0) return text
  const { start, end, value: old } = random.pick(members)
  return text.slice(0, start) + value(old) + text.slice(end)
}

const oddBytes = [
  '\0',
  '%00',
  '|',
  '&',
  '=',
  '+',
  ' ',
  '%20',
  '%2B',
  '"',
  '\\',
  '\n',
  '\u00ff',
  '<',
  '{',
  '[',
  '٣',
  '１',
]
const oddValues = [
  '',
  '0',
  '-1',
  '1e5',
  '150000.0',
  '0150000',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '9'.repeat(40),
  '00',
  '1',
  'PAID',
  'success',
]

/** Accidents, and the plain ways of altering a message. */
export const alterations: Readonly<Record<string, Mutation>> = {
  'a bit': (request, random) =>
    onText(request, random, (text) => {
      const place = random.below(Math.max(1, text.length))
      return (
        text.slice(0, place) +
        String.fromCharCode((text.charCodeAt(place) ^ (1 << random.below(8))) & 255) +
        text.slice(place + 1)
      )
    }),
  'a digit': (request, random) =>
    onText(request, random, (text) => {
      const digits = [...text.matchAll(/\d/g)]
      if (digits.length === 0) return text
      const { index } = random.pick(digits)
      return text.slice(0, index) + String(random.below(10)) + text.slice(index + 1)
    }),
  'something odd put in': (request, random) =>
    onText(request, random, (text) => {
      const place = at(text, random)
      return text.slice(0, place) + random.pick(oddBytes).replaceAll(/[^\0-\xff]/g, '?') + text.slice(place)
    }),
  'a piece cut out': (request, random) =>
    onText(request, random, (text) => {
      const place = at(text, random)
      return text.slice(0, place) + text.slice(place + 1 + random.below(12))
    }),
  'cut off': (request, random) => onText(request, random, (text) => text.slice(0, at(text, random))),
  'a member replaced': (request, random) =>
    onText(request, random, (text) => replaceMember(text, random, () => random.pick(oddValues))),
  'two members swapped': (request, random) =>
    onText(request, random, (text) => {
      const members = membersOf(text)
      if (members.length < 2) return text
      const [first, second] = [random.pick(members), random.pick(members)].sort((a, b) => a.start - b.start)
      if (!first || !second || first.start === second.start) return text
      return (
        text.slice(0, first.start) +
        second.value +
        text.slice(first.end, second.start) +
        first.value +
        text.slice(second.end)
      )
    }),
  'characters slid to the neighbour': (request, random) =>
    onText(request, random, (text) => {
      const members = membersOf(text).map((member) => ({ ...member, inner: member.value.replace(/^"|"$/g, '') }))
      const which = random.below(Math.max(1, members.length - 1))
      const [left, right] = [members[which], members[which + 1]]
      if (!left || !right) return text
      const both = left.inner + right.inner
      const split = random.below(both.length + 1)
      const quote = ({ value }: { value: string }, inner: string) => (value.startsWith('"') ? `"${inner}"` : inner)
      return (
        text.slice(0, left.start) +
        quote(left, both.slice(0, split)) +
        text.slice(left.end, right.start) +
        quote(right, both.slice(split)) +
        text.slice(right.end)
      )
    }),
  'a member of another genuine message': (request, random, { others }) =>
    onText(request, random, (text, path) => {
      const other = random.pick(others)
      const donors = membersOf(textAlong(other.search || textOf(other), path))
      const own = membersOf(text)
      const which = random.below(Math.max(1, own.length))
      const [donor, member] = [donors[which], own[which]]
      return donor && member ? text.slice(0, member.start) + donor.value + text.slice(member.end) : text
    }),
  'two names swapped': (request, random) =>
    onText(request, random, (text) => {
      const names = [
        ...text.matchAll(/(?<=(?:^|&))[^=&<>{}]+(?==)|(?<=")\w+(?="\s*:)|(?<=[>|])\w+(?=\|)|(?<=\|)\w+(?=<)/g),
      ]
      const [first, second] = [random.pick([...names, null]), random.pick([...names, null])]
      if (!first || !second || first.index >= second.index) return text
      const between = text.slice(first.index + first[0].length, second.index)
      return `${text.slice(0, first.index)}${second[0]}${between}${first[0]}${text.slice(second.index + second[0].length)}`
    }),
  'a parameter again': (request, random) =>
    onText(request, random, (text) => {
      if (kindOf(text) === 'xml') {
        const twin = random.pick([...text.matchAll(/<(\w+)>[^<]*<\/\1>/g), null])
        if (!twin) return text
        const place = twin.index + random.below(2) * twin[0].length
        return text.slice(0, place) + twin[0].replace(/\d/, String(random.below(10))) + text.slice(place)
      }
      if (text.startsWith('{')) {
        const member = random.pick([
          ...text.matchAll(/"(?:[^"\\]|\\.)*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[\d.+eE-]+|true|false|null)/g),
          null,
        ])
        if (!member) return text
        const twin = member[0].replace(/\d/, String(random.below(10)))
        return random.below(2) === 0 ? `{${twin},${text.slice(1)}` : text.replace(/\}\s*$/, `,${twin}}`)
      }
      const part = random.pick(text.split('&')).replace(/\d/, String(random.below(10)))
      return random.below(2) === 0 ? `${part}&${text}` : `${text}&${part}`
    }),
  'a member taken away': (request, random) =>
    onText(request, random, (text) => {
      if (kindOf(text) === 'xml') {
        const gone = random.pick([...text.matchAll(/<(\w+)>[^<]*<\/\1>/g), null])
        return gone ? text.slice(0, gone.index) + text.slice(gone.index + gone[0].length) : text
      }
      if (text.startsWith('{'))
        return text.replace(new RegExp(`^(.{${random.below(text.length)}}.*?),"[^"]*":("[^"]*"|[^,}]*)`, 's'), '$1')
      const parts = text.split('&')
      return parts.toSpliced(random.below(parts.length), 1).join('&')
    }),
  'other encoding': (request, random) =>
    onText(request, random, (text) =>
      random.pick<(old: string) => string>([
        (old) => old.replaceAll('+', '%20'),
        (old) => old.replaceAll('%20', '+'),
        (old) => encodeURIComponent(old),
        (old) => old.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
        (old) => old.replaceAll(/\\u([0-9a-f]{4})/g, (_all, hex: string) => `\\u${hex.toUpperCase()}`),
        (old) => old.replaceAll(/\d/g, (digit) => `%3${digit}`),
        (old) => `\u00ef\u00bb\u00bf${old}`,
        (old) => old.replaceAll(':', ' : '),
      ])(text),
    ),
  'moved between query and body': (request, random) => {
    const text = textOf(request)
    return random.below(2) === 0
      ? { ...request, search: text.slice(0, 4_000), body: new Uint8Array(), method: 'GET' }
      : { ...request, body: bytesOf(request.search || text), search: request.search, method: 'POST' }
  },
  'another method or content type': (request, random) => {
    const headers = new Headers(request.headers)
    headers.set(
      'content-type',
      random.pick([
        'application/json',
        'application/x-www-form-urlencoded',
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=x',
      ]),
    )
    return { ...request, headers, method: random.pick(['GET', 'POST', 'PUT', 'post']) }
  },
  'a header altered or gone': (request, random, { others }) => {
    const headers = new Headers(request.headers)
    const names = [...headers.keys()]
    const name = names.length > 0 ? random.pick(names) : 'x-signature'
    const old = headers.get(name) ?? ''
    const place = random.below(Math.max(1, old.length))
    const other = random.pick(others).headers.get(name) ?? ''
    const value = random.pick([
      '',
      old.slice(0, place),
      old.toUpperCase(),
      `${old.slice(0, place)}0${old.slice(place + 1)}`,
      other,
    ])
    if (random.below(4) === 0) headers.delete(name)
    else headers.set(name, value)
    return { ...request, headers }
  },
}
