/** A bank on a screen: by the name of the catalogue that binds an agency today, where there is one. */
import { z } from 'zod'
import { type AskedBank, bankShown } from '../../domain/payee-banks.ts'
import { businessDay } from '../../lib/time.ts'
import { pageOf } from './console-api.ts'
import type { Visit } from './screen.ts'

const entries = pageOf(z.object({ name: z.string() }))

export const readBank = async ({ api, now }: Pick<Visit, 'api' | 'now'>, { agencyCode, bin }: AskedBank) => {
  const asked = { agency_code: agencyCode, code: bin, on: businessDay(now), limit: 1 }
  const { data } = await api.get(entries, '/v1/catalogues/banks', asked)
  return bankShown(bin, data[0]?.name ?? null)
}
