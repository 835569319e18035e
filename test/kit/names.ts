// A server of names that knows one: an IPv4 address that a test may change (RFC 1035, 4.1).
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

export type Names = { port: number; address: string; close: () => void }

export const serveNames = async (address: string): Promise<Names> => {
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => socket.send(answerTo(question, names.address), from.port, from.address))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const names: Names = { port: socket.address().port, address, close: () => void socket.close() }
  return names
}

const headerBytes = 12
const typeA = 1

/** The question repeated, and behind it the address, whatever name was asked for; nothing where another kind of record was. */
const answerTo = (question: Buffer, address: string): Buffer => {
  const end = question.indexOf(0, headerBytes) + 5
  const asked = question.subarray(headerBytes, end)
  const isKnown = asked.readUInt16BE(asked.length - 4) === typeA
  const header = Buffer.from([...question.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isKnown ? 1 : 0, 0, 0, 0, 0])
  const record = [0xc0, headerBytes, 0, typeA, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]
  return Buffer.concat([header, asked, Buffer.from(isKnown ? record : [])])
}
