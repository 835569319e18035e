import { expect, it } from 'vitest'
import { maskText } from '../../src/domain/mask-text.ts'

it('masks numbers of phones and identity cards and addresses of mail, however they are written', () => {
  expect(maskText('sdt 0912345678, +84912345678 hoac 091 234 56 78; 0912.345.678')).toBe('sdt •••, ••• hoac •••; •••')
  expect(maskText('CCCD 038190001234 lan.nguyen+1@thanhhoa.gov.vn')).toBe('CCCD ••• •••')
})

it('leaves names, dossiers, amounts, days and references', () => {
  const text =
    'NGUYEN THI LAN nop H56.12.03-261122-0007 150000 ngay 23/11/2026 01-02-2026 10:00 FT26328123456789 LP0912345678X 1017595600'
  expect(maskText(text)).toBe(text)
})
