// Fills an empty gateway with the demo's province, and says what to hand out. Safe to run at every start: what is there already stays.
import { credentialsContext } from '../flows/connect-provider.ts'
import type { Deps } from '../flows/deps.ts'
import { sha256Hex } from '../lib/hmac.ts'
import type { Provider } from '../providers/contract.ts'
import { simulatedProviders } from '../simulators/register.ts'
import type { SimulatorAccounts } from '../simulators/simulator.ts'
import { findProviderAccount } from '../store/provider-accounts.ts'
import { type SeededAccount, seedProvince } from '../store/seeding.ts'
import { readSampleProcedures, scheduleOf } from './demo-fees.ts'
import type { DemoFile } from './demo-file.ts'
import { demoPeople } from './demo-issuer/people.ts'
import type { DemoSecrets } from './demo-keys.ts'
import {
  agencies,
  clientScopes,
  type DemoClient,
  demoClients,
  payeeAccount,
  provinceCode,
  tariff,
} from './demo-province.ts'

export type SeededDemo = {
  demo: DemoFile
  /** The merchants as the simulated providers must know them. */
  merchants: SimulatorAccounts
}

type SeedDeps = Pick<Deps, 'db' | 'box' | 'now' | 'providers' | 'publicUrl'>

/** Seeds, and answers the secrets as they are valid now. Throws when the database's secrets do not open with our key. */
export async function seedDemo(deps: SeedDeps, secrets: DemoSecrets): Promise<SeededDemo> {
  const procedures = await readSampleProcedures()
  const accounts = await Promise.all(
    seededProviders(deps.providers).map(([name, provider]) => accountOf(deps, secrets, { name, provider })),
  )
  const clients = demoClients.map((name) => clientOf(secrets, name))
  await seedProvince(deps.db, {
    agencies,
    fees: scheduleOf(procedures, { agencyCode: provinceCode, idOf: (code) => secrets.id('fee', code) }),
    accounts,
    clients: clients.map(({ name, scopes, id, secret }) => ({
      id,
      agencyCode: provinceCode,
      name: `demo: ${name}`,
      scopes,
      secretHash: sha256Hex(secret),
    })),
    at: deps.now(),
  })
  const valid = await Promise.all(
    accounts.map(async ({ id, provider }) => ({ id, provider, credentials: await currentCredentials(deps, id) })),
  )
  return {
    demo: {
      base_url: deps.publicUrl,
      clients: Object.fromEntries(
        clients.map(({ name, id, secret }) => [name, { client_id: id, client_secret: secret }]),
      ) as Record<DemoClient, { client_id: string; client_secret: string }>,
      agency_code: provinceCode,
      merchant_accounts: Object.fromEntries(
        valid.map(({ provider, id, credentials }) => [provider, { id, credentials }]),
      ),
      console_users: demoPeople.map(({ subject, name, role, agency }) => ({
        subject,
        name,
        role,
        agency_code: agency,
      })),
    },
    merchants: merchantsOf(deps.publicUrl, valid),
  }
}

type ValidAccount = { id: string; provider: string; credentials: Record<string, unknown> }

const merchantsOf = (publicUrl: string, valid: readonly ValidAccount[]): SimulatorAccounts =>
  Object.fromEntries(
    valid.flatMap(({ id, provider, credentials }) => {
      const callbackUrl = `${publicUrl}/callbacks/${provider}/${id}`
      const returnUrl = `${publicUrl}/returns/${provider}/${id}`
      const account = simulatedProviders[provider]?.accountOf({ credentials, callbackUrl, returnUrl, tariff })
      return account ? [[provider, [account]] as const] : []
    }),
  )

/** In the order in which they can be enrolled, which is the order of demo.json. */
const seededProviders = (providers: Deps['providers']): [string, Provider][] =>
  Object.keys(simulatedProviders).flatMap((name): [string, Provider][] => {
    const provider = providers[name]
    return provider ? [[name, provider]] : []
  })

const clientOf = (secrets: DemoSecrets, name: DemoClient) => ({
  name,
  scopes: clientScopes[name],
  id: secrets.id('cli', name),
  secret: secrets.secret(`client ${name}`, 32),
})

const accountOf = async (
  deps: SeedDeps,
  secrets: DemoSecrets,
  { name, provider }: { name: string; provider: Provider },
): Promise<SeededAccount> => {
  const enrolment = simulatedProviders[name]
  if (!enrolment) throw new Error(`${name} is not simulated`)
  const id = secrets.id('mac', name)
  const credentials = enrolment.credentials((part, bytes) => secrets.secret(`${name} ${part}`, bytes), payeeAccount)
  return {
    id,
    agencyCode: provinceCode,
    provider: name,
    title: provider.title.vi,
    settings: enrolment.settings(deps.publicUrl),
    payeeAccount,
    providerFee: tariff,
    cutoff: '00:00',
    settlementDays: 1,
    key: {
      id: secrets.id('key', name),
      sealed: await deps.box.seal(JSON.stringify(credentials), credentialsContext(id)),
    },
  }
}

/** From the database and not from the seed: they may have been rotated since. */
const currentCredentials = async (deps: SeedDeps, id: string): Promise<Record<string, unknown>> => {
  const account = await findProviderAccount(deps.db, id, deps.now())
  const key = account?.keys[0]
  if (!key) throw new Error(`the merchant account ${id} has no key`)
  const credentials: unknown = JSON.parse(
    new TextDecoder().decode(await deps.box.open(key.sealed, credentialsContext(id))),
  )
  return { ...(credentials as Record<string, unknown>) }
}
