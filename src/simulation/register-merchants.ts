/** The town's merchants: as the gateway's database has them, and as the providers have them in their registers. */
import { credentialsContext } from '../flows/connect-provider.ts'
import { sha256Hex } from '../lib/hmac.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import { simulatedProviders } from '../simulators/register.ts'
import { createSimulators, type SimulatorAccounts, type Simulators } from '../simulators/simulator.ts'
import type { Database } from '../store/database.ts'
import { seedProvince } from '../store/seeding.ts'
import type { Random } from './random.ts'
import type { Account, ClientName, World } from './world.ts'

const payee = { number: '0111000000056', bank_bin: '970436', holder: 'KHO BAC NHA NUOC' }
const tariff = { basis_points: 110, fixed: 0, minimum: 0, maximum: 0, vat_basis_points: 1_000, netted: true }

const agencies = ['H56', 'H56.12', 'H56.12.03', 'H56.12.04'].map((agencyCode, index) => ({
  agencyCode,
  parentCode: agencyCode.includes('.') ? agencyCode.slice(0, agencyCode.lastIndexOf('.')) : null,
  name: `Cơ quan ${agencyCode}`,
  taxCode: String(2_800_999_000 + index),
}))

const scopesOf: Record<ClientName, readonly string[]> = {
  portal: ['orders:read', 'orders:write', 'refunds:write', 'webhooks:write'],
  accountant: ['orders:read', 'refunds:write', 'reconciliation:read', 'reconciliation:write', 'reports:read'],
  checker: ['orders:read', 'refunds:approve', 'reconciliation:read', 'reports:read'],
  treasurer: ['orders:read', 'refunds:approve'],
  admin: ['admin', 'orders:read', 'reconciliation:read', 'webhooks:write'],
}

type Ids = (prefix: string) => string
type Founding = {
  random: Random
  newId: Ids
  box: SealedBox
  publicUrl: string
  at: Date
  providers: readonly string[]
}

/** Letters and digits that providers take for a secret. */
export const secretFrom = (random: Random) => (_: string, bytes: number) =>
  [...random.bytes(Math.ceil((bytes * 4) / 3))].map((byte) => secretLetters.charAt(byte % 64)).join('')
const secretLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Writes agencies, merchant accounts and clients, and answers what everybody has to know of them. */
export const foundTown = async (
  database: Database,
  { random, newId, box, publicUrl, at, providers }: Founding,
): Promise<Pick<World, 'accounts' | 'clients'>> => {
  const accounts = providers.map((provider): Account => {
    const enrolment = enrolmentOf(provider)
    return { provider, id: newId('mac'), credentials: enrolment.credentials(secretFrom(random.fork(provider)), payee) }
  })
  const clients = Object.fromEntries(
    Object.keys(scopesOf).map((name) => [name, { id: newId('cli'), secret: secretFrom(random.fork(name))('', 32) }]),
  ) as World['clients']
  await seedProvince(database, {
    agencies,
    fees: [],
    accounts: await Promise.all(
      accounts.map(async ({ provider, id, credentials }) => ({
        id,
        agencyCode: 'H56',
        provider,
        title: provider,
        settings: enrolmentOf(provider).settings(publicUrl),
        payeeAccount: payee,
        providerFee: tariff,
        cutoff: '00:00',
        settlementDays: 1,
        key: { id: newId('key'), sealed: await box.seal(JSON.stringify(credentials), credentialsContext(id)) },
      })),
    ),
    clients: (Object.keys(scopesOf) as ClientName[]).map((name) => ({
      id: clients[name].id,
      agencyCode: 'H56',
      name,
      scopes: scopesOf[name],
      secretHash: sha256Hex(clients[name].secret),
    })),
    at,
  })
  return { accounts, clients }
}

const enrolmentOf = (provider: string) => {
  const found = simulatedProviders[provider]
  if (!found) throw new RangeError(`${provider} is not simulated`)
  return found
}

type Side = Pick<World, 'publicUrl' | 'accounts'> & {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: () => Date
  newId: () => string
}

/** The providers' side, with the credentials that the accounts have now. */
export const openProviders = ({ publicUrl, accounts, fetch, now, newId }: Side): Simulators =>
  createSimulators({ fetch, now, newId, publicUrl, accounts: registerOf(publicUrl, accounts) })

const registerOf = (publicUrl: string, accounts: readonly Account[]): SimulatorAccounts =>
  Object.fromEntries(
    accounts.map(({ provider, id, credentials }) => [
      provider,
      [
        enrolmentOf(provider).accountOf({
          credentials,
          callbackUrl: `${publicUrl}/callbacks/${provider}/${id}`,
          returnUrl: `${publicUrl}/returns/${provider}/${id}`,
          tariff,
        }),
      ],
    ]),
  )

export const providersOfTown = (random: Random, count: number): readonly string[] => {
  const names = Object.keys(simulatedProviders)
  const chosen: string[] = []
  while (chosen.length < Math.min(count, names.length)) {
    const name = random.pick(names)
    if (!chosen.includes(name)) chosen.push(name)
  }
  return chosen
}
