// Owns payOS's wire rules: the two texts that are signed, the signature, and a link's VietQR text.
// Source: npm @payos/node 2.0.5 (crypto, convert-obj-to-query-str); NAPAS QR switching, part IV, v1.5.2 for the QR.
import { hmacHex } from '../signing.ts'

export type Members = Record<string, unknown>

const plain = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

const sorted = (item: object): object =>
  Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)))

/** Every member that is there, in the order of its name; null is empty, a list of objects is compact JSON with sorted keys. */
export const dataText = (data: Members): string => {
  const names = Object.keys(data).filter((name) => data[name] !== undefined)
  const pairs = names.sort().map((name) => {
    const value = data[name]
    const items: object[] = Array.isArray(value) ? value : []
    return `${name}=${Array.isArray(value) ? JSON.stringify(items.map(sorted)) : plain(value)}`
  })
  return pairs.join('&')
}

const createFields = ['amount', 'cancelUrl', 'description', 'orderCode', 'returnUrl']

/** The five fields of a create request, raw; nothing else of it is signed. */
export const createText = (body: Members): string =>
  createFields.map((name) => `${name}=${plain(body[name])}`).join('&')

export const signatureOf = (text: string, checksumKey: string): Promise<string> => hmacHex('SHA-256', checksumKey, text)

/** What stands around signed data: `code`, `desc` and, in a webhook, `success` are not covered by the signature. */
export const enveloped = async (data: Members, checksumKey: string): Promise<Members> => ({
  code: '00',
  desc: 'success',
  data,
  signature: await signatureOf(dataText(data), checksumKey),
})

const object = (id: string, value: string): string => `${id}${String(value.length).padStart(2, '0')}${value}`

/** A transfer of exactly this amount to an account, with its text. */
export const vietQr = (to: { bin: string; account: string; amount: bigint; description: string }): string => {
  const service = object(
    '38',
    `0010A000000727${object('01', object('00', to.bin) + object('01', to.account))}0208QRIBFTTA`,
  )
  const money = `5303704${object('54', String(to.amount))}5802VN`
  const payload = `000201010212${service}${money}${object('62', object('08', to.description))}6304`
  return payload + crc16(payload)
}

/** CRC-16/CCITT-FALSE, in the form that goes byte by byte without an inner loop. */
const crc16 = (text: string): string => {
  let crc = 0xffff
  for (const byte of new TextEncoder().encode(text)) {
    const high = (crc >> 8) ^ byte
    const mixed = high ^ (high >> 4)
    crc = ((crc << 8) ^ (mixed << 12) ^ (mixed << 5) ^ mixed) & 0xffff
  }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}
