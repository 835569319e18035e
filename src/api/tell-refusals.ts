/**
 * Who was kept from what, for whoever watches the log: tokens that do not hold, rights that a caller has not, things that are not there or not theirs, second persons that
 * were the first, and callers over their limit. People are told by their session, for the log names nobody; the audit log has who that was.
 */
import type { Context } from 'hono'
import { isPerson, maskAddress } from '../domain/audit.ts'
import { Refusal, type RefusalCode } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { type BucketLimits, createBuckets } from '../lib/limiter.ts'
import type { ApiEnv } from './env.ts'

const told: Partial<Record<RefusalCode, string>> = {
  unauthorized: 'a caller without a token that holds was refused',
  invalid_client: 'a client did not prove itself',
  invalid_scope: 'a client asked for a scope that it does not hold',
  insufficient_scope: 'a caller without the scope was refused',
  not_found: 'a caller asked for what is not there, or not theirs',
  maker_cannot_approve: 'a person tried to be the second one as well',
  period_four_eyes: 'a person tried to be the second one as well',
  too_many_requests: 'a caller over their limit was refused',
}

/** A flood of refusals must not become a flood of lines; the metric counts each. */
const ofOne: BucketLimits = { capacity: 20, refillPerSecond: 1 / 3 }
const ofAll: BucketLimits = { capacity: 300, refillPerSecond: 5 }
const namesMax = 10_000

export type TellRefusal = (c: Context<ApiEnv>, about: { error: unknown; clientAddress: string }) => void

/** Tells of refusals of the kinds above and of nothing else. Never throws. */
export const createRefusalTeller = ({ log, metrics, now }: Pick<Deps, 'log' | 'metrics' | 'now'>): TellRefusal => {
  metrics.describe('lephi_access_refused_total', 'counter', 'Calls that were refused for who made them, by code.')
  const [byCaller, byCode] = [createBuckets(ofOne, namesMax), createBuckets(ofAll, namesMax)]
  return (c, { error, clientAddress }) => {
    const message = error instanceof Refusal ? told[error.code] : undefined
    if (!(error instanceof Refusal) || !message) return
    const { code } = error
    const caller = c.get('caller') ?? null
    // Strangers who ask for what is not there only looked around.
    if (code === 'not_found' && !caller) return
    metrics.count('lephi_access_refused_total', { code })
    const network = maskAddress(clientAddress)
    const who = caller?.clientId ?? network ?? ''
    if (!byCaller(`${code} ${who}`, now()).allowed || !byCode(code, now()).allowed) return
    const client = caller && !isPerson(caller.clientId) ? caller.clientId : error.about
    const where = { request_id: c.get('requestId') ?? '', route: c.get('route') ?? 'unmatched', network }
    log.warn({ ...where, code, client, token_id: caller?.tokenId ?? null }, message)
  }
}
