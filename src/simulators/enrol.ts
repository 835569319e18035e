// Owns how a merchant joins a simulated provider: the credentials it is given, the addresses its side must be told, and its entry in the provider's own
// register. A provider is one folder that calls `defineSimulator`, and one line in register.ts; nothing else names it.
import type { Side, Tariff } from './side.ts'
import type { World } from './world.ts'

export interface Enrolment {
  /** Under the provider's own names; secret parts from `secret(name, bytes)`, base64url. */
  credentials: (secret: (name: string, bytes: number) => string) => Record<string, string>
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

export interface SimulatedProvider extends Enrolment {
  /** The merchant's entry in the register. */
  accountOf: (merchant: EnrolledMerchant) => RegisteredAccount
  side: (world: World, accounts: readonly RegisteredAccount[]) => Side
}

/** Declares a simulated provider and hides the shape of its accounts, so that all of them fit one register. */
export const defineSimulator = <Account extends object>(
  definition: Enrolment & {
    accountOf: (merchant: EnrolledMerchant) => Account
    side: (world: World, accounts: readonly Account[]) => Side
  },
): SimulatedProvider => ({
  ...definition,
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
