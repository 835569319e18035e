// Owns MegaPay's words, merchant interface 1.4.6: accounts, result codes, tokens. Source: public integrations and a copy of the vendor's page script; failure codes
// other than those that integrations name are this simulator's own.
import type { PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'
import { sha256Hex } from '../signing.ts'

export interface MegapayAccount {
  mer_id: string
  encode_key: string
  refund_password: string
  tariff?: Tariff
}

export const title = 'Cổng thanh toán MegaPay'

export const codes = {
  done: '00_000',
  busy: '99_001',
  refused: 'PG_ER1',
  invalid: 'OR_101',
  unknown: 'OR_140',
} as const

export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', codes.done],
  insufficient: ['failed', 'DC_103'],
  cancelled: ['failed', 'PG_ER5'],
  wrong_otp: ['failed', 'DC_104'],
  pending: ['pending', ''],
  suspicious: ['suspicious', codes.busy],
}

/** How a status answer words each state; an open payment has nothing yet. */
export const stateCode = (status: PaymentStatus, code: string): string =>
  status === 'expired' ? 'OR_141' : code === '' ? codes.busy : code

/** How long a page lives is published nowhere. */
export const pageLifetimeMs = 15 * 60 * 1000

export type Values = Readonly<Record<string, string>>

/** Values one after the other, without a separator, the key last. */
const hash = (values: Values, names: string, key: string): Promise<string> =>
  sha256Hex([...names.split(' ').map((name) => values[name] ?? ''), key].join(''))

export const tokens = {
  request: (values: Values, key: string) => hash(values, 'timeStamp merTrxId merId amount', key),
  result: (values: Values, key: string) =>
    hash(
      values,
      `resultCd timeStamp merTrxId trxId merId amount payToken${Number(values.userFee) > 0 ? ' userFee' : ''}`,
      key,
    ),
  status: (values: Values, key: string) => hash(values, 'timeStamp merTrxId merId payToken', key),
  cancel: (values: Values, key: string) => hash(values, 'timeStamp merTrxId trxId merId amount payToken', key),
  cancelHash: ({ merTrxId = '' }: Values, password: string, key: string) => sha256Hex(`${merTrxId}${password}${key}`),
}
