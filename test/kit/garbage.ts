// What a stranger could send to a provider's address: bytes of no protocol, and messages of the right shape with the wrong things in them.
import type { IncomingRequest } from '../../src/providers/contract.ts'
import type { CallbackSpec, Field, Message, ProviderKit } from '../providers/kit.ts'

export type Garbage = {
  name: string
  method: string
  search?: string
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
/** Bytes that no two runs differ in. */
const noise = (length: number): Uint8Array<ArrayBuffer> => {
  let state = 0x2545f491
  return Uint8Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 255
  })
}
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)
const contentTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/xml',
  'text/plain; charset=utf-16',
  'image/png',
  'application/json; charset=no-such',
  ';;;',
]

const bodies: Record<string, string | Uint8Array<ArrayBuffer>> = {
  nothing: '',
  noise: noise(4_096),
  nul: '\0'.repeat(100),
  'json null': 'null',
  'json number': '1e999',
  'json text': '"x"',
  'json list': '[[],{},null]',
  'empty object': '{}',
  'deep lists': nested('[', ']', 10_000),
  'deep objects': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'open objects': '{"a":'.repeat(10_000),
  'names of Object': '{"__proto__":{"amount":1},"constructor":1,"toString":"x","hasOwnProperty":null}',
  'a name twice': '{"amount":1,"amount":2,"signature":"a","signature":"b"}',
  'great numbers': `{"amount":${'9'.repeat(400)},"resultCode":-0,"transId":1e400}`,
  'lone surrogates': '{"signature":"\\ud800","orderId":"\\udfff\\u0000"}',
  'broken utf-8': new Uint8Array([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0xff, 0x7d]),
  'byte order mark': '\ufeff{"amount":1}',
  'form with nul': 'a=%00&b=%ED%A0%80&c=%&d=%zz&=&&==',
  'form of many names': Array.from({ length: 5_000 }, (_, n) => `k${n}=v`).join('&'),
  'names of Object as form': '__proto__=1&constructor=2&toString=3&__proto__[x]=4',
  'xml with entities': '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
  'multipart without end': '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n',
}

const streamOf = (...pieces: Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull: (controller) => {
      const piece = pieces.shift()
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
  })

/** Bytes of no protocol, in every method. */
export const strangersGarbage = (): Garbage[] => [
  ...Object.entries(bodies).flatMap(([name, body]) =>
    ['application/json', 'application/x-www-form-urlencoded'].map((type) => ({
      name: `POST ${name} as ${type}`,
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })),
  ),
  ...contentTypes.map((type) => ({
    name: `POST as ${type}`,
    method: 'POST',
    headers: { 'content-type': type },
    body: '{"a":1}',
  })),
  { name: 'POST of 64 KB and a byte', method: 'POST', body: noise(64 * 1024 + 1) },
  { name: 'POST of a megabyte of JSON', method: 'POST', body: `{"a":"${'x'.repeat(1_000_000)}"}` },
  {
    name: 'POST in pieces without end',
    method: 'POST',
    body: streamOf(...Array.from({ length: 40 }, () => noise(4_096))),
  },
  { name: 'POST in pieces of nothing', method: 'POST', body: streamOf(encode('{'), new Uint8Array(), encode('"a":')) },
  { name: 'POST with a length that is none', method: 'POST', headers: { 'content-length': 'many' }, body: '{}' },
  { name: 'GET of nothing', method: 'GET' },
  { name: 'GET of nul and surrogates', method: 'GET', search: 'a=%00&b=%ED%A0%80&c=%&d=%zz&=&&==' },
  { name: 'GET of names twice', method: 'GET', search: 'amount=1&amount=2&signature=a&signature=b' },
  { name: 'GET of a long query', method: 'GET', search: `a=${'x'.repeat(100_000)}` },
  { name: 'GET of many names', method: 'GET', search: Array.from({ length: 5_000 }, (_, n) => `k${n}=v`).join('&') },
  { name: 'GET of names of Object', method: 'GET', search: '__proto__=1&constructor=2&toString=3' },
  ...['PUT', 'PATCH', 'DELETE'].map((method) => ({ name: method, method, body: '{"a":1}' })),
]

/** What a field of a message may hold that the protocol does not know. */
const values: Record<string, string> = {
  nothing: '',
  nul: 'a\0b',
  surrogate: '\ud800',
  long: 'x'.repeat(20_000),
  'negative zero': '-0',
  'much too great': '9'.repeat(400),
  fraction: '1.5',
  'a date of no year': '99999999999999',
  'two lines': 'a\r\nb',
  'a name of Object': '__proto__',
}

/**
 * A message of the protocol's own shape in which one field holds what it must not, under a signature that is not the account's; and with every field twice, or
 * gone.
 */
export const shapedGarbage = (
  kit: ProviderKit,
  message: Message<CallbackSpec, IncomingRequest> & { canRepeat?: boolean },
  spec: CallbackSpec,
): Garbage[] => {
  const fields = message.sign(message.fields(spec), kit.accountWithOtherSecrets)
  const sent = (name: string, changed: readonly Field[]): Garbage[] => {
    try {
      const { method, search, headers, body } = message.send(changed)
      const given = Object.fromEntries(headers)
      return [{ name, method, search, headers: given, ...(method === 'GET' ? {} : { body: new Uint8Array(body) }) }]
    } catch {
      // What the wire cannot hold, nobody can send.
      return []
    }
  }
  const replaced = fields.flatMap(([name], index) =>
    Object.entries(values).flatMap(([what, value]) => sent(`${name}: ${what}`, fields.with(index, [name, value]))),
  )
  const gone = fields.flatMap(([name], index) => sent(`without ${name}`, fields.toSpliced(index, 1)))
  const doubled = message.canRepeat ? sent('every field twice', [...fields, ...fields]) : []
  return [...sent('signed by somebody else', fields), ...replaced, ...gone, ...doubled]
}
