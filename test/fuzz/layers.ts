// Messages that lie within messages: JSON text in a JSON member, JSON or XML in a form, base64 of either. A change to the outermost text alone would only ever break
// what lies within; so a change may go down to it, and everything around it is written again as a careful sender would.
import type { Random } from './random.ts'

export type Member = { start: number; end: number; value: string }

const pair = /(?<=(?:^|&)[^=&]+=)[^&]*/g
const jsonMember = /(?<="(?:[^"\\]|\\.)*"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[\d.+eE-]+|true|false|null)/g
const element = /(?<=<(\w+)>)[^<]+(?=<\/\1>)/g

export type Kind = 'form' | 'json' | 'xml'

export const kindOf = (text: string): Kind => {
  if (/^\s*[{[]/.test(text)) return 'json'
  return /^\s*</.test(text) ? 'xml' : 'form'
}

/** The values of a form, of a flat JSON text or of XML's innermost elements, where they stand. */
export const membersOf = (text: string): Member[] => {
  const shape = { form: pair, json: jsonMember, xml: element }[kindOf(text)]
  return [...text.matchAll(shape)].map(({ 0: value, index }) => ({ start: index, end: index + value.length, value }))
}

export type Change = (text: string, path: readonly number[]) => string

/** Changes the text, or what lies within one of its members. `path` tells the members that were gone down. */
export const changeWithin = (text: string, random: Random, change: Change, path: readonly number[] = []): string => {
  const inner = membersOf(text).flatMap((member, index) => {
    const layer = layerIn(text, member)
    return layer ? [{ member, index, layer }] : []
  })
  if (inner.length === 0 || random.below(3) === 0) return change(text, path)
  const { member, index, layer } = random.pick(inner)
  const changed = layer.wrap(changeWithin(layer.text, random, change, [...path, index]))
  return text.slice(0, member.start) + changed + text.slice(member.end)
}

/** What lies at the end of such a path in another message; nothing where it has none. */
export const textAlong = (text: string, path: readonly number[]): string =>
  path.reduce((outer, index) => {
    const member = membersOf(outer)[index]
    return (member && layerIn(outer, member)?.text) ?? ''
  }, text)

/** Every value of a message, at whatever depth, as a reader sees it. */
export const leavesOf = (text: string): string[] =>
  membersOf(text).flatMap((member) => {
    const layer = layerIn(text, member)
    return layer ? leavesOf(layer.text) : [(codings[kindOf(text)].decode(member.value) ?? member.value).trim()]
  })

type Layer = { text: string; wrap: (text: string) => string }

const layerIn = (outer: string, { value }: Member): Layer | null => {
  const plain = codings[kindOf(outer)]
  const text = plain.decode(value)
  if (text === null) return null
  if (/^\s*[{<]/.test(text)) return { text, wrap: plain.encode }
  const within = base64.decode(text)
  return within !== null && /^\s*[{<]/.test(within)
    ? { text: within, wrap: (changed) => plain.encode(base64.encode(changed)) }
    : null
}

/** Texts are Latin-1, a character for each byte; what JSON names beyond that is named again. */
type Coding = { decode: (text: string) => string | null; encode: (text: string) => string }

const hex = (character: string, length: number): string => character.charCodeAt(0).toString(16).padStart(length, '0')

const form: Coding = {
  decode: (text) =>
    text
      .replaceAll('+', ' ')
      .replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  encode: (text) => text.replaceAll(/[^\w.*-]/g, (each) => (each === ' ' ? '+' : `%${hex(each, 2).toUpperCase()}`)),
}

const json: Coding = {
  decode: (text) => {
    try {
      const value: unknown = JSON.parse(text)
      return typeof value === 'string' ? value : null
    } catch {
      return null
    }
  },
  encode: (text) => JSON.stringify(text).replaceAll(/[^\0-\xff]/g, (each) => `\\u${hex(each, 4)}`),
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const xml: Coding = {
  decode: (text) =>
    text.replaceAll(/&(?:amp|lt|gt|quot);/g, (name) => Object.keys(named).find((each) => named[each] === name) ?? name),
  encode: (text) => text.replaceAll(/[&<>"]/g, (each) => named[each] ?? each),
}

const codings: Record<Kind, Coding> = { form, json, xml }

const base64: Coding = {
  decode: (text) => (text.length % 4 === 0 && /^[A-Za-z0-9+/]{8,}={0,2}$/.test(text) ? atob(text) : null),
  encode: (text) => btoa(text.replaceAll(/[^\0-\xff]/g, '?')),
}
