/**
 * VietQR, the transfer QR of NAPAS 247: an EMVCo text that tells a bank app which account to credit, how much and with which words. Written and read
 * after NAPAS "Technical Specifications on NAPAS QR Switching", part IV, v1.5.2 (2021-01), and EMVCo QRCPS merchant-presented mode v1.1. It holds no
 * secret and no signature: the CRC finds reading errors, not fraud.
 */
import { asciiOnly } from '../lib/text.ts'

const services = ['QRIBFTTA', 'QRIBFTTC', 'QRPUSH', 'QRCASH'] as const

/** Texts are cleaned before they are written (`cleanPurpose`); one of which nothing is left is left out. */
export type QrParams = {
  bankBin: string
  account: string
  /** A transfer to an account unless said otherwise. */
  service?: (typeof services)[number]
  /** Whole đồng. With an amount the code is for one payment, without it is a counter sign. */
  amount?: bigint | string
  mcc?: string
  merchantName?: string
  merchantCity?: string
  postalCode?: string
  billNumber?: string
  mobileNumber?: string
  storeLabel?: string
  loyaltyNumber?: string
  referenceLabel?: string
  customerLabel?: string
  terminalLabel?: string
  /** The only text that reaches the transfer. */
  purpose?: string
}

/** `text`: a merchant's field or a field of object 62 other than the purpose is longer than its place, or the code `mcc` is not four digits. */
export type BuildProblem = 'bin' | 'account' | 'amount' | 'purpose-too-long' | 'text' | 'template-too-long'
export type ReadProblem = 'tlv' | 'crc' | 'duplicate-tag' | 'not-vietqr' | 'currency' | 'amount' | 'policy'

export type BuiltQr = { ok: true; payload: string } | { ok: false; reason: BuildProblem }
export type ReadQr =
  | { ok: true; bankBin: string; account: string; amount: bigint | null; purpose: string | null }
  | { ok: false; reason: ReadProblem }

/** The text of the QR, or the first thing that it cannot hold. Nothing is ever cut: a cut reference could not be found again. */
export const buildTransferQr = (params: QrParams): BuiltQr => {
  const { bankBin, account, service = services[0], mcc = '' } = params
  if (!binShape.test(bankBin)) return { ok: false, reason: 'bin' }
  if (!accountShape.test(account)) return { ok: false, reason: 'account' }
  const amount = params.amount === undefined ? '' : String(params.amount)
  if (params.amount !== undefined && !amountShape.test(amount)) return { ok: false, reason: 'amount' }
  const purpose = cleanPurpose(params.purpose ?? '')
  if (purpose.length > 25) return { ok: false, reason: 'purpose-too-long' }
  const labels = labelNames.map((name) => cleanPurpose(params[name] ?? ''))
  const [name = '', city = '', postalCode = ''] = [params.merchantName, params.merchantCity, params.postalCode].map(
    (text) => cleanPurpose(text ?? ''),
  )
  const tooLong = name.length > 25 || city.length > 15 || postalCode.length > 10
  if (tooLong || labels.some((label) => label.length > 25) || !/^([0-9]{4})?$/.test(mcc))
    return { ok: false, reason: 'text' }
  const additional = [...labels, purpose].map((value, index) => object(index + 1, value)).join('')
  if (additional.length > 99) return { ok: false, reason: 'template-too-long' }
  const beneficiary = object(0, bankBin) + object(1, account)
  const payload = [
    object(0, '01'),
    object(1, amount === '' ? '11' : '12'),
    object(38, object(0, applicationId) + object(1, beneficiary) + object(2, service)),
    ...[object(52, mcc), object(53, '704'), object(54, amount), object(58, 'VN')],
    ...[object(59, name), object(60, city), object(61, postalCode), object(62, additional)],
    '6304',
  ].join('')
  return { ok: true, payload: payload + crcOf(payload) }
}

/** What a transfer QR says, or the first rule that it breaks. Objects that are unknown here are passed over, as EMVCo asks. */
export const readTransferQr = (text: string): ReadQr => {
  const root = readChain(text)
  const accountInfo = root && memberOf(root, '38')
  const template = accountInfo == null ? null : readChain(accountInfo)
  const isTransfer = template !== null && memberOf(template, '00') === applicationId
  const [inner, extra] = [isTransfer ? memberOf(template, '01') : null, root && memberOf(root, '62')]
  const beneficiary = inner === null ? null : readChain(inner)
  const additional = extra === null ? [] : readChain(extra)
  const isBroken = !isFramed(root) || (accountInfo !== null && !template) || (inner !== null && !beneficiary)
  if (!root || !additional || isBroken) return { ok: false, reason: 'tlv' }
  if (text.slice(-4).toUpperCase() !== crcOf(text.slice(0, -4))) return { ok: false, reason: 'crc' }
  if ([root, template ?? [], beneficiary ?? [], additional].some(hasTwice))
    return { ok: false, reason: 'duplicate-tag' }

  const [bankBin, account] = [memberOf(beneficiary ?? [], '00') ?? '', memberOf(beneficiary ?? [], '01') ?? '']
  const service = memberOf(template ?? [], '02') ?? services[0]
  const isWhole = binShape.test(bankBin) && accountShape.test(account) && services.some((each) => each === service)
  if (!isTransfer || !isWhole) return { ok: false, reason: 'not-vietqr' }
  if (memberOf(root, '53') !== '704') return { ok: false, reason: 'currency' }
  const amount = memberOf(root, '54')
  if (amount !== null && !amountShape.test(amount)) return { ok: false, reason: 'amount' }
  if (amount === null && memberOf(root, '01') === '12') return { ok: false, reason: 'policy' }
  const purpose = memberOf(additional, '08')
  return { ok: true, bankBin, account, amount: amount === null ? null : BigInt(amount), purpose }
}

/** The text as it survives a transfer: Latin letters without marks, digits and single spaces. */
export const cleanPurpose = (text: string): string => asciiOnly(text, /[A-Za-z0-9 ]/)

const applicationId = 'A000000727'
const binShape = /^[0-9]{6}$/
const accountShape = /^[0-9A-Za-z]{1,19}$/
const amountShape = /^[1-9][0-9]{0,12}$/
// A fee's QR has 90 to 200 characters; EMVCo advises at most 512.
const lengthMax = 512
/** 62.01 to 62.07, in their order. */
const labelNames = [
  ...(['billNumber', 'mobileNumber', 'storeLabel', 'loyaltyNumber'] as const),
  ...(['referenceLabel', 'customerLabel', 'terminalLabel'] as const),
]

const twoDigits = (n: number): string => String(n).padStart(2, '0')

/** ID, length, value; nothing for an empty value, which is never written. */
const object = (id: number, value: string): string =>
  value === '' ? '' : twoDigits(id) + twoDigits(value.length) + value

type Chain = readonly (readonly [id: string, value: string])[]

/** The objects of a chain; null when it does not come out even. Lengths count characters, as both public libraries write them. */
const readChain = (text: string): Chain | null => {
  if (text.length > lengthMax || !text.isWellFormed()) return null
  const objects: [string, string][] = []
  for (let at = 0; at < text.length; ) {
    const head = text.slice(at, at + 4)
    const end = at + 4 + Number(head.slice(2))
    if (!/^[0-9]{4}$/.test(head) || end === at + 4 || end > text.length) return null
    objects.push([head.slice(0, 2), text.slice(at + 4, end)])
    at = end
  }
  return objects
}

/** 00 = 01 comes first and the CRC comes last, nowhere else. */
const isFramed = (root: Chain | null): boolean => {
  const [first, last] = [root?.at(0), root?.at(-1)]
  const ends = root?.filter(([id]) => id === '63').length === 1 && last?.[0] === '63' && last[1].length === 4
  return ends && first?.[0] === '00' && first[1] === '01'
}

const memberOf = (chain: Chain, id: string): string | null => chain.find(([each]) => each === id)?.[1] ?? null

const hasTwice = (chain: Chain): boolean => new Set(chain.map(([id]) => id)).size < chain.length

/** CRC-16/CCITT-FALSE over the UTF-8 bytes, four upper-case hex digits. */
const crcOf = (text: string): string => {
  let crc = 0xffff
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
  }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}
