/**
 * A provider calls. Its bytes are judged, stored with the judgement, and only then acted on; the answer is in the provider's own words. Nothing that is
 * not signed by the merchant account's own key, which the URL names, is believed.
 */
import { sealedFor } from '../domain/sealed-columns.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { isId } from '../lib/id.ts'
import type { IncomingRequest, Provider, ProviderClient, Verdict } from '../providers/contract.ts'
import { insertCallbackOnce, type StoredCallback } from '../store/callbacks.ts'
import { everyAgency, inScope } from '../store/database.ts'
import { actOnCallback } from './act-on-callback.ts'
import { writeEvidence } from './callback-evidence.ts'
import { type Connection, findConnection } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { type Judgement, judgeCallback, lookupsOf } from './judge-callback.ts'
import { noteKeyUse } from './retire-key.ts'
import { mayNow } from './sparingly.ts'

export type { IncomingRequest }

export type CallbackInput = { provider: string; merchantAccountId: string; request: IncomingRequest; requestId: string }

/** `client` words the answer: the one whose key proved the callback, else the account's current one; null where the address names no account. */
type Processed = { verdict: Verdict; client: ProviderClient | null }

/** The provider's answer; null when no provider has that name. Never throws: what fails here is answered with `try_again`. */
export const receiveCallback = async (deps: Deps, input: CallbackInput): Promise<Response | null> => {
  const provider = Object.hasOwn(deps.providers, input.provider) ? deps.providers[input.provider] : undefined
  if (!provider) return null
  try {
    return await word(deps, provider, input, await judgeAndApply(deps, provider, input))
  } catch (error) {
    deps.log.error(
      { request_id: input.requestId, provider: input.provider, error: String(error) },
      'callback not processed',
    )
    return tryAgain(deps, provider, input)
  }
}

const word = (deps: Deps, provider: Provider, input: CallbackInput, { verdict, client }: Processed) =>
  client
    ? client.answerCallback(verdict, input.request, lookupsOf(deps, input.merchantAccountId))
    : provider.answerStranger(verdict, input.request, deps.now)

/** Where nothing worked: an answer that needs no database, and a bare 503 for a protocol that cannot even word that. */
const tryAgain = async (deps: Deps, provider: Provider, { request }: CallbackInput): Promise<Response> => {
  try {
    return await provider.answerStranger('try_again', request, deps.now)
  } catch {
    return new Response(null, { status: 503 })
  }
}

const judgeAndApply = async (deps: Deps, provider: Provider, input: CallbackInput): Promise<Processed> => {
  // What cannot be an id names nothing, and need not be looked for.
  const found = isId('mac', input.merchantAccountId) ? await findConnection(deps, input.merchantAccountId) : null
  const addressed = found?.account.provider === input.provider ? found : null
  const { judgement, connection } = addressed
    ? await judgeCallback(deps, addressed, input.request)
    : { judgement: { reading: 'foreign' as const, content: null, keyId: null }, connection: null }
  const stored = await evidenceOf(deps, provider, input, {
    judgement,
    agencyCode: connection?.account.agencyCode ?? '-',
  })
  const proven = connection?.clients.find(({ keyId }) => keyId === judgement.keyId)?.client
  const client = proven ?? connection?.client ?? null
  if (!connection || !judgement.content) {
    const verdict = refusedVerdict(judgement.reading, connection)
    return { verdict: await refuse(deps, { ...stored, verdict }, connection !== null), client }
  }
  const verdict = await actOnCallback(deps, { stored, content: judgement.content, agencyCode: stored.agencyCode })
  if (stored.keyId) noteKeyUse(deps, connection, stored.keyId)
  return { verdict, client }
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
    sealed: await deps.box.seal(text, sealedFor.callback(id)),
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
