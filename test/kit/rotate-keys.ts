// A provider and the gateway change over to other keys in the middle of everything: what is under way stays under way, signed as it was.
import { randomBytes } from 'node:crypto'
import { credentialsContext } from '../../src/flows/connect-provider.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { registry } from '../../src/providers/registry.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { providerNames, type Town } from './town.ts'

type Credentials = Record<string, string>

/** The credentials of an account's current key. */
export const credentialsOf = async ({ deps, sql }: Town, account: string): Promise<Credentials> => {
  const [key] =
    await sql`select sealed from merchant_account_keys where merchant_account_id = ${account} and retires_at is null`
  const opened = await deps.box.open(key?.sealed as Uint8Array, credentialsContext(account))
  return JSON.parse(new TextDecoder().decode(opened)) as Credentials
}

/** The same merchant with other secrets; a number that names the merchant stays, also where it is kept secret. */
export const otherSecrets = (provider: string, credentials: Credentials): Credentials => {
  const fresh = simulatedProviders[provider]?.credentials((_, bytes) => randomBytes(bytes).toString('base64url')) ?? {}
  const secrets = (registry[provider]?.secrets ?? []).filter((name) => !name.endsWith('_id'))
  return Object.fromEntries(
    Object.entries(credentials).map(([name, value]) => [name, secrets.includes(name) ? (fresh[name] ?? value) : value]),
  )
}

/** The gateway is given other secrets, with an overlap; answers them. */
export const rotateAtGateway = async (town: Town, provider: string, overlapHours = 24): Promise<Credentials> => {
  const account = town.accounts[provider] ?? ''
  const credentials = otherSecrets(provider, await credentialsOf(town, account))
  const rotation = { credentials, overlap_hours: overlapHours }
  const { status, body } = await town.api(`/v1/merchant_accounts/${account}/rotate_key`, rotation)
  if (status !== 200) throw new Error(JSON.stringify(body))
  return credentials
}

/** The provider signs and verifies with these from now on; callbacks that are on their way stay as they were signed. */
export const rotateAtProvider = async (town: Town, provider: string, credentials: Credentials): Promise<void> => {
  const publicUrl = town.deps.publicUrl
  const register = providerNames.map(async (name) => {
    const account = town.accounts[name] ?? ''
    const merchant = {
      credentials: name === provider ? credentials : await credentialsOf(town, account),
      callbackUrl: `${publicUrl}/callbacks/${name}/${account}`,
      returnUrl: `${publicUrl}/returns/${name}/${account}`,
      tariff: { basis_points: 110, fixed: 0, minimum: 0, maximum: 0, vat_basis_points: 1000 },
    }
    return [name, [simulatedProviders[name]?.accountOf(merchant) ?? {}]] as const
  })
  const newId = createIdSource({ now: town.clock.now })
  const next = createSimulators({
    fetch: async (url, init) => town.app.request(url.replace(publicUrl, ''), init),
    now: town.clock.now,
    newId: () => newId('sim').replace('_', ''),
    publicUrl,
    accounts: Object.fromEntries(await Promise.all(register)),
  })
  next.restore(town.simulators.snapshot())
  Object.assign(town.simulators, next)
}
