// Owns how a merchant joins each simulated provider: the credentials it is given, the addresses its side must be told, and the entry in the provider's
// own register. The entry of the demo uses it, so that no provider has to be named anywhere else.
import type { SimulatorAccounts, Tariff } from './simulator.ts'

export interface Enrolment {
  /** Under the provider's own names; secret parts from `secret(name, bytes)`, base64url. */
  credentials: (secret: (name: string, bytes: number) => string) => Record<string, string>
  /** Where the simulators answer, for a gateway at `publicUrl`: the readable part of a merchant account. */
  settings: (publicUrl: string) => Record<string, string>
  /** Puts the merchant into the register. */
  register: (accounts: SimulatorAccounts, merchant: EnrolledMerchant) => SimulatorAccounts
}

/** `callbackUrl` is where the provider calls, for one that has it in its register and not in each request. */
export interface EnrolledMerchant {
  credentials: Readonly<Record<string, unknown>>
  callbackUrl: string
  tariff: Tariff
}

export const enrolments: Readonly<Record<string, Enrolment>> = {
  vnpay: {
    credentials: (secret) => ({ tmn_code: codeOf(secret('tmn_code', 12), 8), hash_secret: secret('hash_secret', 24) }),
    settings: (publicUrl) => ({
      payment_url: `${publicUrl}/simulators/vnpay/paymentv2/vpcpay.html`,
      api_url: `${publicUrl}/simulators/vnpay/merchant_webapi/api/transaction`,
    }),
    register: (accounts, { credentials, callbackUrl, tariff }) => ({
      ...accounts,
      vnpay: [
        ...(accounts.vnpay ?? []),
        {
          tmn_code: text(credentials, 'tmn_code'),
          hash_secret: text(credentials, 'hash_secret'),
          ipn_url: callbackUrl,
          tariff,
        },
      ],
    }),
  },
  momo: {
    credentials: (secret) => ({
      partner_code: `MOMO${codeOf(secret('partner_code', 12), 8)}`,
      access_key: secret('access_key', 12),
      secret_key: secret('secret_key', 24),
    }),
    settings: (publicUrl) => ({ api_url: `${publicUrl}/simulators/momo` }),
    register: (accounts, { credentials, tariff }) => ({
      ...accounts,
      momo: [
        ...(accounts.momo ?? []),
        {
          partner_code: text(credentials, 'partner_code'),
          access_key: text(credentials, 'access_key'),
          secret_key: text(credentials, 'secret_key'),
          tariff,
        },
      ],
    }),
  },
}

/** The first letters and digits of a random text, as codes printed on contracts have them. */
const codeOf = (random: string, length: number): string =>
  random
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '0')
    .slice(0, length)

const text = (credentials: Readonly<Record<string, unknown>>, name: string): string => {
  const value = credentials[name]
  if (typeof value !== 'string') throw new TypeError(`the credentials have no ${name}`)
  return value
}
