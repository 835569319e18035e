/** A VietQR text as payOS answers it, built by a few lines of the tests' own: `bin`, account, amount and purpose with a CRC. */
const object = (id: string, value: string): string => id + String(value.length).padStart(2, '0') + value

/** CRC-16/CCITT-FALSE by table: another way to compute it than the gateway's bit by bit. */
const table = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  return crc & 0xffff
})
const crc = (text: string): string =>
  Array.from(Buffer.from(text, 'utf8'))
    .reduce((sum, byte) => ((sum << 8) & 0xffff) ^ (table[((sum >> 8) ^ byte) & 0xff] ?? 0), 0xffff)
    .toString(16)
    .toUpperCase()
    .padStart(4, '0')

export const vietQr = ({
  bin,
  account,
  amount,
  text,
}: Record<'bin' | 'account' | 'amount' | 'text', string>): string => {
  const beneficiary = object('00', bin) + object('01', account)
  const payload = [
    object('00', '01') + object('01', '12'),
    object('38', object('00', 'A000000727') + object('01', beneficiary) + object('02', 'QRIBFTTA')),
    object('53', '704') + object('54', amount) + object('58', 'VN') + object('62', object('08', text)),
    '6304',
  ].join('')
  return payload + crc(payload)
}
