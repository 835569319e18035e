// Loaded into a process that a test starts (`describedProcess`): holds each call that comes to a port of it against openapi.yaml, as described-calls.ts does without
// ports. So what curl, a browser or another program asks is held too. What is wrong is told on standard error, in a line that begins with `notDescribed`.
import { type IncomingMessage, Server, type ServerResponse } from 'node:http'
import { callProblem, isJson } from './described-calls.ts'
import { notDescribed } from './described-mark.ts'
import { description, type Found } from './description.ts'
import { readSent } from './sent-body.ts'

/** Of a longer body the type alone is looked at. */
const bytesMax = 1024 * 1024

const { emit } = Server.prototype
Server.prototype.emit = function (this: Server, event: string | symbol, ...args: unknown[]) {
  if (event === 'request') {
    const [asked, answer] = args as [IncomingMessage, ServerResponse]
    const path = new URL(asked.url ?? '/', 'http://localhost').pathname
    const found = description().find(String(asked.method), path)
    if (found) watch(found, asked, answer)
  }
  return Reflect.apply(emit, this, [event, ...args])
}

const watch = (found: Found, asked: IncomingMessage, answer: ServerResponse): void => {
  const sent = keep(asked, 'push')
  const told = [keep(answer, 'write'), keep(answer, 'end')]
  let headers = new Headers()
  const { writeHead } = answer
  answer.writeHead = ((...args: unknown[]) => {
    headers = headersOf(args.find((each) => typeof each === 'object'))
    return Reflect.apply(writeHead, answer, args)
  }) as typeof writeHead
  answer.on('finish', () => {
    for (const [name, value] of Object.entries(answer.getHeaders())) headers.set(name, String(value))
    void hold({ found, asked, answer, headers, sent: sent(), told: told.map((bytes) => bytes()) }).catch(tell)
  })
}

/** Keeps what is handed to a method as bytes; null for too much of it. */
const keep = (about: object, method: 'push' | 'write' | 'end'): (() => Buffer<ArrayBuffer> | null) => {
  const pieces: Buffer[] = []
  let bytes = 0
  const original = Reflect.get(about, method)
  Reflect.set(about, method, (...args: unknown[]) => {
    const [piece] = args
    const isBytes = piece instanceof Uint8Array
    if (isBytes || typeof piece === 'string') {
      bytes += piece.length
      if (bytes <= bytesMax) pieces.push(isBytes ? Buffer.from(piece) : Buffer.from(piece))
    }
    return Reflect.apply(original, about, args)
  })
  return () => (bytes > bytesMax ? null : Buffer.concat(pieces))
}

const headersOf = (given: unknown): Headers => {
  if (!Array.isArray(given)) return new Headers((given ?? {}) as Record<string, string>)
  const pairs = given.every(Array.isArray)
    ? given
    : given.flatMap((name, at) => (at % 2 ? [] : [[name, given[at + 1]]]))
  return new Headers(pairs as [string, string][])
}

type Seen = {
  found: Found
  asked: IncomingMessage
  answer: ServerResponse
  headers: Headers
  sent: Buffer<ArrayBuffer> | null
  told: (Buffer<ArrayBuffer> | null)[]
}

const hold = async ({ found, asked, answer, headers, sent, told }: Seen): Promise<void> => {
  const asking = Object.entries(asked.headers).map(([name, value]): [string, string] => [name, String(value)])
  const body = sent && sent.length > 0 ? sent : null
  const init = {
    method: String(asked.method),
    headers: asking,
    ...(sent === null || body ? { body: body ?? 'x' } : {}),
  }
  const request = new Request(new URL(asked.url ?? '/', 'http://localhost'), init)
  const response = new Response(null, { status: answer.statusCode, headers })
  const whole = told.every((each) => each !== null) ? Buffer.concat(told as Buffer[]).toString('utf8') : null
  const text = isJson((headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '') ? whole : null
  const read = body ? await readSent(String(asked.headers['content-type'] ?? ''), body) : null
  const wrong = callProblem({ request, sent: read, answer: response, body: text, found })
  if (wrong) tell(wrong)
}

const tell = (what: unknown): void => console.error(`${notDescribed} ${what instanceof Error ? what.stack : what}`)
