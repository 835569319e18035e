/** The raw evidence of an order: each callback that named it, opened, with what may be shown of it. Read by people; nothing is acted on. */
import { maskMessage, type ShownField } from '../domain/mask-message.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import { callbacksNaming, findOrderNames, type NamingCallback, type ToldFact } from '../store/order-evidence.ts'
import { readEvidence } from './callback-evidence.ts'
import type { Deps } from './deps.ts'

export type OpenedCallback = Omit<NamingCallback, 'sealed'> & {
  /** Null where there are no bytes any more (`erasedAt`), or they can no longer be opened: the key that sealed them is gone. */
  message: {
    method: string
    bodyType: string | null
    bodyBytes: number
    fields: readonly ShownField[]
    isCut: boolean
  } | null
}

/** A page of callbacks behind `after`, and what all sources told; null when the scope holds no such order. */
export const readOrderEvidence = async (
  deps: Deps,
  scope: string,
  { orderId, after, limit }: { orderId: string; after: string; limit: number },
): Promise<{ callbacks: readonly OpenedCallback[]; facts: readonly ToldFact[] } | null> => {
  const found = await findOrderNames(deps.db, scope, orderId)
  if (!found) return null
  const stored = await callbacksNaming(deps.db, found.names, { after, limit })
  const callbacks = await Promise.all(stored.map((callback) => openCallback(deps, callback)))
  return { callbacks, facts: found.facts }
}

const openCallback = async (deps: Deps, { sealed, ...callback }: NamingCallback): Promise<OpenedCallback> => {
  const opened = sealed && (await deps.box.open(sealed, sealedFor.callback(callback.id)).catch(() => null))
  if (!opened) return { ...callback, message: null }
  const { method, search, headers, body } = readEvidence(new TextDecoder().decode(opened))
  const bodyType = headers.get('content-type')
  const provider = Object.hasOwn(deps.providers, callback.provider) ? deps.providers[callback.provider] : undefined
  const masked = maskMessage({ search, contentType: bodyType, body }, provider?.redact ?? [])
  return { ...callback, message: { method, bodyType, bodyBytes: body.length, ...masked } }
}
