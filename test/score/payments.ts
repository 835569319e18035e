// What citizens paid and what the provider says of it: captures with every labelled error, and with the honest traps that must stay matched.
import { dayOf, isDueBy, isWorked, minuteOf, plusDays, settledFor, startOf } from './calendar.ts'
import { providerFeeOf } from './tariff.ts'
import {
  type Account,
  type AccountMonth,
  isWithin,
  label,
  type Maker,
  type Payment,
  type ProviderLine,
} from './world.ts'

/** How often each case comes, in a thousand or so. `plain` takes most. */
const weights = {
  plain: 820,
  duplicate_same_file: 8,
  duplicate_other_file: 8,
  open_here: 16,
  unknown_reference: 10,
  not_listed: 14,
  listed_failed: 9,
  failed_here: 9,
  other_amount: 14,
  other_fee: 14,
  other_day: 14,
  tied_pair: 6,
  never_listed: 10,
  failed_both: 6,
  only_provider_reference: 8,
  only_our_reference: 8,
  paid_twice: 6,
  next_file: 8,
  prefix_pair: 6,
  damaged_reference: 8,
  damaged_alone: 8,
  equal_pair: 8,
  told_twice: 4,
} as const
export type Case = keyof typeof weights

/** Amounts of fees, with odd ones whose provider fee ends on half a đồng, and small ones under the smallest fee. */
const makeAmount = ({ chance }: Maker): number => {
  const kind = chance.weighted({ usual: 60, thousands: 25, halves: 10, large: 5 })
  if (kind === 'usual') return chance.pick([8_000, 20_000, 30_000, 50_000, 75_000, 150_000, 230_000, 300_000, 750_000])
  if (kind === 'thousands') return chance.between(6, 3_000) * 1_000
  // 110 and 55 in ten thousand of these end on exactly one half; so do many of the VAT sums.
  if (kind === 'halves') return (chance.between(10, 2_000) * 2 + 1) * 500 + chance.pick([0, 50, 250])
  return chance.between(10_000_000, 9_000_000_000)
}

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
export const makeReference = ({ chance, fresh }: Maker, prefix: string, at: number): string =>
  fresh(
    () =>
      `${prefix}${dayOf(at).slice(2).replaceAll('-', '')}${Array.from({ length: 7 }, () => chance.pick([...letters])).join('')}`,
  )

export const makeProviderReference = ({ chance, fresh }: Maker): string =>
  fresh(() => String(chance.between(14_000_000, 989_999_999)))

/** An instant for which the provider settles on `day`: a minute or more away from midnight and from the cut-off. */
export const makeInstant = ({ chance }: Maker, account: Account, day: string): number => {
  for (;;) {
    const at =
      startOf(account.cutoffMinute > 0 && chance.isTrue(0.2) ? plusDays(day, -1) : day) +
      chance.between(1, 86_398) * 1_000
    const minute = minuteOf(at)
    const isClear = minute > 0 && minute < 1_438 && Math.abs(minute - account.cutoffMinute) > 1
    if (isClear && settledFor(account, at) === day) return at
  }
}

export const makePayment = (maker: Maker, account: Account, more: { at: number } & Partial<Payment>): Payment => ({
  account,
  orderId: maker.newId('ord'),
  attemptId: maker.newId('att'),
  dossier: maker.fresh(
    () =>
      `${account.agencyCode}-${dayOf(more.at).slice(2).replaceAll('-', '')}-${String(maker.chance.between(1, 999_999)).padStart(6, '0')}`,
  ),
  merchantReference: makeReference(maker, 'LP', more.at),
  providerReference: makeProviderReference(maker),
  amount: makeAmount(maker),
  status: 'captured',
  again: false,
  toldTwice: false,
  refund: null,
  ...more,
})

/** The line that agrees with a payment in everything. */
export const lineOf = (payment: Payment, story: string, more: Partial<ProviderLine> = {}): ProviderLine => {
  const amount = more.amount ?? payment.amount
  const isSuccess = (more.status ?? 'success') === 'success'
  const fee = more.fee ?? (isSuccess ? providerFeeOf(payment.account.tariff, amount) : 0)
  return {
    type: 'capture',
    at: payment.at,
    merchantReference: payment.merchantReference,
    providerReference: payment.providerReference,
    amount,
    fee,
    net: isSuccess ? amount - fee : 0,
    status: 'success',
    batch: `${settledFor(payment.account, payment.at)} ${Number(payment.providerReference) % payment.account.batches}`,
    fileDay: settledFor(payment.account, payment.at),
    twins: null,
    label: label('matched', story, { attempt: payment.attemptId }),
    ...more,
  }
}

/** Captures settled on one day, of one account. */
export const addDay = (maker: Maker, month: AccountMonth, { day, count }: { day: string; count: number }): void => {
  for (let index = 0; index < count; index += 1) {
    const at = makeInstant(maker, month.account, day)
    // What is due behind the period's end may not be listed yet: it is carried forward.
    const isEarly = isDueBy(month.account, at, maker.period.to) === false
    if (day > maker.period.to || (isEarly && maker.chance.isTrue(0.3))) {
      if (isEarly && isWithin(maker.period, dayOf(at))) month.payments.push(makePayment(maker, month.account, { at }))
      continue
    }
    const name = isTroubled(maker, at)
      ? maker.chance.weighted({ ...weights, ...(maker.isDense ? { plain: 130 } : {}) })
      : 'plain'
    addCase(maker, month, { name: maker.without.includes(name) ? 'plain' : name, at })
  }
}

/** Errors stand inside the period, where the contract says what they are. */
const isTroubled = ({ period }: Maker, at: number): boolean =>
  dayOf(at) > plusDays(period.from, 1) && dayOf(at) < plusDays(period.to, -1)

export const addCase = (maker: Maker, month: AccountMonth, { name, at }: { name: Case; at: number }): void => {
  const payment = makePayment(maker, month.account, { at })
  const add = (...lines: ProviderLine[]): void => {
    month.providerLines.push(...lines)
  }
  const keep = (...payments: Payment[]) => month.payments.push(...payments)
  if (name !== 'unknown_reference') keep(payment)
  const simple = simpleCases[name]
  if (simple) add(...simple(maker, payment))
  else addCompound(maker, month, { name, payment, add, keep })
}

type Compound = {
  name: Case
  payment: Payment
  add: (...lines: ProviderLine[]) => void
  keep: (...payments: Payment[]) => void
}

/** Cases that need more than the payment: its period, or another payment. */
const addCompound = (maker: Maker, month: AccountMonth, { name, payment, add, keep }: Compound): void => {
  const { attemptId, at } = payment
  if (name === 'not_listed') {
    const isDue = isDueBy(month.account, at, maker.period.to) === true
    if (!isDue) add(lineOf(payment, 'plain'))
    else
      month.unlisted.set(
        `attempt:${attemptId}`,
        label('missing_at_provider', 'captured, due and not listed', { attempt: attemptId }),
      )
  } else if (name === 'tied_pair') {
    // An amount that nothing else of the day has, so that just two payments could be it.
    payment.amount = maker.chance.between(1_000_001, 9_000_000) * 7 + 3
    const other = makePayment(maker, month.account, { at: sameDay(maker, month.account, at), amount: payment.amount })
    keep(other)
    const candidates = [attemptId, other.attemptId]
    add(
      lineOf(payment, '', {
        merchantReference: '',
        providerReference: '',
        label: label('ambiguous', 'no reference, two equal payments of the day', { candidates }),
      }),
    )
    for (const candidate of candidates) month.either.add(`attempt:${candidate}`)
  } else if (name === 'paid_twice') {
    const second = makePayment(maker, month.account, {
      at: at + 1_000 * maker.chance.between(1, 50),
      amount: payment.amount,
      orderId: payment.orderId,
      dossier: payment.dossier,
      again: true,
    })
    keep(second)
    add(lineOf(payment, 'an order paid twice'), lineOf(second, 'an order paid twice'))
  } else {
    const isPrefix = name === 'prefix_pair'
    const other = makePayment(maker, month.account, {
      at: sameDay(maker, month.account, at),
      amount: payment.amount,
      ...(isPrefix
        ? { merchantReference: maker.fresh(() => `${payment.merchantReference}${maker.chance.below(10)}`) }
        : {}),
    })
    keep(other)
    const story = isPrefix ? 'one reference begins with the other, equal amounts' : 'equal amounts, other references'
    add(lineOf(payment, story), lineOf(other, story))
  }
}

/** Another instant of the same day and the same cut-off. */
const sameDay = (maker: Maker, account: Account, at: number): number => {
  for (;;) {
    const other = makeInstant(maker, account, settledFor(account, at))
    if (dayOf(other) === dayOf(at)) return other
  }
}

/** Cases whose lines follow from the payment alone. */
const simpleCases: Partial<Record<Case, (maker: Maker, payment: Payment) => ProviderLine[]>> = {
  plain: (_, payment) => [lineOf(payment, 'plain')],
  duplicate_same_file: (_, payment) => twice(payment, 'the same line twice in one file', 0),
  duplicate_other_file: (_, payment) => twice(payment, 'the same line again in a later file', payment.account.fileDays),
  open_here: ({ chance }, payment) => {
    payment.status = chance.pick(['created', 'pending', 'unknown'])
    return [
      lineOf(payment, '', {
        label: label('missing_here', `listed as success, ${payment.status} here`, { attempt: payment.attemptId }),
      }),
    ]
  },
  unknown_reference: (_, payment) => [
    lineOf(payment, '', { label: label('missing_here', 'listed as success, and no such reference here') }),
  ],
  listed_failed: ({ chance }, payment) => {
    const status = chance.pick(['failed', 'pending'] as const)
    return [
      lineOf(payment, '', {
        status,
        label: label('status_mismatch', `captured here, listed ${status}`, { attempt: payment.attemptId }),
      }),
    ]
  },
  failed_here: (_, payment) => {
    payment.status = 'failed'
    return [
      lineOf(payment, '', {
        label: label('status_mismatch', 'failed here, listed success', { attempt: payment.attemptId }),
      }),
    ]
  },
  other_amount: ({ chance }, payment) => {
    const amount = payment.amount + chance.pick([-1_000, 1_000, -1, 1, 9_000, 100_000])
    return [
      lineOf(payment, '', {
        amount,
        label: label('amount_mismatch', `captured ${payment.amount}, listed ${amount}`, { attempt: payment.attemptId }),
      }),
    ]
  },
  other_fee: ({ chance }, payment) => {
    const right = providerFeeOf(payment.account.tariff, payment.amount)
    const wrong = right + (right > 11 ? chance.pick([-11, -1, 1, 2, 550]) : chance.pick([1, 2, 550]))
    return [
      lineOf(payment, '', {
        fee: wrong,
        label: label('fee_mismatch', `provider fee ${wrong}, by contract ${right}`, { attempt: payment.attemptId }),
      }),
    ]
  },
  other_day: ({ chance }, payment) => {
    const days = chance.pick([-1, 1])
    return [
      lineOf(payment, '', {
        at: payment.at + days * 86_400_000,
        label: label('date_shift', `listed ${days} day off`, { attempt: payment.attemptId }),
      }),
    ]
  },
  never_listed: ({ chance }, payment) => {
    payment.status = chance.pick(['created', 'pending', 'unknown', 'failed'])
    return []
  },
  failed_both: (_, payment) => {
    payment.status = 'failed'
    return [lineOf(payment, 'failed on both sides', { status: 'failed' })]
  },
  only_provider_reference: (_, payment) => [
    lineOf(payment, 'only the provider’s reference', { merchantReference: '' }),
  ],
  only_our_reference: (_, payment) => [lineOf(payment, 'only our reference', { providerReference: '' })],
  next_file: (_, payment) => [
    lineOf(payment, 'in the next day’s file', {
      fileDay: plusDays(settledFor(payment.account, payment.at), payment.account.fileDays),
    }),
  ],
  damaged_reference: (maker, payment) => [
    lineOf(payment, 'our reference damaged, the provider’s whole', {
      merchantReference: damaged(maker, payment.merchantReference),
    }),
  ],
  told_twice: (_, payment) => {
    payment.toldTwice = true
    return [lineOf(payment, 'told without the provider’s reference first')]
  },
  damaged_alone: (maker, payment) => {
    // Of an amount that nothing else of the day has: the damage leaves one payment.
    payment.amount = maker.chance.between(1_000_001, 9_000_000) * 7 + 4
    const merchantReference = damaged(maker, payment.merchantReference)
    return [
      lineOf(payment, `our reference damaged to "${merchantReference}", no other`, {
        merchantReference,
        providerReference: '',
      }),
    ]
  },
}

const twice = (payment: Payment, story: string, days: number): ProviderLine[] => {
  const first = lineOf(payment, story, { twins: payment.attemptId })
  const second = {
    ...first,
    fileDay: plusDays(first.fileDay, days),
    label: label('duplicate_line', story, { attempt: payment.attemptId }),
  }
  return [first, second]
}

/** Case, spaces and a cut tail, as files lose them. */
const damaged = ({ chance }: Maker, reference: string): string => {
  const kind = chance.pick(['case', 'space', 'dash', 'tail'] as const)
  const at = chance.between(3, reference.length - 3)
  if (kind === 'case') return reference.toLowerCase()
  if (kind === 'space') return `${reference.slice(0, at)} ${reference.slice(at)}`
  if (kind === 'dash') return `${reference.slice(0, 2)}-${reference.slice(2, 8)}-${reference.slice(8)}`
  return reference.slice(0, -2)
}

/** How many payments a day has: few on free days. */
export const countOf = ({ chance }: Maker, day: string, average: number): number =>
  Math.max(0, Math.round(average * (isWorked(day) ? 1.15 : 0.45) * (0.7 + chance.below(600) / 1_000)))
