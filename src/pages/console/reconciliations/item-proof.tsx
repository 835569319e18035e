/** Why an item is what it is: the rule and each comparison as a sentence with the figures in it. */
import type { FC } from 'hono/jsx'
import type { Language } from '../../language.ts'
import { money as moneyText, shortDay, shortTime } from '../../wording.ts'
import { Card } from '../parts.tsx'
import { count } from '../statements/words.ts'
import { itemWords } from './item-words.ts'
import { ruleSentence } from './proof-words.ts'
import type { SurroundedItem } from './shapes.ts'

export const Proof: FC<{ item: SurroundedItem; language: Language }> = ({ item, language }) => {
  const copy = itemWords[language]
  const hashes = item.proof.hashes.filter((hash): hash is string => hash !== null)
  return (
    <Card heading={copy.proof} id="proof">
      <ol class="steps">
        {proofSentences(item, language).map((sentence) => (
          <li>{sentence}</li>
        ))}
      </ol>
      <p class="small">
        <code>{item.proof.rule}</code>
      </p>
      <details>
        <summary>{copy.hashes}</summary>
        <p class="small">{copy.hashesHint}</p>
        <ol>
          {hashes.map((hash) => (
            <li>
              <code>{hash}</code>
            </li>
          ))}
        </ol>
      </details>
    </Card>
  )
}

/** In the order in which one checks it by hand. */
export const proofSentences = (item: SurroundedItem, language: Language): string[] =>
  [ruleLine(item, language), ...amountLines(item, language), ...restLines(item, language)].filter(
    (line): line is string => line !== null,
  )

const signed = (amount: bigint, language: Language): string =>
  amount < 0n ? `−${moneyText(-amount, language)}` : moneyText(amount, language)

const ruleLine = (item: SurroundedItem, language: Language): string => {
  const { row, payment, refunded, proof } = item
  const here = proof.fields.reference?.here
  const day = row?.value_date && item.source === 'bank' ? row.value_date : item.business_day
  const rowText = row ? [row.bank_reference, row.description].filter(Boolean).join(' ') || null : null
  return ruleSentence(
    proof.rule,
    {
      rowReference: row?.merchant_reference ?? null,
      rowProviderReference: item.source === 'bank' ? (row?.bank_reference ?? null) : (row?.provider_reference ?? null),
      rowText,
      ours: refunded?.merchant_reference ?? payment?.merchant_reference ?? item.merchant_reference,
      theirs: typeof here === 'string' ? here : null,
      payouts: item.payout_references,
      transfer: row?.bank_reference ?? null,
      day: day ? shortDay(day, language) : '—',
      amount: item.amount_there === null ? '—' : signed(item.amount_there, language),
      expected: item.expected_on ? shortDay(item.expected_on, language) : '—',
    },
    language,
  )
}

const amountLines = (item: SurroundedItem, language: Language): (string | null)[] => {
  const copy = itemWords[language]
  const { amount_here: here, amount_there: there, proof } = item
  const money = (amount: bigint) => signed(amount, language)
  const amounts =
    here !== null && there !== null
      ? here === there
        ? copy.amountsEqual(money(here), money(there))
        : (proof.payouts ? copy.payoutsDiffer : copy.amountsDiffer)(money(here), money(there), money(there - here))
      : here !== null
        ? copy.amountOneSide(proof.payouts ? copy.theirs : copy.ours, money(here))
        : there !== null
          ? copy.amountOneSide(item.source === 'bank' ? copy.bank : copy.theirs, money(there))
          : null
  const { provider_fee_here: feeHere, provider_fee_there: feeThere } = item
  const fees =
    feeHere === null || feeThere === null
      ? null
      : feeHere === feeThere
        ? copy.feesEqual(money(feeHere), money(feeThere))
        : copy.feesDiffer(money(feeHere), money(feeThere))
  const { sums, arithmetic } = proof
  const net = sums
    ? copy.sums(money(sums.gross), money(sums.provider_fee), money(sums.vat), money(sums.net))
    : arithmetic && item.source === 'provider'
      ? copy.arithmetic(figures(arithmetic, language))
      : null
  const said = item.source === 'provider' ? (item.row?.net_amount ?? null) : null
  return [amounts, fees, net, net && said !== null ? copy.netSaid(money(said)) : null]
}

/** `150000 - 1815 = 148185` with its thousands apart. */
const figures = (arithmetic: string, language: Language): string =>
  arithmetic
    .replace(/\d+/g, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, language === 'vi' ? '.' : ','))
    .replaceAll('-', '−')

const restLines = (item: SurroundedItem, language: Language): (string | null)[] => {
  const copy = itemWords[language]
  const { fields, payouts = [], team, due_before: due } = item.proof
  const money = (amount: bigint) => signed(amount, language)
  const status = (name: unknown) => (typeof name === 'string' ? (copy.statuses[name] ?? name) : null)
  const [statusHere, statusThere] = [status(fields.status?.here), status(fields.status?.there)]
  const [dayHere, dayThere] = [fields.business_day?.here, fields.business_day?.there]
  return [
    statusHere && statusThere && item.class === 'status_mismatch' ? copy.statusesDiffer(statusHere, statusThere) : null,
    typeof dayHere === 'string' && typeof dayThere === 'string'
      ? dayHere === dayThere
        ? copy.daysEqual(shortDay(dayHere, language))
        : copy.daysDiffer(shortDay(dayHere, language), shortDay(dayThere, language))
      : null,
    ...payouts.map(({ reference, part, lines, gross, fee, net, expected_on: expected }) =>
      part === 'fee'
        ? copy.payoutFee(reference, count(lines, language), money(net), shortDay(expected, language))
        : copy.payoutSum(
            reference,
            count(lines, language),
            money(gross),
            money(fee),
            money(net),
            shortDay(expected, language),
          ),
    ),
    team ? copy.team(count(team.lines, language), money(team.paid), money(team.net)) : null,
    due ? copy.due(shortTime(new Date(due), language)) : null,
  ]
}
