/**
 * One call of an adapter's verb: within one time budget for all that it sends, never repeated, and counted afterwards. What the calls of an account come to is
 * the evidence for its health, and moves its breaker.
 */
import { allowanceOf, defaultBudgetsMs, type Operation } from '../domain/call-budget.ts'
import { isPrivateAddressError } from '../domain/private-address.ts'
import { type FetchPort, ProviderError } from '../providers/contract.ts'
import { addCall } from '../store/provider-calls.ts'
import type { Deps } from './deps.ts'
import { exampleOf, tracingOf } from './trace-order.ts'

/** On whose behalf, with which key, and how long its protocol asks merchants to wait at least. */
export type Calling = {
  merchantAccountId: string
  agencyCode: string
  provider: string
  keyId: string
  patienceMs: number
}

/**
 * Runs `call` with a fetch that ends with the budget of the operation, or with the flow's own deadline if that is earlier. What was not sent because no time was
 * left is ProviderError `unreachable`, and `unknown` once anything was sent. Throws what `call` throws.
 */
export const callWithin = <Answer>(
  deps: Deps,
  operation: Operation,
  calling: Calling,
  call: (fetch: FetchPort) => Promise<Answer>,
): Promise<Answer> => {
  const { provider, merchantAccountId } = calling
  const facts = {
    'lephi.provider': provider,
    'lephi.merchant_account': merchantAccountId,
    'lephi.operation': operation,
  }
  // Its headers are the provider's protocol, and ours do not go there: a provider has no part in our traces, and some sign or refuse what they do not know.
  return tracingOf(deps).within({ name: `provider ${operation}`, kind: 'client', facts }, () =>
    callInTime(deps, operation, calling, call),
  )
}

const callInTime = async <Answer>(
  deps: Deps,
  operation: Operation,
  calling: Calling,
  call: (fetch: FetchPort) => Promise<Answer>,
): Promise<Answer> => {
  const beganAt = deps.now()
  const { allowedMs, isFair } = allowanceOf(deps.callBudgetsMs?.[operation] ?? defaultBudgetsMs[operation], {
    patienceMs: calling.patienceMs,
    deadline: deps.deadline ?? null,
    now: beganAt,
  })
  const line = openLine(deps, calling.merchantAccountId, allowedMs)
  const note = (error: unknown) => {
    // An adapter that makes up its answer alone, as one that only signs an address, says nothing about its provider.
    if (line.sent() === 0) return
    const isUnanswered = error !== null && isSilence(operation, error, line.wasAnswered())
    noteCall(deps, { ...calling, operation, isUnanswered, isFair, tookMs: deps.now().getTime() - beganAt.getTime() })
  }
  try {
    const answer = await call(line.fetch)
    note(null)
    return answer
  } catch (error) {
    note(error)
    throw error
  }
}

type Line = { fetch: FetchPort; sent: () => number; wasAnswered: () => boolean }

const openLine = (deps: Deps, merchantAccountId: string, allowedMs: number): Line => {
  const endsAt = deps.now().getTime() + allowedMs
  const budget = allowedMs > 0 ? AbortSignal.timeout(Math.ceil(allowedMs)) : AbortSignal.abort()
  let sent = 0
  let wasAnswered = false
  return {
    sent: () => sent,
    wasAnswered: () => wasAnswered,
    fetch: async (url, init) => {
      if (budget.aborted || deps.now().getTime() >= endsAt)
        throw new ProviderError(sent === 0 ? 'unreachable' : 'unknown', 'no time is left to ask the provider')
      sent += 1
      wasAnswered = false
      const signal = init.signal ? AbortSignal.any([init.signal, budget]) : budget
      const response = await deps.fetch(url, { ...init, signal }).catch((error: unknown) => {
        if (isPrivateAddressError(error))
          deps.log.error(
            { merchant_account: merchantAccountId },
            'the address of a merchant account lies in a private network that LEPHI_PRIVATE_HOSTS does not name',
          )
        throw error
      })
      wasAnswered = isAnswer(response.status)
      return response
    },
  }
}

const isAnswer = (status: number): boolean =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 408 && status !== 429)

/**
 * A provider that was asked and said that it cannot tell, of a payment that nobody went to pay or of a refund of one that it denies, did answer: that is
 * `unknown` without being silence. An answer that broke off has the break as its cause.
 */
const isSilence = (operation: Operation, error: unknown, wasAnswered: boolean): boolean => {
  if (!(error instanceof ProviderError)) return false
  const isQuestion = operation === 'query' || operation === 'refund_query'
  if (isQuestion && error.kind === 'unknown' && wasAnswered && error.cause === undefined) return false
  return error.kind !== 'rejected'
}

type Noted = Calling & { operation: Operation; isUnanswered: boolean; isFair: boolean; tookMs: number }

/** Nothing waits for it: a lost count is no lost money. */
const noteCall = (deps: Deps, { isUnanswered, isFair, tookMs, patienceMs: _, ...about }: Noted): void => {
  const { provider, operation, merchantAccountId, keyId } = about
  const answer = isUnanswered ? 'none' : 'given'
  deps.metrics.count('lephi_provider_calls_total', { provider, operation, answer, key: 'current' })
  deps.metrics.observe('lephi_provider_call_duration_seconds', { provider, operation }, tookMs / 1_000, exampleOf(deps))
  deps.log.info(
    { merchant_account: merchantAccountId, provider, operation, key_id: keyId, answer, took_ms: tookMs },
    'provider called',
  )
  if (isUnanswered && !isFair) return
  deps.defer(
    addCall(deps.db, { ...about, isUnanswered, tookMs, at: deps.now() }).then(
      (opened) => {
        if (opened) deps.log.error({ merchant_account: merchantAccountId, provider }, 'provider is taken to be down')
      },
      (error: unknown) => deps.log.warn({ merchant_account: merchantAccountId, error }, 'provider call not counted'),
    ),
  )
}
