/** The merchant account: what is checked, what is named, and what is never shown. */
import { expect, test } from 'vitest'
import { clientOf, inspect, portsOf, refusalOf, type Subject } from './subject.ts'

export const accountCases = (subject: Subject): void => {
  const { kit, provider } = subject

  test('accepts an account and keeps its members', () => {
    for (const account of [kit.account, kit.accountWithOtherSecrets]) {
      expect(provider.checkAccount(account)).toMatchObject({ ok: true, account })
    }
    expect(kit.account).not.toEqual(kit.accountWithOtherSecrets)
  })

  test('names each wrong member, and echoes no value', () => {
    expect(kit.wrongAccounts.length).toBeGreaterThan(0)
    for (const { account, pointer } of kit.wrongAccounts) {
      const checked = provider.checkAccount(account)
      expect(checked).toMatchObject({ ok: false })
      if (checked.ok) continue
      expect(checked.problems.map((problem) => problem.pointer)).toContain(pointer)
      for (const name of provider.secrets) {
        const value = account[name]
        if (typeof value === 'string' && value !== '') expect(inspect(checked.problems)).not.toContain(value)
      }
    }
  })

  test('names a missing secret, and what is no account at all', () => {
    const without = (names: readonly string[]) =>
      provider.checkAccount(Object.fromEntries(Object.entries(kit.account).filter(([name]) => !names.includes(name))))
    for (const name of provider.secrets.filter((each) => !kit.optionalSecrets?.includes(each))) {
      const checked = without(kit.oneSecretIsEnough ? provider.secrets : [name])
      expect(checked.ok ? [] : checked.problems.map(({ pointer }) => pointer)).toContain(`/${name}`)
      if (kit.oneSecretIsEnough) expect(without(provider.secrets.filter((each) => each !== name)).ok).toBe(true)
    }
    for (const account of [null, undefined, 'account', 7, [], {}]) expect(provider.checkAccount(account).ok).toBe(false)
  })

  test('never echoes a secret that is wrong', () => {
    for (const name of provider.secrets) {
      for (const value of ['q', 'wrong secret \u0000 with a null', 'w'.repeat(5000)]) {
        const checked = provider.checkAccount({ ...kit.account, [name]: value })
        if (!checked.ok && value.length > 1) expect(inspect(checked.problems)).not.toContain(value)
      }
      expect(provider.checkAccount({ ...kit.account, [name]: '' }).ok, `an empty ${name}`).toBe(false)
    }
  })

  test('does not connect to an account that does not validate', async () => {
    const wrong = kit.wrongAccounts[0]?.account
    const error = await refusalOf(async () => provider.connect(wrong, portsOf()), ['rejected'])
    for (const name of provider.secrets) expect(error.message).not.toContain(String(wrong?.[name]))
  })

  test('declares its secrets, its title and its capabilities truly', () => {
    expect(Object.keys(kit.account)).toEqual(expect.arrayContaining([...provider.secrets]))
    expect(provider.secrets.length).toBeGreaterThan(0)
    expect(provider.title).toMatchObject({ vi: expect.stringMatching(/./), en: expect.stringMatching(/./) })
    const { queryPayment, refundPayment, queryRefund, readReturn } = clientOf(subject)
    const has = { query: !!queryPayment, refund: !!refundPayment, queryRefund: !!queryRefund }
    expect(provider.capabilities).toMatchObject(has)
    // Only a protocol that promises it, in its page, may have a refund sent twice under one reference.
    expect(provider.capabilities.idempotentRefund).toBe(kit.idempotentRefund ?? false)
    const tested = { query: !!kit.query, refund: !!kit.refund, queryRefund: !!kit.refundQuery }
    expect(tested, 'the kit covers every capability').toEqual(has)
    expect(!!kit.returning, 'the kit covers the return').toBe(!!readReturn)
  })

  test('makes references that fit itself and never repeat', () => {
    if (!provider.newReference) return expect(provider).not.toHaveProperty('newReference')
    const { newReference } = provider
    const ports = portsOf()
    const references = Array.from({ length: 200 }, () => newReference(ports))
    expect(new Set(references).size).toBe(200)
    for (const reference of references) expect(reference).toMatch(/^[A-Za-z0-9._-]{1,100}$/)
  })
}
