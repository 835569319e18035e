/**
 * A provider calls. Its bytes are judged, stored with the judgement, and only then acted on; the answer is in the provider's own words. Nothing that is
 * not signed by the merchant account's own key, which the URL names, is believed.
 */
import { sha256Hex } from '../lib/hmac.ts'
import { isId } from '../lib/id.ts'
import {
  type CallbackReading,
  type IncomingRequest,
  type Provider,
  ProviderError,
  type Verdict,
} from '../providers/contract.ts'
import { answerCallback, insertCallback, insertCallbackOnce, type StoredCallback } from '../store/callbacks.ts'
import { everyAgency, inScope } from '../store/database.ts'
import { keyWasUsed } from '../store/provider-accounts.ts'
import { applyOutcome } from './apply-outcome.ts'
import { type Connection, findConnection } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { mayNow } from './sparingly.ts'

export type { IncomingRequest }

export type CallbackInput = { provider: string; merchantAccountId: string; request: IncomingRequest; requestId: string }

type Judgement = { reading: StoredCallback['reading']; content: CallbackReading | null; keyId: string | null }

/** The provider's answer; null when no provider has that name. Never throws: what fails here is answered with `try_again`. */
export const receiveCallback = async (deps: Deps, input: CallbackInput): Promise<Response | null> => {
  const provider = Object.hasOwn(deps.providers, input.provider) ? deps.providers[input.provider] : undefined
  if (!provider) return null
  try {
    return provider.answerCallback(await judgeAndApply(deps, provider, input))
  } catch (error) {
    deps.log.error(
      { request_id: input.requestId, provider: input.provider, error: String(error) },
      'callback not processed',
    )
    return provider.answerCallback('try_again')
  }
}

const judgeAndApply = async (deps: Deps, provider: Provider, input: CallbackInput): Promise<Verdict> => {
  // What cannot be an id names nothing, and need not be looked for.
  const found = isId('mac', input.merchantAccountId) ? await findConnection(deps, input.merchantAccountId) : null
  const connection = found?.account.provider === input.provider ? found : null
  const judgement = connection
    ? await judge(deps, connection, input)
    : { reading: 'foreign' as const, content: null, keyId: null }
  const stored = await evidenceOf(deps, provider, input, {
    judgement,
    agencyCode: connection?.account.agencyCode ?? '-',
  })
  if (!connection || !judgement.content)
    return refuse(deps, { ...stored, verdict: refusedVerdict(judgement.reading, connection) }, connection !== null)
  return actOn(deps, stored, judgement.content)
}

/**
 * Tries every valid key. A signature that fits none may be made with a key that was added a moment ago, so the account is read anew; not for each of a flood of
 * forgeries.
 */
const judge = async (
  deps: Deps,
  connection: Connection,
  { merchantAccountId, request }: CallbackInput,
): Promise<Judgement> => {
  const first = await readWithKeys(connection, request)
  if (first.reading !== 'forged' || !mayNow(deps, 'read_keys', merchantAccountId)) return first
  const fresh = await findConnection(deps, merchantAccountId, { fresh: true })
  const isSame = fresh?.clients.every((each) => connection.clients.some((known) => known.keyId === each.keyId))
  return fresh && !isSame ? readWithKeys(fresh, request) : first
}

/** Reads a message with each valid key until one fits. */
export const readWithKeys = async (connection: Connection, request: IncomingRequest): Promise<Judgement> => {
  for (const { keyId, client } of connection.clients) {
    try {
      return { reading: 'genuine', content: await client.readCallback(request), keyId }
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      if (error.kind === 'malformed') return { reading: 'malformed', content: null, keyId: null }
      if (error.kind !== 'forged') return { reading: 'foreign', content: null, keyId }
    }
  }
  return { reading: 'forged', content: null, keyId: null }
}

const refusedVerdict = (reading: StoredCallback['reading'], connection: Connection | null): Verdict => {
  if (!connection) return 'unknown_account'
  if (reading === 'foreign') return 'unknown_order'
  return reading === 'malformed' ? 'malformed' : 'forged'
}

/** The same bytes, refused again within that time, are not stored again. */
const sameBytesMs = 3_600_000

/** Keeps what was not believed as evidence, but no more of it than can do no harm, and answers it. */
const refuse = async (
  deps: Deps,
  stored: StoredCallback & { verdict: Verdict },
  isAddressed: boolean,
): Promise<Verdict> => {
  const { provider, merchantAccountId, reading, verdict } = stored
  const isKept =
    (isAddressed ? mayNow(deps, 'keep_refused', merchantAccountId) : mayNow(deps, 'keep_unaddressed', '')) &&
    (await storeOnce(deps, stored))
  deps.log.warn(
    { provider, merchant_account: merchantAccountId, reading, verdict, callback: isKept ? stored.id : null },
    'callback refused',
  )
  return verdict
}

const storeOnce = async (deps: Deps, stored: StoredCallback): Promise<boolean> => {
  const since = new Date(stored.receivedAt.getTime() - sameBytesMs)
  const [rows] = await inScope(deps.db, everyAgency, (sql) => [insertCallbackOnce(sql, stored, since)])
  return rows?.length === 1
}

/** Applies what a genuine callback says. `stored` is written with the first reading of the facts, its verdict with the last commit. */
const actOn = async (deps: Deps, stored: StoredCallback, content: CallbackReading): Promise<Verdict> => {
  let verdict: Verdict = 'accepted'
  const [first, ...others] = content.outcomes
  if (!first) {
    await inScope(deps.db, everyAgency, (sql) => [insertCallback(sql, { ...stored, verdict })])
    return verdict
  }
  for (const [index, outcome] of [first, ...others].entries()) {
    const answer = await applyOutcome(deps, {
      merchantAccountId: stored.merchantAccountId,
      outcome,
      source: 'callback',
      ...(index === 0 ? { before: (sql) => [insertCallback(sql, stored)] } : {}),
      ...(index === others.length ? { also: (sql, given) => [answerCallback(sql, stored.id, given)] } : {}),
    })
    verdict = answer.verdict
  }
  if (stored.keyId) deps.defer(keyWasUsed(deps.db, stored.keyId, deps.now()).catch(() => undefined))
  return verdict
}

type Evidence = { judgement: Judgement; agencyCode: string }

const evidenceOf = async (
  deps: Deps,
  provider: Provider,
  input: CallbackInput,
  { judgement, agencyCode }: Evidence,
): Promise<StoredCallback> => {
  const id = deps.newId('cbk')
  const text = writeEvidence(input.request)
  return {
    id,
    agencyCode,
    merchantAccountId: input.merchantAccountId.replaceAll('\0', '').slice(0, 64),
    provider: input.provider,
    sealed: await deps.box.seal(text, `callback:${id}`),
    contentHash: sha256Hex(writeEvidence({ ...input.request, headers: new Headers() })),
    claimedReference:
      (judgement.content?.merchantReference ?? provider.claimedReference?.(input.request) ?? null)?.slice(0, 200) ??
      null,
    reading: judgement.reading,
    verdict: null,
    keyId: judgement.keyId,
    requestId: input.requestId,
    receivedAt: deps.now(),
  }
}

const evidenceHeaders = ['content-type', 'content-length', 'user-agent', 'x-forwarded-for', 'x-request-id']

const writeEvidence = ({ method, search, headers, body }: IncomingRequest): string => {
  const signed = [...headers].filter(
    ([name]) => evidenceHeaders.includes(name) || name.includes('signature') || name.includes('timestamp'),
  )
  return JSON.stringify({
    method,
    search,
    headers: signed,
    body: btoa(Array.from(body, (byte) => String.fromCharCode(byte)).join('')),
  })
}

/** The request as it was stored by writeEvidence. Throws when the bytes are not such a record. */
export const readEvidence = (text: string): IncomingRequest => {
  const { method, search, headers, body } = JSON.parse(text) as {
    method: string
    search: string
    headers: [string, string][]
    body: string
  }
  return {
    method,
    search,
    headers: new Headers(headers),
    body: Uint8Array.from(atob(body), (character) => character.charCodeAt(0)),
  }
}
