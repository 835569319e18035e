/** Keys that change while everything is under way: a merchant account's credentials, at the gateway first and at the provider some minutes later, and our signing key. */
import { rotateSigningKey } from '../flows/signing-keys.ts'
import { registry } from '../providers/registry.ts'
import { simulatedProviders } from '../simulators/register.ts'
import type { Simulators } from '../simulators/simulator.ts'
import { type Caller, createCaller } from './caller.ts'
import { secretFrom } from './register-merchants.ts'
import { type Account, minute, second, type World } from './world.ts'

/** Plans every rotation of the script. `reopen` makes the providers' side anew with other credentials. */
export const planRotations = (world: World, reopen: (accounts: Account[]) => Simulators): void => {
  const admin = createCaller(world, 'admin')
  for (const { at, value } of world.faults.of('key_rotation'))
    world.schedule.start('a key rotation', async () => {
      await world.schedule.sleep(at * minute)
      const index = value % world.accounts.length
      if (await rotateAtGateway(world, admin, index)) await rotateAtProvider(world, reopen)
    })
  for (const { at } of world.faults.of('signing_key'))
    world.schedule.start('a new signing key', async () => {
      await world.schedule.sleep(at * minute)
      const [process] = world.cluster.living()
      if (!process) return
      world.faults.note('signing_key')
      // Whoever runs the command sees that it failed, and nothing is half done then.
      await rotateSigningKey(process.deps).catch(() => undefined)
    })
}

const overlapHours = 48

const rotateAtGateway = async (world: World, admin: Caller, index: number): Promise<boolean> => {
  const account = world.accounts[index]
  if (!account) return false
  const credentials = otherSecrets(world, account)
  const path = `/v1/merchant_accounts/${account.id}/rotate_key`
  const answer = await admin({ path, json: { credentials, overlap_hours: overlapHours } })
  // Without an answer it may have happened; with the same credentials in use it has.
  if (answer?.status !== 200 && String(answer?.body.code) !== 'secret_in_use') return false
  world.faults.note('key_rotation')
  world.accounts[index] = { ...account, credentials }
  return true
}

/** The same merchant with other secrets; a number that names the merchant stays, also where it is kept secret. */
const otherSecrets = (world: World, { provider, credentials }: Account): Record<string, string> => {
  const fresh = simulatedProviders[provider]?.credentials(secretFrom(world.random.fork(`rotation ${provider}`))) ?? {}
  const secrets = (registry[provider]?.secrets ?? []).filter((name) => !name.endsWith('_id'))
  return Object.fromEntries(
    Object.entries(credentials).map(([name, value]) => [name, secrets.includes(name) ? (fresh[name] ?? value) : value]),
  )
}

/** At a moment when the provider is in the middle of nothing: its memory is handed over. */
const rotateAtProvider = async (world: World, reopen: (accounts: Account[]) => Simulators): Promise<void> => {
  await world.schedule.sleep(world.random.int(5, 400) * second)
  while (world.answering > 0) await world.schedule.sleep(second)
  const next = reopen(world.accounts)
  next.restore(world.simulators.snapshot())
  world.simulators = next
}
