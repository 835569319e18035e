// What the bank shows of a month's payouts: credits and debits in the bank's own wording, with every labelled error and the honest traps.
import { damagedReference, wording } from './bank-wording.ts'
import { daysFrom, isWorked, plusDays, plusWorked } from './calendar.ts'
import { isSpecial, twinBatch } from './payouts.ts'
import { type AccountMonth, type BankLine, isWithin, type Label, label, type Maker, type Payout } from './world.ts'

const weights = {
  plain: 560,
  damaged: 90,
  shifted: 80,
  unreferenced: 40,
  split: 40,
  joint: 40,
  joint_unreferenced: 20,
  short: 45,
  over: 45,
  unsettled: 45,
}
type Case = keyof typeof weights

/** Adds the bank's lines for the payouts that are due by the end of the period; what is due later has not come yet. */
export const addBankLines = (maker: Maker, month: AccountMonth): void => {
  const payouts = [...month.payouts.values()]
    .filter(({ total, valueDate }) => total !== 0 && valueDate <= maker.period.to)
    .toSorted((a, b) => (a.valueDate < b.valueDate ? -1 : a.valueDate > b.valueDate ? 1 : 0))
  for (const { batch, reference } of month.payouts.values()) {
    const payout = month.payouts.get(batch)
    if (payout?.total === 0) month.either.add(`payout:${reference}`)
  }
  const bank = createBank(maker, month)
  const waiting = payouts.filter((payout) => !isSpecial(payout))
  for (let payout = waiting.shift(); payout; payout = waiting.shift()) {
    const name: Case = isTroubled(maker, payout)
      ? maker.chance.weighted({ ...weights, ...(maker.isDense ? { plain: 100 } : {}) })
      : 'plain'
    const next = waiting[0]
    const isJoint =
      (name === 'joint' || name === 'joint_unreferenced') &&
      next &&
      next.total > 0 &&
      payout.total > 0 &&
      isTroubled(maker, next)
    if (isJoint && (name === 'joint' || (month.account.tariff.netted && isOneSolution(month, [payout, next])))) {
      waiting.shift()
      bank.joint([payout, next], name === 'joint')
    } else bank.settle(payout, name)
  }
  addSpecials(maker, { month, bank, payouts: payouts.filter(isSpecial) })
  addStrangers(maker, month, bank)
  addOverlap(maker, month)
}

/** Errors stand where a shift of ten working days stays inside the period. */
const isTroubled = ({ period }: Maker, { valueDate }: Payout): boolean =>
  plusWorked(valueDate, -2) > period.from && valueDate < plusDays(period.to, -1)

type Bank = ReturnType<typeof createBank>

const createBank = (maker: Maker, month: AccountMonth) => {
  const { chance, period } = maker
  const { account } = month
  const add = (line: Omit<BankLine, 'twins' | 'bankReference' | 'counterparty'> & Partial<BankLine>) =>
    month.bankLines.push({
      twins: null,
      bankReference: numberOf(maker, month, line.valueDate),
      counterparty: 'TRUNG GIAN THANH TOAN',
      ...line,
    })
  const named = (
    payout: Payout,
    more: { amount?: number; valueDate?: string; text?: string; label?: Label; story?: string },
  ) => {
    const text = more.text ?? payout.reference
    add({
      valueDate: more.valueDate ?? payout.valueDate,
      amount: more.amount ?? payout.total,
      description: wording(maker, account.bankStyle, text),
      label: more.label ?? label('matched', more.story ?? 'payout named', { payouts: [payout.reference] }),
    })
  }
  /** Provider fees that are not netted come as a debit of their own. */
  const fees = (payout: Payout, valueDate = payout.valueDate) => {
    if (!account.tariff.netted && payout.fees > 0)
      named(payout, {
        amount: -payout.fees,
        valueDate,
        text: `PHI DV ${payout.reference}`,
        story: 'provider fees that are not netted',
      })
  }
  const cases: Record<Exclude<Case, 'joint' | 'joint_unreferenced'>, (payout: Payout) => void> = {
    plain: (payout) => {
      if (!chance.isTrue(0.12)) return named(payout, {})
      const common = { valueDate: payout.valueDate, amount: payout.total, bankReference: payout.reference }
      add({
        ...common,
        description: wording(maker, account.bankStyle, ''),
        label: label('matched', 'payout in the bank’s reference', { payouts: [payout.reference] }),
      })
    },
    damaged: (payout) => {
      const text = damagedReference(maker, payout.reference)
      named(payout, { text, story: `payout reference damaged to "${text}"` })
    },
    shifted: (payout) => {
      const valueDate = shifted(maker, payout.valueDate)
      named(payout, { valueDate, story: `value date ${payout.valueDate}, credited ${valueDate}` })
    },
    unreferenced: (payout) => {
      if (!account.tariff.netted || !isOneSolution(month, [payout])) return named(payout, {})
      const valueDate = chance.isTrue(0.5) ? payout.valueDate : shifted(maker, payout.valueDate)
      named(payout, { text: '', valueDate, story: 'no reference, one payout of that amount' })
    },
    split: (payout) => {
      const first = Math.floor((payout.total * chance.between(20, 80)) / 100)
      if (Math.abs(payout.total) < 100_000) return named(payout, {})
      for (const amount of [first, payout.total - first])
        named(payout, { amount, story: 'one payout in two credits, both named' })
    },
    short: (payout) => otherAmount(payout, -1),
    over: (payout) => otherAmount(payout, 1),
    unsettled: (payout) => {
      month.unlisted.set(
        `payout:${payout.reference}`,
        label('unsettled', `due ${payout.valueDate}, and no bank line`, { payouts: [payout.reference] }),
      )
    },
  }
  const otherAmount = (payout: Payout, sign: 1 | -1) => {
    const by = sign * chance.pick([1, 1_000, 5_500, 50_000])
    if (payout.total + by <= 0) return named(payout, {})
    named(payout, {
      amount: payout.total + by,
      label: label(sign > 0 ? 'over_settled' : 'short_settled', `net ${payout.total}, credited ${payout.total + by}`, {
        payouts: [payout.reference],
      }),
    })
  }
  return {
    add,
    named,
    settle: (payout: Payout, name: Case) => {
      const known = name === 'joint' || name === 'joint_unreferenced' ? 'plain' : name
      cases[known](payout)
      const isPaid = !month.unlisted.has(`payout:${payout.reference}`)
      if (isPaid) fees(payout, isWithin(period, payout.valueDate) ? payout.valueDate : undefined)
    },
    joint: (payouts: readonly Payout[], isNamed: boolean) => {
      const amount = payouts.reduce((sum, { total }) => sum + total, 0)
      const valueDate = payouts.reduce((last, payout) => (payout.valueDate > last ? payout.valueDate : last), '')
      const references = payouts.map(({ reference }) => reference)
      const story = isNamed ? 'one credit names two payouts' : 'one credit for two payouts, no reference'
      add({
        valueDate,
        amount,
        description: wording(maker, account.bankStyle, isNamed ? references.join(chance.pick([' ', ' + ', ', '])) : ''),
        label: label('matched', story, { payouts: references }),
      })
      for (const payout of payouts) fees(payout)
    },
  }
}

/** Whether no other one, two or three payouts of the month come to the sum of these: else nothing but a reference tells what is paid. */
const isOneSolution = (month: AccountMonth, payouts: readonly Payout[]): boolean => {
  const sum = payouts.reduce((total, payout) => total + payout.total, 0)
  const totals = [...month.payouts.values()].filter(({ total }) => total !== 0).map(({ total }) => total)
  const at = Map.groupBy(totals.keys(), (index) => totals[index] ?? 0)
  const solutions = new Set<string>()
  const note = (...indexes: number[]) =>
    new Set(indexes).size === indexes.length && solutions.add(indexes.toSorted().join())
  for (const [one, first] of totals.entries()) {
    for (const last of at.get(sum) ?? []) note(last)
    for (const last of at.get(sum - first) ?? []) note(one, last)
    for (const [two, second] of totals.entries())
      for (const last of at.get(sum - first - second) ?? []) note(one, two, last)
  }
  return solutions.size === 1
}

/** The bank's own number of a line; some banks give none. */
const numberOf = (maker: Maker, { account }: AccountMonth, valueDate: string): string =>
  account.bankStyle === 'plain' && maker.chance.isTrue(0.4)
    ? ''
    : maker.fresh(() => `FT${valueDate.slice(2).replaceAll('-', '')}${maker.chance.between(100_000, 999_999)}`)

/** Two working days early to ten late, inside the period. */
const shifted = (maker: Maker, valueDate: string): string => {
  const days = maker.chance.pick([-2, -1, 1, 2, 3, 5, 7, 10])
  const at = plusWorked(valueDate, days)
  return isWithin(maker.period, at) ? at : valueDate
}

const addSpecials = (
  maker: Maker,
  { month, bank, payouts }: { month: AccountMonth; bank: Bank; payouts: readonly Payout[] },
): void => {
  const pairs = Map.groupBy(
    payouts.filter(({ batch }) => batch.includes(twinBatch)),
    ({ batch }) => batch.slice(0, -2),
  )
  for (const pair of pairs.values()) {
    const candidates = pair.map(({ reference }) => reference)
    for (const reference of candidates) month.either.add(`payout:${reference}`)
    const story = 'no reference, two payouts of that amount'
    const [first] = pair
    for (let count = maker.chance.between(1, 2); first && count > 0; count -= 1)
      bank.named(first, { text: '', label: label('ambiguous', story, { candidates }) })
  }
  for (const payout of payouts.filter(({ batch }) => !batch.includes(twinBatch)))
    bank.named(payout, {
      ...(maker.chance.isTrue(0.5) ? { text: '' } : {}),
      story: 'more refunds than captures: a debit',
    })
}

/** Money that no payout explains, of odd amounts. */
const addStrangers = (maker: Maker, month: AccountMonth, bank: Bank): void => {
  const { chance, period } = maker
  const worked = daysFrom(plusDays(period.from, 1), plusDays(period.to, -1)).filter(isWorked)
  const days = Array.from({ length: 5 }, () => chance.pick(worked))
  const taken = new Set([...month.payouts.values()].map(({ total }) => Math.abs(total)))
  for (const [index, valueDate] of days.entries()) {
    const isCredit = index < 3
    const amount = chance.between(20_000, 60_000_000) * 10 + 9
    if (taken.has(amount)) continue
    const description = isCredit
      ? chance.pick(['NGUYEN VAN AN nop tien ho so', 'Le thi Binh ck', 'CHUYEN TIEN NOI BO', 'LAI TIEN GUI'])
      : chance.pick(['PHI QUAN LY TAI KHOAN', 'PHI SMS', 'DIEU CHINH GIAM'])
    bank.add({
      valueDate,
      amount: isCredit ? amount : -amount,
      description,
      counterparty: '',
      label: label(isCredit ? 'unknown_credit' : 'unknown_debit', 'money that no payout explains'),
    })
  }
}

/** Two statements that overlap by a day: each line of that day comes twice, under the bank's own number. */
const addOverlap = ({ chance, period, fresh }: Maker, month: AccountMonth): void => {
  const day = chance.pick(month.bankLines.filter((line) => isWithin(period, line.valueDate))).valueDate
  for (const line of month.bankLines.filter(({ valueDate }) => valueDate === day)) {
    if (line.bankReference === '')
      line.bankReference = fresh(() => `FT${day.slice(2).replaceAll('-', '')}${chance.between(100_000, 999_999)}`)
    line.twins = `${day} ${month.bankLines.indexOf(line)}`
    const { payouts } = line.label
    month.bankLines.push({ ...line, label: label('duplicate_line', 'in two statements that overlap', { payouts }) })
  }
}
