import { describe, expect, it } from 'vitest'
import { isSameProcedure, readProcedureCode } from '../../src/domain/procedure-code.ts'

describe('a procedure code', () => {
  it.each([
    ['1.001193', '1.001193', null, null],
    ['1.001193.H56', '1.001193', 'H56', null],
    ['1.010708.000.00.00.H56', '1.010708', 'H56', null],
    ['2.000815.000.00.00.H55.02', '2.000815', 'H55', '02'],
    ['2.000815.01', '2.000815', null, '01'],
    [' 2.002622.h56 ', '2.002622', 'H56', null],
    ['9.900001', '9.900001', null, null],
  ])('is read from %s', (text, national, organisation, service) => {
    expect(readProcedureCode(text)).toEqual({ national, organisation, service })
  })

  it.each([
    '',
    '1.00119',
    '1.0011933',
    '1001193',
    '1.001193.H5',
    '1.001193.',
    '1.001193.000.00.H56',
    '1.001193\nx',
    'BXD-12',
  ])('is not read from "%s"', (text) => expect(readProcedureCode(text)).toBeNull())
})

it('knows the same procedure in old and new writing', () => {
  expect(isSameProcedure('1.001193.H56', '1.001193.000.00.00.H56')).toBe(true)
  expect(isSameProcedure('1.001193', '1.001194')).toBe(false)
  expect(isSameProcedure('BXD-12', 'BXD-12 ')).toBe(true)
  expect(isSameProcedure('BXD-12', '1.001193')).toBe(false)
  expect(isSameProcedure('1.001193', 'BXD-12')).toBe(false)
})
