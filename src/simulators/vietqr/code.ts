// Owns how a bank app reads a VietQR code: a chain of ID, length and value, closed by a CRC (NAPAS QR switching part IV v1.5.2; EMVCo QRCPS v1.1).

/** Amount in đồng; null when the payer has to type it. */
export interface ScannedCode {
  bank_bin: string
  account_number: string
  amount: bigint | null
  purpose: string
}

/** What the code says; null when an app would not take it. */
export const scanCode = (text: string): ScannedCode | null => {
  const root = members(text)
  const info = members(root?.get('38') ?? '')
  const beneficiary = members(info?.get('01') ?? '')
  if (!root || !info || !beneficiary || info.get('00') !== 'A000000727' || info.get('02') !== 'QRIBFTTA') return null
  if (root.get('00') !== '01' || root.get('53') !== '704' || root.get('58') !== 'VN') return null
  if (checksum(text.slice(0, -4)) !== text.slice(-4).toUpperCase() || text.slice(-8, -4) !== '6304') return null
  const [bank_bin = '', account_number = ''] = [beneficiary.get('00'), beneficiary.get('01')]
  const amount = root.get('54') ?? ''
  if (!/^\d{6}$/.test(bank_bin) || account_number === '' || !/^([1-9]\d{0,12})?$/.test(amount)) return null
  const purpose = members(root.get('62') ?? '')?.get('08') ?? ''
  return { bank_bin, account_number, amount: amount === '' ? null : BigInt(amount), purpose }
}

/** The objects of a chain by ID; null when it is broken or says one thing twice. */
const members = (chain: string): Map<string, string> | null => {
  const found = new Map<string, string>()
  let rest = chain
  while (rest !== '') {
    const [, id = '', length = ''] = /^(\d\d)(\d\d)/.exec(rest) ?? []
    const size = Number(length)
    const value = rest.slice(4, 4 + size)
    if (id === '' || size === 0 || value.length !== size || found.has(id)) return null
    found.set(id, value)
    rest = rest.slice(4 + size)
  }
  return found
}

/** CRC-16/CCITT-FALSE, bit by bit. */
const checksum = (text: string): string => {
  let register = 0xffff
  for (const byte of new TextEncoder().encode(text)) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const out = (register >> 15) & 1
      register = (register << 1) & 0xffff
      if (out !== ((byte >> bit) & 1)) register ^= 0x1021
    }
  }
  return register.toString(16).toUpperCase().padStart(4, '0')
}
