// Forged callbacks as raw bytes on a socket: what only the wire can say, between the parser of HTTP and the gateway.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpServer, listen } from '../../src/node/http-server.ts'
import type { TestApp } from '../kit/app.ts'
import { booksOf, type House, openDoor, signedBy } from './door.ts'

let app: TestApp
let server: HttpServer
let vietqr: House
let momo: House
let vnpay: House
beforeAll(async () => {
  const opened = await openDoor(['vietqr', 'momo', 'vnpay'])
  app = opened.app
  const [first, second, third] = opened.houses
  if (!first || !second || !third) throw new Error('there are three houses')
  ;[vietqr, momo, vnpay] = [first, second, third]
  server = await listen({ host: '127.0.0.1', port: 0 })
  server.answer((request) => app.app.fetch(request))
})
afterAll(async () => {
  await server.close(0)
  await app.close()
})

/** Writes these bytes on a connection of their own, and answers the statuses that come back before it ends. */
const onWire = async (text: string): Promise<number[]> => {
  const socket = connect(server.port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1')
  socket.on('data', (piece) => {
    answer += piece
  })
  socket.on('error', () => undefined)
  // Some of these never come to an end by themselves.
  socket.setTimeout(5_000, () => socket.destroy())
  socket.write(Buffer.from(text, 'utf8'))
  await once(socket, 'close')
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
}

const lines = (...each: string[]) => each.join('\r\n')
const host = 'Host: gateway.test'
const last = 'Connection: close'
const pathOf = ({ name, account }: House, at = account) => `/callbacks/${name}/${at}`
const textOf = (body: Uint8Array) => new TextDecoder().decode(body)
const lengthOf = (body: string) => `Content-Length: ${Buffer.byteLength(body)}`
const chunked = (...pieces: string[]) =>
  `${pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`).join('')}0\r\n`
const headersOf = (headers: Headers) => [...headers].map(([name, value]) => `${name}: ${value}`)

/** The paid payment's news, which is genuine, and the owed one's, which another account's key signed. */
const messages = (house: House) => {
  const genuine = signedBy(house, house.paid, house.kit.account)
  const forged = signedBy(house, house.owed, house.kit.accountWithOtherSecrets)
  return { genuine, forged, genuineBody: textOf(genuine.body), forgedBody: textOf(forged.body) }
}

test('nothing that is said twice, in between or behind is believed', async () => {
  expect(await onWire(vnpayGet(pathOf(vnpay), messages(vnpay).genuine.search))).toEqual([200])
  const { genuine, forged, genuineBody, forgedBody } = messages(vietqr)
  const [good, bad] = [genuine, forged].map(({ headers }) => headers.get('x-sepay-signature') ?? '')
  const at = genuine.headers.get('x-sepay-timestamp') ?? ''
  const post = `POST ${pathOf(vietqr)} HTTP/1.1`
  expect(
    await onWire(lines(post, host, ...headersOf(genuine.headers), lengthOf(genuineBody), last, '', genuineBody)),
  ).toEqual([200])
  const momos = messages(momo)
  const momoPost = `POST ${pathOf(momo)} HTTP/1.1`
  const json = 'Content-Type: application/json'
  expect(await onWire(lines(momoPost, host, json, lengthOf(momos.genuineBody), last, '', momos.genuineBody))).toEqual([
    204,
  ])
  const books = await booksOf(app)
  const stamp = `x-sepay-timestamp: ${at}`
  const cases: Record<string, string> = {
    'two signatures': lines(
      post,
      host,
      stamp,
      `x-sepay-signature: ${good}`,
      `x-sepay-signature: ${bad}`,
      lengthOf(forgedBody),
      last,
      '',
      forgedBody,
    ),
    'a signature in the trailer': lines(
      post,
      host,
      stamp,
      'Trailer: x-sepay-signature',
      'Transfer-Encoding: chunked',
      last,
      '',
      `${chunked(forgedBody)}x-sepay-signature: ${good}`,
      '',
      '',
    ),
    'a folded header': lines(
      post,
      host,
      stamp,
      'x-other: a',
      ` x-sepay-signature: ${good}`,
      lengthOf(forgedBody),
      last,
      '',
      forgedBody,
    ),
    'a blank before the colon': lines(
      post,
      host,
      stamp,
      `x-sepay-signature : ${good}`,
      lengthOf(forgedBody),
      last,
      '',
      forgedBody,
    ),
    'an underscore for a dash': lines(
      post,
      host,
      stamp,
      `x_sepay_signature: ${good}`,
      lengthOf(forgedBody),
      last,
      '',
      forgedBody,
    ),
    'two lengths': lines(
      post,
      host,
      ...headersOf(genuine.headers),
      lengthOf(genuineBody),
      lengthOf(forgedBody),
      last,
      '',
      forgedBody,
    ),
    'a length and chunks': lines(
      momoPost,
      host,
      json,
      lengthOf(momos.genuineBody),
      'Transfer-Encoding: chunked',
      last,
      '',
      chunked(momos.forgedBody),
      '',
    ),
    'chunks in two ways': lines(
      momoPost,
      host,
      json,
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: identity',
      last,
      '',
      chunked(momos.forgedBody),
      '',
    ),
    'two bodies in chunks': lines(
      momoPost,
      host,
      json,
      'Transfer-Encoding: chunked',
      last,
      '',
      chunked(momos.genuineBody, momos.forgedBody),
      '',
    ),
    'a request behind a body': lines(
      momoPost,
      host,
      json,
      lengthOf(momos.genuineBody),
      '',
      `${momos.genuineBody}${momoPost}`,
      host,
      json,
      lengthOf(momos.forgedBody),
      last,
      '',
      momos.forgedBody,
    ),
    'the address of another account by dots': vnpayGet(
      `${pathOf(vnpay, vnpay.otherAccount)}/../${vnpay.account}`,
      messages(vnpay).forged.search,
    ),
    'dots in per cent': vnpayGet(
      `${pathOf(vnpay, vnpay.otherAccount)}/%2e%2e/${vnpay.account}`,
      messages(vnpay).forged.search,
    ),
    'an absolute address of another host': vnpayGet(`http://other.test${pathOf(vnpay)}`, messages(vnpay).forged.search),
    'two hosts': lines(
      `GET ${pathOf(vnpay)}?${messages(vnpay).forged.search} HTTP/1.1`,
      host,
      'Host: other.test',
      last,
      '',
      '',
    ),
    'two queries': vnpayGet(pathOf(vnpay), `${messages(vnpay).genuine.search}?${messages(vnpay).forged.search}`),
  }
  for (const [what, bytes] of Object.entries(cases)) {
    await onWire(bytes)
    expect(await booksOf(app), what).toBe(books)
  }
})

const vnpayGet = (path: string, search: string) => lines(`GET ${path}?${search} HTTP/1.1`, host, last, '', '')

test('a genuine callback is believed however its bytes are cut', async () => {
  const body = textOf(signedBy(momo, momo.owed, momo.kit.account).body)
  const pieces = body.match(/.{1,40}/gsu) ?? []
  const statuses = await onWire(
    lines(
      `POST ${pathOf(momo)} HTTP/1.1`,
      host,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
      last,
      '',
      chunked(...pieces),
      '',
    ),
  )
  await app.deps.settled()
  const [attempt] = await app.sql`
    select amount_captured from attempts where merchant_account_id = ${momo.account} and merchant_reference = ${momo.owed}`
  expect([statuses, attempt?.amountCaptured]).toEqual([[204], 150_000n])
})
