/** The citizen's browser comes back from a provider. That proves nothing about money; it makes us ask, and shows the citizen where things stand. */
import { isId } from '../lib/id.ts'
import type { IncomingRequest, Lookups } from '../providers/contract.ts'
import { findReturn } from '../store/return-lookup.ts'
import { findConnection } from './connect-provider.ts'
import { afterAnswer } from './deadline.ts'
import type { Deps } from './deps.ts'
import { lookupsOf } from './judge-callback.ts'
import { mayNow, queryAttemptSparingly } from './sparingly.ts'

/** Where nothing in the return could be recognised: a page that says so and what to do. */
const unrecognised = '/pay/unknown'

/** The path of the page to send the browser to. Never throws for anything that a stranger sent. */
export const receiveReturn = async (
  deps: Deps,
  input: { provider: string; merchantAccountId: string; request: IncomingRequest },
): Promise<string> => {
  const connection = isId('mac', input.merchantAccountId) ? await findConnection(deps, input.merchantAccountId) : null
  if (!connection || connection.account.provider !== input.provider) return unrecognised
  const lookups = lookupsOf(deps, input.merchantAccountId)
  const reference = await readReference(connection.clients, input.request, lookups)
  const found = reference ? await findReturn(deps.db, input.merchantAccountId, reference) : null
  if (!found) return unrecognised
  deps.defer(
    askAbout(deps, found).catch((error: unknown) =>
      deps.log.warn({ attempt: found.attemptId, error: String(error) }, 'query after return failed'),
    ),
  )
  return `/pay/${found.checkoutToken}`
}

/**
 * Also of an attempt that had failed or expired, only less often: its payer may have tried again on the provider's page and paid, and whoever reads here that it
 * failed pays once more.
 */
const askAbout = async (
  deps: Deps,
  { orderId, attemptId: id, status }: NonNullable<Awaited<ReturnType<typeof findReturn>>>,
): Promise<void> => {
  const isOver = status === 'failed' || status === 'expired'
  if (isOver && !mayNow(deps, 'ask_over', id)) return
  await queryAttemptSparingly(afterAnswer(deps), { orderId, id, ...(isOver ? { isOver } : {}) })
}

type Clients = NonNullable<Awaited<ReturnType<typeof findConnection>>>['clients']

/** The reference that any valid key's signature, or what is stored of the payment, vouches for. */
const readReference = async (clients: Clients, request: IncomingRequest, lookups: Lookups): Promise<string | null> => {
  for (const { client } of clients) {
    const reference = await client.readReturn?.(request, lookups).catch(() => null)
    if (reference) return reference
  }
  return null
}
