/** What belongs to an order, as cards of its screen. */
import type { FC } from 'hono/jsx'
import type { Language } from '../../language.ts'
import { shortDay, shortTime } from '../../wording.ts'
import { className } from '../class-words.ts'
import { Badge, Card, Money, Pager, Table } from '../parts.tsx'
import type { People } from '../people.tsx'
import type { Visit } from '../screen.ts'
import {
  attemptStatusTerms,
  attemptStatusTones,
  feeKindTerms,
  refundMethodTerms,
  refundReasonTerms,
  refundStatusTerms,
  refundStatusTones,
  termOf,
  toneOf,
} from '../terms.ts'
import { sentenceOf } from './event-words.ts'
import type { Attempts, Discrepancies, Order, Receipts, Refunds, Timeline } from './order-shape.ts'
import { words } from './words.ts'

export const LinesCard: FC<{ order: Order; language: Language }> = ({ order, language }) => {
  const copy = words[language]
  return (
    <Card heading={copy.lines} id="lines">
      <Table
        caption={copy.lines}
        isCaptionUnseen
        language={language}
        rows={order.lines}
        columns={[
          { head: '#', cell: ({ line }) => line },
          { head: copy.kind, cell: ({ kind }) => termOf(feeKindTerms[language], kind) },
          {
            head: copy.description,
            cell: ({ description, exemption }) => (
              <>
                {description}
                {exemption ? <div class="small">{copy.exempt(exemption.rule, exemption.evidence)}</div> : null}
              </>
            ),
          },
          { head: copy.feeCode, cell: ({ fee_code }) => fee_code ?? '' },
          { head: copy.budgetItem, cell: ({ budget_item }) => budget_item ?? '' },
          {
            head: copy.unitAmount,
            isFigure: true,
            cell: ({ unit_amount }) => <Money amount={unit_amount} language={language} />,
          },
          { head: copy.quantity, isFigure: true, cell: ({ quantity }) => quantity },
          { head: copy.amount, isFigure: true, cell: ({ amount }) => <Money amount={amount} language={language} /> },
        ]}
        foot={[copy.total, '', '', '', '', '', '', <Money amount={order.amount} language={language} />]}
      />
    </Card>
  )
}

export const AttemptsCard: FC<{ rows: Attempts; visit: Visit }> = ({ rows, visit: { language, titleOf } }) => {
  const copy = words[language]
  return (
    <Card heading={copy.attempts} id="attempts">
      <Table
        caption={copy.attempts}
        isCaptionUnseen
        language={language}
        rows={rows}
        columns={[
          { head: copy.startedAt, cell: ({ created_at }) => shortTime(created_at, language) },
          { head: copy.provider, cell: ({ provider }) => titleOf(provider) },
          {
            head: copy.status,
            cell: ({ status, failure_code, fenced_at }) => (
              <>
                <Badge tone={toneOf(attemptStatusTones, status)}>{termOf(attemptStatusTerms[language], status)}</Badge>
                {failure_code ? <div class="small">{`${copy.failure}: ${failure_code}`}</div> : null}
                {fenced_at && status !== 'captured' ? <div class="small">{copy.fenced}</div> : null}
              </>
            ),
          },
          { head: copy.ours, cell: ({ merchant_reference }) => <code class="whole small">{merchant_reference}</code> },
          {
            head: copy.theirs,
            cell: ({ provider_reference }) => <code class="whole small">{provider_reference ?? ''}</code>,
          },
          { head: copy.amount, isFigure: true, cell: ({ amount }) => <Money amount={amount} language={language} /> },
          {
            head: copy.captured,
            isFigure: true,
            cell: ({ amount_captured, amount_reversed }) => (
              <Money amount={amount_captured - amount_reversed} language={language} />
            ),
          },
        ]}
      />
    </Card>
  )
}

export const RefundsCard: FC<{ rows: Refunds; people: People; language: Language }> = ({ rows, people, language }) => {
  const copy = words[language]
  if (rows.length === 0) return null
  return (
    <Card heading={copy.refunds} id="refunds">
      <Table
        caption={copy.refunds}
        isCaptionUnseen
        language={language}
        rows={rows}
        columns={[
          {
            head: copy.placedAt,
            cell: ({ id, created_at }) => <a href={`/console/refunds/${id}`}>{shortTime(created_at, language)}</a>,
          },
          {
            head: copy.status,
            cell: ({ status }) => (
              <Badge tone={toneOf(refundStatusTones, status)}>{termOf(refundStatusTerms[language], status)}</Badge>
            ),
          },
          {
            head: copy.amount,
            isFigure: true,
            cell: ({ amount, source }) => (
              <>
                <Money amount={amount} language={language} />
                {source === 'surplus' ? <div class="small">{copy.surplus}</div> : null}
              </>
            ),
          },
          {
            head: copy.reason,
            cell: ({ reason, reason_code }) => (
              <>
                {reason_code ? <div class="small">{termOf(refundReasonTerms[language], reason_code)}</div> : null}
                {reason}
              </>
            ),
          },
          { head: copy.method, cell: ({ method }) => termOf(refundMethodTerms[language], method) },
          { head: copy.askedBy, cell: ({ made_by }) => people(made_by) },
          { head: copy.decidedBy, cell: ({ decided_by }) => people(decided_by) ?? '' },
          {
            head: copy.promisedOn,
            cell: ({ promised_on, overdue_at }) => (
              <>
                {promised_on ? shortDay(promised_on, language) : ''}
                {overdue_at ? <Badge tone="bad">{copy.overdue}</Badge> : null}
              </>
            ),
          },
        ]}
      />
    </Card>
  )
}

export const ReceiptsCard: FC<{ rows: Receipts; order: Order; language: Language }> = ({ rows, order, language }) => {
  const copy = words[language]
  if (order.status !== 'paid') return null
  return (
    <Card heading={copy.receipts} id="receipts">
      {rows.length === 0 ? (
        <p class="nothing">{copy.noReceipt}</p>
      ) : (
        <>
          <Table
            caption={copy.receipts}
            isCaptionUnseen
            language={language}
            rows={rows}
            columns={[
              { head: copy.receiptName, cell: ({ title, url }) => <a href={url}>{title}</a> },
              {
                head: copy.number,
                cell: ({ id, serial, number }) => <a href={`/console/receipts/${id}`}>{`${serial} ${number}`}</a>,
              },
              { head: copy.issuedOn, cell: ({ issued_on }) => shortDay(issued_on, language) },
              {
                head: copy.amount,
                isFigure: true,
                cell: ({ amount }) => <Money amount={amount} language={language} />,
              },
            ]}
          />
          <p>
            <a href={`/console/orders/${order.id}/receipt`}>{copy.pdf}</a>
          </p>
        </>
      )}
    </Card>
  )
}

export const DiscrepanciesCard: FC<{ rows: Discrepancies; language: Language }> = ({ rows, language }) => {
  const copy = words[language]
  if (rows.length === 0) return null
  return (
    <Card heading={copy.discrepancies} id="discrepancies">
      <Table
        caption={copy.discrepancies}
        isCaptionUnseen
        language={language}
        rows={rows}
        columns={[
          {
            head: copy.class,
            cell: (row) => (
              <a href={`/console/discrepancies/${row.id}`}>{className(row.class, language, row.source)}</a>
            ),
          },
          {
            head: copy.status,
            cell: ({ status }) => (
              <Badge tone={status === 'resolved' ? 'good' : 'wait'}>{copy.discrepancyStatus[status]}</Badge>
            ),
          },
          { head: copy.amount, isFigure: true, cell: ({ amount }) => <Money amount={amount} language={language} /> },
          {
            head: copy.dueOn,
            cell: ({ due_on, overdue }) => (
              <>
                {due_on ? shortDay(due_on, language) : ''} {overdue ? <Badge tone="bad">{copy.overdue}</Badge> : null}
              </>
            ),
          },
        ]}
      />
    </Card>
  )
}

export const TimelineCard: FC<{ timeline: Timeline; visit: Visit }> = ({ timeline, visit }) => {
  const { language, titleOf } = visit
  return (
    <Card heading={words[language].timeline} id="timeline">
      <ol class="trail" start={timeline.data[0]?.sequence}>
        {timeline.data.map((event) => (
          <li>
            {sentenceOf(event, language, { titleOf, classOf: (name) => className(name, language, 'door') })}
            <div class="small">{shortTime(event.created_at, language)}</div>
          </li>
        ))}
      </ol>
      <Pager visit={visit} nextCursor={timeline.next_cursor} />
    </Card>
  )
}
