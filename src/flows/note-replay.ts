/** Which callbacks tell again what another has told: the first is remembered with its effect, a later one is marked, counted and has none. */
import type { Verdict } from '../providers/contract.ts'
import { insertNonce, markReplay, type NonceKey } from '../store/callback-nonces.ts'
import type { StoredCallback } from '../store/callbacks.ts'
import type { Fragment, Query, Sql } from '../store/database.ts'
import type { Deps } from './deps.ts'

export type ReplayNote = {
  /** To be put into the transaction that has the message's effect, or that finds it to have none. */
  statements: (sql: Sql, verdict: Verdict | Fragment) => readonly Query[]
  /** Afterwards: counts it if it was a replay. */
  count: () => Promise<void>
}

/**
 * The note of one piece of news. Nothing is noted of a callback that was answered before, of what moves nothing, and of what nobody here knows: that may still
 * have its effect when it comes again.
 */
export const noteReplay = (deps: Deps, stored: StoredCallback, key: NonceKey): ReplayNote => {
  const isNews = stored.verdict === null && key.outcome !== 'pending'
  let marked: Query | null = null
  return {
    statements: (sql, verdict) => {
      if (!isNews || verdict === 'unknown_order') return []
      marked = markReplay(sql, stored, key, verdict)
      return [insertNonce(sql, stored, key), marked]
    },
    count: async () => {
      // It has run with its transaction; this reads what it answered.
      const rows = marked ? await marked : []
      const [row] = rows
      if (!row) return
      const { provider, merchantAccountId } = stored
      deps.metrics.count('lephi_callback_replays_total', { provider })
      deps.log.info(
        { merchant_account: merchantAccountId, provider, callback: stored.id, replay_of: row.replayOf },
        'callback repeats another',
      )
    },
  }
}
