// How banks word a transfer: what stands around a reference, and what is lost of it.
import type { BankStyle, Maker } from './world.ts'

/** The description of a credit that names `text`, or nothing. */
export const wording = ({ chance }: Maker, style: BankStyle, text: string): string => {
  const digits = (count: number) => Array.from({ length: count }, () => chance.below(10)).join('')
  const named = text === '' ? chance.pick(['QUYET TOAN DICH VU', 'THANH TOAN DOI TAC', 'CHUYEN TIEN']) : text
  if (style === 'mbvcb')
    return `MBVCB.${digits(10)}.${named}.CT tu ${digits(13)} CONG TY CP THANH TOAN toi ${digits(10)} KHO BAC`
  if (style === 'dashed') return `${named} -CTLNHIDI0000${digits(9)}-1/1-CRE-002`
  if (style === 'spelled') return `CT DEN:${digits(12)} TGTT QUYET TOAN ${named}; THANH TOAN DICH VU CONG`
  if (style === 'remit') return `REM Tfr Ac:${digits(14)} O@L_970436_${digits(9)} ${named}`
  return `Quyết toán ${named}`
}

/** A payout's reference as it survives a bank: case, spaces, separators, diacritics, or the end of it. */
export const damagedReference = ({ chance }: Maker, reference: string): string => {
  const hasSeparators = /[-.]/.test(reference)
  const kinds = [
    'case',
    'case',
    ...(hasSeparators ? ['space', 'joined'] : ['inside']),
    ...(/Đ/.test(reference) ? ['accents', 'accents', 'decomposed'] : []),
  ]
  // Of a short reference nothing may be cut: what is left would name another.
  if (reference.length >= 12) kinds.push('tail')
  const kind = chance.pick(kinds)
  if (kind === 'case') return reference.toLowerCase()
  if (kind === 'space') return reference.replaceAll(/[-.]/g, ' ')
  if (kind === 'joined') return reference.replaceAll(/[-.]/g, '')
  if (kind === 'inside') return `${reference.slice(0, 5)} ${reference.slice(5)}`
  if (kind === 'accents') return withoutMarks(reference)
  if (kind === 'decomposed') return reference.normalize('NFD')
  return reference.slice(0, -2)
}

const withoutMarks = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('Đ', 'D').replaceAll('đ', 'd')
