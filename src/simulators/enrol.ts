// Owns how a merchant joins a simulated provider: the credentials it is given, the addresses its side must be told, and its entry in the provider's own
// register. A provider is one folder that calls `defineSimulator`, and one line in register.ts; nothing else names it.
import type { Side, Tariff } from './side.ts'
import type { World } from './world.ts'

/** The bank account of an agency. */
export interface Payee {
  number: string
  bank_bin: string
  holder: string
}

type Secret = (name: string, bytes: number) => string

export interface Enrolment {
  /** A page for a payer to begin at, below the provider's name, where no payment address leads to one. */
  page?: string
  /** Under the provider's own names; secret parts from `secret(name, bytes)`, base64url. `payee` is the bank account that the money ends on. */
  credentials: (secret: Secret, payee: Payee) => Record<string, string>
  /** Where the simulators answer, for a gateway at `publicUrl`: the readable part of a merchant account. */
  settings: (publicUrl: string) => Record<string, string>
}

/** `callbackUrl` is where the provider calls, `returnUrl` where it sends browsers, for one that has them in its register and not in each request. */
export interface EnrolledMerchant {
  credentials: Readonly<Record<string, unknown>>
  callbackUrl: string
  returnUrl: string
  tariff: Tariff
}

/** A merchant as one provider's register has it; each provider's own shape. */
export type RegisteredAccount = object

export interface SimulatedProvider extends Omit<Enrolment, 'credentials'> {
  /** Without a payee the money ends on an account that is as good as any. */
  credentials: (secret: Secret, payee?: Payee) => Record<string, string>
  /** The merchant's entry in the register. */
  accountOf: (merchant: EnrolledMerchant) => RegisteredAccount
  side: (world: World, accounts: readonly RegisteredAccount[]) => Side
}

const samplePayee: Payee = { number: '0123456789', bank_bin: '970436', holder: 'KHO BAC' }

/** Declares a simulated provider and hides the shape of its accounts, so that all of them fit one register. */
export const defineSimulator = <Account extends object>(
  definition: Enrolment & {
    accountOf: (merchant: EnrolledMerchant) => Account
    side: (world: World, accounts: readonly Account[]) => Side
  },
): SimulatedProvider => ({
  ...definition,
  credentials: (secret, payee = samplePayee) => definition.credentials(secret, payee),
  // Only this provider's own entries are ever handed to it, by its name in the register.
  side: (world, accounts) => definition.side(world, accounts as readonly Account[]),
})

/** The first letters and digits of a random text, as codes printed on contracts have them. */
export const codeOf = (random: string, length: number): string =>
  random
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '0')
    .slice(0, length)

/** A credential that must be there. */
export const credential = (credentials: Readonly<Record<string, unknown>>, name: string): string => {
  const value = credentials[name]
  if (typeof value !== 'string') throw new TypeError(`the credentials have no ${name}`)
  return value
}
