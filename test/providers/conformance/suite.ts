/** The cases of every provider that has a kit, each in a group of its name. */
import { describe } from 'vitest'
import { registry } from '../../../src/providers/registry.ts'
import type { ProviderKit } from '../kit.ts'
import { accountCases } from './accounts.ts'
import { callbackCases } from './callbacks.ts'
import { forgeryCases } from './forgeries.ts'
import { hostileCases } from './hostile.ts'
import { queryCases } from './queries.ts'
import { refundCases, refundQueryCases } from './refunds.ts'
import { startCases } from './start.ts'

export const conformanceSuite = (kits: ReadonlyMap<string, ProviderKit>): void => {
  for (const [name, provider] of Object.entries(registry)) {
    const kit = kits.get(name)
    if (!kit) continue
    const subject = { name, provider, kit }
    describe(name, () => {
      accountCases(subject)
      startCases(subject)
      callbackCases(subject)
      forgeryCases(subject)
      hostileCases(subject)
      if (kit.query) queryCases(subject, kit.query)
      if (kit.refund) refundCases(subject, kit.refund)
      if (kit.refundQuery) refundQueryCases(subject, kit.refundQuery)
    })
    for (const [sender, callback] of Object.entries(kit.otherCallbacks ?? {})) {
      const told = { ...subject, kit: { ...kit, callback } }
      describe(`${name}, told by ${sender}`, () => {
        callbackCases(told)
        forgeryCases(told)
        hostileCases(told)
      })
    }
  }
}
