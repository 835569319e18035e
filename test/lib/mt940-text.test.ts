import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEntryText } from '../../src/lib/mt940-text.ts'

describe('the text of an entry', () => {
  it.each([
    ['LP2611220001  NOP LE PHI', 'LP2611220001 NOP LE PHI', null, null],
    ['', null, null, null],
    ['/ 2026/11 NOP', '/ 2026/11 NOP', null, null],
    [
      '166?00GUTSCHRIFT?100399?20EREF+E 22 004?21 00001?22SVWZ+Verw BC?23Nr 22?30BIC?31DE14?32KARL?33   KAUFMANN',
      'EREF+E 22 004 00001 SVWZ+Verw BCNr 22',
      'KARL KAUFMANN',
      'E 22 004 00001',
    ],
    ['191?00SEPA-UEBERW?20KREF+T 01022?21MTLG:Auft?22rag', 'KREF+T 01022 MTLG:Auftrag', null, null],
    ['166?00GHI CO?60NOP?61 PHI', 'NOP PHI', null, null],
    ['809?00PHI DICH VU', 'PHI DICH VU', null, null],
    ['166?20EREF+NOTPROVIDED?21SVWZ+A', 'EREF+NOTPROVIDED SVWZ+A', null, null],
    ['/TRTP/OVERBOEKING/IBAN/NL1/BIC/ING/NAME/J JANSEN/REMI/FACTUUR 1/EREF/E-7', 'E-7 FACTUUR 1', 'J JANSEN', 'E-7'],
    ['/EREF/EV1//CNTP/NL32/INGBNL2A/ING BANK NV///REMI/USTD//EV10001 REP/', 'EV1 EV10001 REP', 'ING BANK NV', 'EV1'],
    ['/EREF/NOTPROVIDED//ORDP//NAME/AN/REMI/LP-1/2026/ISDT/2026-11-22', 'LP-1/2026', 'AN', null],
    ['/REMI/LP-1/EREF/LP-1', 'LP-1', null, 'LP-1'],
    ['/ABC/NOTHING KNOWN', '/ABC/NOTHING KNOWN', null, null],
  ])('%s', (text, description, counterparty, reference) => {
    const read = readEntryText(text)
    expect(read).toEqual({ description, counterparty, reference: reference ?? null })
  })

  it('is never lost whole, however its parts are marked', () => {
    const bits = fc.array(
      fc.constantFrom('166', '?20', '?32', '?', '/', 'EREF', 'REMI', 'NAME', '+', 'x', ' ', '/EREF/', '/REMI/'),
    )
    fc.assert(
      fc.property(bits, (parts) => {
        const text = parts.join('')
        expect(readEntryText(text).description === null).toBe(text.trim() === '')
      }),
    )
  })
})
