import { describe, expect, it } from 'vitest'
import { normaliseDossierCode, readDossierCode } from '../../src/domain/dossier-code.ts'

const today = '2026-11-22'
const warningsOf = (text: string) => readDossierCode(text, today)?.warnings.map((warning) => warning.code)

describe('a dossier code', () => {
  it.each([
    ['H56.14-261122-0001', 'H56.14', '2026-11-22', '0001'],
    ['H56.242-261122-0107', 'H56.242', '2026-11-22', '0107'],
    ['H56-261122-1800123', 'H56', '2026-11-22', '1800123'],
    ['000.00.14.H56-250630-0042', '000.00.14.H56', '2025-06-30', '0042'],
    ['H56.12.03-261122-0007', 'H56.12.03', '2026-11-22', '0007'],
    [' h56.14 – 261122 — 0001\n', 'H56.14', '2026-11-22', '0001'],
    ['H56.14-240229-0001', 'H56.14', '2024-02-29', '0001'],
  ])('is recognised in %j', (text, unit, day, sequence) => {
    expect(readDossierCode(text, today)).toEqual({
      code: `${unit}-${day.slice(2).replaceAll('-', '')}-${sequence}`,
      parts: { unit, day, sequence },
      warnings: [],
    })
  })

  it.each([
    ['H5.14-261122-0001', 'dossier_code_unknown_shape'],
    ['H56.14-261122-001', 'dossier_code_unknown_shape'],
    ['H56.14-261122-12345678', 'dossier_code_unknown_shape'],
    ['H56.1-261122-0001', 'dossier_code_unknown_shape'],
    ['G22.99.01-2026-11-22-0001', 'dossier_code_unknown_shape'],
    ['hồ sơ số 7', 'dossier_code_unknown_shape'],
    ['H56.14-261332-0001', 'dossier_code_bad_date'],
    ['H56.14-250229-0001', 'dossier_code_bad_date'],
    ['H56.14-261123-0001', 'dossier_code_future_date'],
  ])('is accepted with a warning: %s', (text, warning) => expect(warningsOf(text)).toEqual([warning]))

  it('keeps its parts when only its date is in the future', () => {
    expect(readDossierCode('H56.14-261123-0001', today)?.parts?.day).toBe('2026-11-23')
    expect(readDossierCode('H56.14-261332-0001', today)?.parts).toBeNull()
  })

  it('has at most 50 characters after normalising', () => {
    expect(readDossierCode(`${'A'.repeat(50)}   `, today)?.code).toHaveLength(50)
    expect(readDossierCode('A'.repeat(51), today)).toBeNull()
  })

  it.each(['', '   ', '\u00a0', 'H56\u0000', 'H56\u202eX', 'H56\u200b.14-261122-0001', '\ud800'])(
    'refuses %j',
    (text) => expect(readDossierCode(text, today)).toBeNull(),
  )

  it('is normalised once and for all', () => {
    const once = normaliseDossierCode('  hồ–sơ  h56 ')
    expect(normaliseDossierCode(once)).toBe(once)
    expect(once).toBe('HỒ-SƠH56')
  })
})
