/** Payoo's check sums: SHA-512 of the secret and a text behind it, in hex of either letter case (paynow version 2, public integrations of 2018 and 2021). */
import { sha512Hex } from '../../lib/hmac.ts'
import { isSameHex } from '../signed-text.ts'

/** Of an order: over the exact text of its XML. */
export const orderCheckSum = (xml: string, secret: string): string => sha512Hex(secret + xml)

/** Of a browser's return: points between the values, none after the secret. */
export const returnText = ({
  session,
  orderNo,
  status,
}: {
  session: string
  orderNo: string
  status: string
}): string => `${session}.${orderNo}.${status}`

/** Of a notice: a bar before each value, in the order of its `KeyFields`. */
export const noticeText = (values: readonly string[]): string => values.map((value) => `|${value}`).join('')

/** Whether `received` is the check sum of what stands behind the secret, in constant time. */
export const isSigned = (text: string, { received, secret }: { received: string; secret: string }): boolean =>
  isSameHex({ expected: sha512Hex(secret + text), received })
