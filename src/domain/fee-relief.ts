// Exemptions and reductions (miễn, giảm): which one applies to a line, and what is left to pay.
import { shareHalfUp } from './money.ts'

/** What a relief does to a line: nothing left, so many percent off, or a lower amount instead. */
export type ReliefEffect = { kind: 'exempt' } | { kind: 'reduce'; percent: number } | { kind: 'set'; amount: bigint }

/** A relief by one legal rule. Days are `yyyy-MM-dd`, both ends included; null or absent parts set no condition. */
export type Relief = {
  rule: string
  effect: ReliefEffect
  /** Line codes; null for every line. */
  appliesTo: readonly string[] | null
  channel: 'counter' | 'online' | null
  validFrom: string | null
  validTo: string | null
  /** Whether the payer must be shown to qualify; otherwise it applies by itself. */
  isPersonal: boolean
}

/** The case: `qualifiesFor` names the personal rules that an officer, or the identity platform, has confirmed. */
export type ReliefCase = { day: string; channel: 'counter' | 'online' | null; qualifiesFor: readonly string[] }

/** What is left of a line, and the rule that made it so; null when none applied. */
export type Relieved = { amount: bigint; rule: string | null }

/**
 * What is left of a line's amount under the one best relief: they are not added up (Thông tư 117/2026/TT-BTC, Điều 2
 * khoản 2). Of equally good ones the first is named. A reduction is half up to 1 đồng of what is left. Caps by income or
 * asset, which need more than the case, are not applied here.
 */
export function bestRelief(
  line: { lineCode: string; amount: bigint },
  reliefs: readonly Relief[],
  facts: ReliefCase,
): Relieved {
  const applicable = reliefs.filter((relief) => applies(relief, line.lineCode, facts))
  return applicable.reduce<Relieved>(
    (best, relief) => {
      const amount = left(line.amount, relief.effect)
      return amount < best.amount ? { amount, rule: relief.rule } : best
    },
    { amount: line.amount, rule: null },
  )
}

/** The effect that demo/fees.json writes as `exempt_100`, `reduce_50` or `set_amount_100000`; null for another text. */
export function readReliefEffect(text: string): ReliefEffect | null {
  if (text === 'exempt_100') return { kind: 'exempt' }
  const [, verb, digits] = /^(reduce|set_amount)_(\d{1,12})$/.exec(text) ?? []
  if (!verb || !digits) return null
  if (verb === 'set_amount') return { kind: 'set', amount: BigInt(digits) }
  return Number(digits) <= 100 ? { kind: 'reduce', percent: Number(digits) } : null
}

function applies(relief: Relief, lineCode: string, { day, channel, qualifiesFor }: ReliefCase): boolean {
  return (
    (relief.appliesTo === null || relief.appliesTo.includes(lineCode)) &&
    (relief.channel === null || relief.channel === channel) &&
    (relief.validFrom === null || relief.validFrom <= day) &&
    (relief.validTo === null || day <= relief.validTo) &&
    (!relief.isPersonal || qualifiesFor.includes(relief.rule))
  )
}

function left(amount: bigint, effect: ReliefEffect): bigint {
  switch (effect.kind) {
    case 'exempt':
      return 0n
    case 'reduce':
      return shareHalfUp(amount, BigInt(100 - effect.percent), 100n)
    case 'set':
      return effect.amount
  }
}
