/**
 * What reversals left of the captures of an attempt that has several: which of them a reversal takes from is decided by the one door (domain/captures.ts), and read
 * here in the same way. Few attempts are like that.
 */
import { withoutReversed } from '../../domain/captures.ts'
import type { Transaction } from '../transaction.ts'

/** Corrects `net` of `rec_capture`, which holds for attempts of one capture. */
export const spreadReversals = async (sql: Transaction): Promise<void> => {
  const captures = (await sql`
    select attempt_id, reference, attempt_id || ':' || reference as key, amount, amount as net from rec_capture
    where attempt_id in (
      select capture.attempt_id from rec_capture as capture join rec_attempt as attempt on attempt.id = capture.attempt_id
      where attempt.amount_reversed > 0 group by capture.attempt_id having count(*) > 1)`) as readonly unknown[] as readonly Spread[]
  if (captures.length === 0) return
  const reversals = (await sql`
    select attempt_id, kind, reference, amount from money_facts
    where kind = 'reversed' and attempt_id = any(${[...new Set(captures.map(({ attemptId }) => attemptId))]}::text[])`) as readonly unknown[] as readonly Reversal[]
  const left = withoutReversed(captures, reversals)
  await sql`
    update rec_capture set net = left_of.net
    from unnest(${left.map(({ attemptId }) => attemptId)}::text[], ${left.map(({ reference }) => reference)}::text[], ${left.map(({ net }) => String(net))}::text[]::bigint[])
      as left_of (attempt_id, reference, net)
    where left_of.attempt_id = rec_capture.attempt_id and left_of.reference = rec_capture.reference`
}

type Spread = { attemptId: string; reference: string; key: string; amount: bigint; net: bigint }
type Reversal = { attemptId: string; kind: 'reversed'; reference: string; amount: bigint }
