/** A transfer QR as two libraries of others read it. */
import { createRequire } from 'node:module'
import { QRPay } from 'vietnam-qr-pay'

/** The members that a bank app acts on. */
export type SeenQr = { bankBin: string; account: string; amount: bigint; purpose: string }

/** npm vietnam-qr-pay 1.5.1, written for VietQR. Throws when it finds the code invalid. */
export const readByVietnamQrPay = (payload: string): SeenQr => {
  const { isValid, consumer, amount, additionalData } = new QRPay(payload)
  if (!isValid) throw new Error('vietnam-qr-pay refuses this code')
  const [bankBin = '', account = ''] = [consumer.bankBin, consumer.bankNumber]
  return { bankBin, account, amount: BigInt(amount ?? 0), purpose: additionalData.purpose ?? '' }
}

type EmvItem = { data: string | Record<string, { data: string }> }
type Emvqr = { decode: (payload: string) => Record<string, EmvItem | undefined> }

/** Loaded when it is asked: the kit of a provider, which needs the other library only, also runs where nothing can be loaded. */
const loadEmvqr = (): Emvqr => createRequire(import.meta.url)('emvqr') as Emvqr

/** npm emvqr 0.0.5, which knows EMVCo's codes in general: of object 38 it opens the first level only. Throws when the checksum is
 * wrong, and also when it begins with 00, for it pads to even digits only. */
export const readByEmvqr = (payload: string): SeenQr => {
  const items = loadEmvqr().decode(payload)
  const member = (id: string, inner: string): string => {
    const data = items[id]?.data
    return typeof data === 'object' ? (data[inner]?.data ?? '') : ''
  }
  const [, bankBin = '', account = ''] = /^0006(.{6})01..(.*)$/.exec(member('38', '01')) ?? []
  return { bankBin, account, amount: BigInt(String(items['54']?.data ?? 0)), purpose: member('62', '08') }
}
