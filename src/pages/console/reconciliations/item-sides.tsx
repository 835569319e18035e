/** One item side by side: what our books say, what the provider's file says, what the bank's says; what differs is marked in words. */
import type { Child, FC } from 'hono/jsx'
import type { Language } from '../../language.ts'
import { shortDay, shortTime } from '../../wording.ts'
import { Badge, Card, Money, Table } from '../parts.tsx'
import { itemWords } from './item-words.ts'
import type { SurroundedItem } from './shapes.ts'

type Row = { name: string; ours: Child; theirs: Child; bank: Child; isDifferent: boolean }

export const Sides: FC<{ item: SurroundedItem; language: Language }> = ({ item, language }) => {
  const copy = itemWords[language]
  const rows = (item.source === 'bank' ? bankRows(item, language) : providerRows(item, language)).filter(
    ({ ours, theirs, bank }) => [ours, theirs, bank].some((cell) => cell !== null),
  )
  const cell = (content: Child) => (content === null ? copy.nothing : content)
  return (
    <Card heading={copy.side} id="sides">
      <Table
        caption={copy.side}
        isCaptionUnseen
        language={language}
        rows={rows}
        columns={[
          {
            head: copy.field,
            cell: ({ name, isDifferent }) => (
              <>
                <b>{name}</b> {isDifferent ? <Badge tone="bad">{copy.differs}</Badge> : null}
              </>
            ),
          },
          ...(['ours', 'theirs', 'bank'] as const)
            .filter((side) => rows.some((row) => row[side] !== null))
            .map((side) => ({ head: copy[side], cell: (row: Row) => cell(row[side]) })),
        ]}
      />
      {item.source === 'provider' && item.payout_reference && item.bank.length === 0 ? (
        <p class="small">{copy.noBank}</p>
      ) : null}
    </Card>
  )
}

const texts = (language: Language) => ({
  code: (text: string | null | undefined): Child => (text ? <code>{text}</code> : null),
  money: (amount: bigint | null | undefined): Child =>
    amount === null || amount === undefined ? null : <Money amount={amount} language={language} />,
  day: (day: string | null | undefined): Child => (day ? shortDay(day, language) : null),
  status: (name: unknown): Child => (typeof name === 'string' ? (itemWords[language].statuses[name] ?? name) : null),
  many: (parts: readonly Child[]): Child =>
    parts.length === 0 ? null : (
      <ul class="plain-list">
        {parts.map((part) => (
          <li>{part}</li>
        ))}
      </ul>
    ),
})

/** Both sides say something, and not the same. */
const areApart = (here: unknown, there: unknown): boolean =>
  here !== null && here !== undefined && there !== null && there !== undefined && here !== there

/** One field of a row of the provider: what we say, what the file says, and of the payout what the bank says. */
const side = (name: string, [ours, theirs, paid]: [Child, Child, Child?], isDifferent = false): Row => ({
  name,
  ours,
  theirs,
  bank: paid ?? null,
  isDifferent,
})

const providerRows = (item: SurroundedItem, language: Language): Row[] => [
  ...namedRows(item, language),
  ...moneyRows(item, language),
  ...settledRows(item, language),
]

const namedRows = ({ row, payment, refunded, ...item }: SurroundedItem, language: Language): Row[] => {
  const copy = itemWords[language]
  const { code } = texts(language)
  const { reference } = item.proof.fields
  const isListed = item.statement_line !== null
  const ours =
    refunded?.merchant_reference ?? payment?.merchant_reference ?? (isListed ? null : item.merchant_reference)
  return [
    side(copy.reference, [code(ours), code(row?.merchant_reference)], areApart(ours, row?.merchant_reference ?? null)),
    side(
      copy.providerReference,
      [code(text(reference?.here)), code(row?.provider_reference)],
      areApart(reference?.here, row?.provider_reference),
    ),
  ]
}

const moneyRows = ({ row, payment, bank, ...item }: SurroundedItem, language: Language): Row[] => {
  const copy = itemWords[language]
  const { money, day, status, many } = texts(language)
  const { sums, fields } = item.proof
  const { amount_here: here, amount_there: there } = item
  // The sums are those of the file's own amount.
  const net = here === there ? sums?.net : null
  const paid = bank.map(({ amount }) => (
    <>
      {money(amount)} <small>({copy.ofPayout})</small>
    </>
  ))
  return [
    side(
      copy.amount,
      [money(here), money(there), many(paid)],
      areApart(here, there) || (here === null) !== (there === null),
    ),
    side(
      copy.providerFee,
      [money(item.provider_fee_here), money(item.provider_fee_there)],
      areApart(item.provider_fee_here, item.provider_fee_there),
    ),
    side(copy.net, [money(net), money(row?.net_amount)], areApart(net, row?.net_amount)),
    side(
      copy.status,
      [status(fields.status?.here ?? payment?.status), status(fields.status?.there ?? row?.status)],
      item.class === 'status_mismatch',
    ),
    side(
      copy.day,
      [day(text(fields.business_day?.here)), day(text(fields.business_day?.there))],
      areApart(fields.business_day?.here, fields.business_day?.there),
    ),
    side(copy.occurredAt, [null, row?.occurred_at ? shortTime(row.occurred_at, language) : null]),
  ]
}

const settledRows = ({ row, bank, ...item }: SurroundedItem, language: Language): Row[] => {
  const copy = itemWords[language]
  const { code, day, many } = texts(language)
  return [
    side(copy.payout, [
      null,
      code(row?.payout_reference),
      many(bank.map((line) => code(line.payout_references.join(', ')))),
    ]),
    side(copy.expectedOn, [day(item.expected_on), null]),
    side(copy.valueDate, [null, day(row?.value_date), many(bank.map((line) => day(line.value_date)))]),
    side(copy.bankReference, [null, null, many(bank.map((line) => code(line.bank_reference)))]),
    side(copy.description, [null, null, many(bank.map(({ description }) => description))]),
  ]
}

const bankRows = (item: SurroundedItem, language: Language): Row[] => {
  const copy = itemWords[language]
  const { code, money, day, status, many } = texts(language)
  const { row, payment, refunded, proof } = item
  const payouts = proof.payouts ?? []
  const isPayout = payouts.length > 0
  const apart =
    areApart(item.amount_here, item.amount_there) || (item.amount_here === null) !== (item.amount_there === null)
  return [
    {
      name: copy.reference,
      ours: code(refunded?.merchant_reference ?? payment?.merchant_reference),
      theirs: many(payouts.map(({ reference }) => code(reference))),
      bank: code(row?.bank_reference),
      isDifferent: false,
    },
    {
      name: copy.amount,
      ours: isPayout ? null : money(item.amount_here),
      theirs: isPayout
        ? many(
            payouts.map(({ net, reference }) => (
              <>
                {money(net)} <small>({reference})</small>
              </>
            )),
          )
        : null,
      bank: money(item.amount_there),
      isDifferent: apart,
    },
    { name: copy.status, ours: status(payment?.status), theirs: null, bank: null, isDifferent: false },
    {
      name: copy.valueDate,
      ours: null,
      theirs: many(payouts.map(({ expected_on: expected }) => day(expected))),
      bank: day(row?.value_date),
      isDifferent: false,
    },
    { name: copy.description, ours: null, theirs: null, bank: row?.description ?? null, isDifferent: false },
  ]
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
