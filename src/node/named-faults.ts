// The demo's stand-in for a developer at the levers: an attempt for a payer of a magic name has its faults ordered at the simulated provider before it starts.
// No provider learns the name that way, and most protocols carry none; the simulators see an order of faults like any other.
import type { Deps } from '../flows/deps.ts'
import type { Provider } from '../providers/contract.ts'
import { magicAmounts } from '../simulators/magic-amounts.ts'
import { storyOfName } from '../simulators/magic-stories.ts'

type Levers = {
  /** The simulators as `/simulators` serves them. */
  simulators: { request: (path: string, init: RequestInit) => Response | Promise<Response> }
  log: Deps['log']
}

/** The same providers, watched where a payment starts. For a demo only: whoever builds anything else leaves it out. */
export const withNamedFaults = (providers: Deps['providers'], levers: Levers): Deps['providers'] =>
  Object.fromEntries(Object.entries(providers).map(([name, provider]) => [name, watched(name, provider, levers)]))

const watched = (name: string, provider: Provider, levers: Levers): Provider => ({
  ...provider,
  // The bill names the payer.
  wantsBill: true,
  connect: (account, ports) => {
    const client = provider.connect(account, ports)
    return {
      ...client,
      startPayment: async (payment) => {
        const story = storyOfName(payment.bill?.payer.name ?? '')
        if (story) await orderFaults(levers, { name, amount: story.amount, reference: payment.merchantReference })
        return client.startPayment(provider.wantsBill ? payment : { ...payment, bill: null })
      },
    }
  },
})

type Ordered = { name: string; amount: string; reference: string }

const orderFaults = async ({ simulators, log }: Levers, { name, amount, reference }: Ordered): Promise<void> => {
  for (const fault of magicAmounts[amount] ?? []) {
    const answer = await simulators.request(`/${name}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...fault, merchant_reference: reference }),
    })
    if (!answer.ok) log.error({ provider: name, status: answer.status }, 'a fault could not be ordered')
  }
}
