import fc from 'fast-check'
import { expect, test } from 'vitest'
import { covers } from '../../src/domain/agency-scope.ts'
import { staffOf, staffProblems } from '../../src/domain/openid.ts'
import { roles } from '../../src/domain/staff.ts'
import { issuerSettings } from '../kit/hostile-issuer.ts'

const claims = { sub: 'lan', name: 'Nguyễn Thị Lan', lephi_role: 'accountant', lephi_agency: 'H56.12' }
const nameFor = (more: object) => {
  const staff = staffOf({ ...claims, name: undefined, ...more }, issuerSettings)
  return typeof staff === 'string' ? staff : staff.name
}

test('makes a person of the claims', () => {
  expect(staffOf(claims, issuerSettings)).toEqual({
    subject: `${issuerSettings.issuer}#lan`,
    name: 'Nguyễn Thị Lan',
    role: 'accountant',
    agency: 'H56.12',
  })
  const listed = { ...claims, lephi_role: ['offline_access', 'checker', 'checker', 7] }
  expect(staffOf(listed, issuerSettings)).toMatchObject({ role: 'checker' })
  const elsewhere = { roleClaim: 'https://lephi.vn/role', agencyClaim: 'don_vi' }
  const renamed = { sub: 'lan', 'https://lephi.vn/role': 'auditor', don_vi: 'H56' }
  expect(staffOf(renamed, { ...issuerSettings, ...elsewhere })).toMatchObject({ role: 'auditor', agency: 'H56' })
})

test('who must have signed in with two factors has done so in one of the ways that are named, and no list or likeness is one', () => {
  const strict = { ...issuerSettings, acr: ['urn:card', 'urn:key'] }
  const acrOf = (acr: unknown) => staffOf({ ...claims, acr }, strict)
  expect(acrOf('urn:key')).toMatchObject({ role: 'accountant' })
  for (const acr of [undefined, null, '', '0', 'urn:ke', 'urn:card urn:key', 'URN:KEY', ['urn:key'], true])
    expect(acrOf(acr)).toBe('too_weak')
  expect(staffOf({ ...claims, acr: '0' }, issuerSettings)).toMatchObject({ role: 'accountant' })
})

test('a name is what colleagues can read', () => {
  expect(nameFor({ name: 'Nguyê\u0303n Thi\u0323 Lan' })).toBe('Nguyễn Thị Lan')
  expect(nameFor({ name: 'La\u202en\u0000' })).toBe('Lan')
  expect(nameFor({ name: ' \u200b ', preferred_username: 'lan.nt' })).toBe('lan.nt')
  expect(nameFor({ name: 7, email: 'lan@example.vn' })).toBe('lan@example.vn')
  expect(nameFor({})).toBe('lan')
  expect(nameFor({ name: 'x'.repeat(1_000) })).toHaveLength(150)
})

test('whatever an issuer claims, a person has one role and an agency that it may speak for', () => {
  const codes = fc.constantFrom('H56', 'H56.12', 'H561', 'H5', '*', '', 'H56.', '.H56', 'H57')
  const value = fc.oneof(fc.constantFrom(...roles), codes, fc.anything(), fc.array(fc.constantFrom(...roles, 'x')))
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(claims)), value), (given) => {
      const staff = staffOf(given, issuerSettings)
      if (typeof staff === 'string') {
        expect(staffProblems).toContain(staff)
        return
      }
      expect(roles).toContain(staff.role)
      expect(covers('H56', staff.agency)).toBe(true)
      expect(staff.subject).toBe(`${issuerSettings.issuer}#${given.sub}`)
      expect(staff.name.length).toBeGreaterThan(0)
    }),
    { numRuns: 2_000 },
  )
})
