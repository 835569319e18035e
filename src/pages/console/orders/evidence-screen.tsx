/** The raw evidence about one order. On a page of its own, since who reads it is on record. */
import type { FC } from 'hono/jsx'
import type { Language } from '../../language.ts'
import { shortTime } from '../../wording.ts'
import { Badge, Card, Facts, Money, Note, Pager, Table, type Tone } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { termOf, toneOf } from '../terms.ts'
import { type Callback, evidence, type Told } from './evidence-shape.ts'
import { evidenceWords } from './evidence-words.ts'
import { order as orderShape } from './order-shape.ts'

export const orderEvidenceScreen = defineScreen({
  path: '/orders/:id/evidence',
  roles: everybody,
  view: async (visit) => {
    const { api, params, language, query } = visit
    const copy = evidenceWords[language]
    const path = `/v1/orders/${encodeURIComponent(params.id ?? '')}`
    const order = await api.get(orderShape, path)
    const found = await api.get(evidence, `${path}/evidence`, { limit: 20, cursor: query.cursor })
    return {
      title: copy.title(order.dossier_code),
      body: (
        <>
          <Note tone="calm">
            <p>{copy.audited}</p>
          </Note>
          <ToldTable rows={found.told} language={language} />
          <h2>{copy.callbacks}</h2>
          {found.data.length === 0 ? (
            <Table caption={copy.callbacks} columns={[]} rows={[]} language={language} />
          ) : null}
          {found.data.map((callback) => (
            <CallbackCard callback={callback} visit={visit} />
          ))}
          <Pager visit={visit} nextCursor={found.next_cursor} />
          <p>
            <a href={`/console/orders/${order.id}`}>{copy.back}</a>
          </p>
        </>
      ),
    }
  },
})

const ToldTable: FC<{ rows: readonly Told[]; language: Language }> = ({ rows, language }) => {
  const copy = evidenceWords[language]
  return (
    <Card heading={copy.told} id="told">
      <Table
        caption={copy.told}
        isCaptionUnseen
        language={language}
        rows={rows}
        columns={[
          { head: copy.receivedAt, cell: ({ received_at }) => shortTime(received_at, language) },
          { head: copy.occurredAt, cell: ({ occurred_at }) => shortTime(occurred_at, language) },
          { head: copy.source, cell: ({ source }) => termOf(copy.sources, source) },
          { head: copy.what, cell: ({ kind }) => termOf(copy.facts, kind) },
          { head: copy.reference, cell: ({ reference }) => <code>{reference}</code> },
          { head: copy.code, cell: ({ code }) => <code>{code}</code> },
          { head: copy.amount, isFigure: true, cell: ({ amount }) => <Money amount={amount} language={language} /> },
        ]}
      />
    </Card>
  )
}

const readingTones: Readonly<Record<string, Tone>> = {
  genuine: 'good',
  forged: 'bad',
  malformed: 'bad',
  foreign: 'wait',
}

const CallbackCard: FC<{ callback: Callback; visit: Visit }> = ({ callback, visit: { language, titleOf } }) => {
  const copy = evidenceWords[language]
  const { reading, verdict, reason, message } = callback
  return (
    <Card heading={`${titleOf(callback.provider)}, ${shortTime(callback.received_at, language)}`} id={callback.id}>
      <Facts
        rows={[
          [copy.reading, <Badge tone={toneOf(readingTones, reading)}>{termOf(copy.readings, reading)}</Badge>],
          [copy.verdict, verdict ? termOf(copy.verdicts, verdict) : null],
          [copy.reason, reason ? termOf(copy.reasons, reason) : null],
          [copy.reference, callback.claimed_reference],
          [copy.key, callback.key ? <code>{callback.key}</code> : null],
          [copy.replay, callback.replay_of ? <code>{callback.replay_of}</code> : null],
          [copy.hash, <code>{callback.content_hash}</code>],
          [copy.requestId, <code>{callback.request_id}</code>],
        ]}
      />
      {message === null ? <p class="small">{copy.keyGone}</p> : <Message message={message} language={language} />}
    </Card>
  )
}

type MessageProps = { message: NonNullable<Callback['message']>; language: Language }

/** Field by field as text, whatever a stranger has sent. */
const Message: FC<MessageProps> = ({ message, language }) => {
  const copy = evidenceWords[language]
  const { method, body_type, body_bytes, fields, is_cut } = message
  return (
    <details>
      <summary>
        {copy.message}: {[method, body_type, `${body_bytes} B`, copy.fields(fields.length)].filter(Boolean).join(' · ')}
      </summary>
      <dl class="facts">
        {fields.map(({ name, value, in: place }) => (
          <div>
            <dt>
              {name} ({place})
            </dt>
            <dd>{value === null ? <i>{copy.masked}</i> : <code>{value}</code>}</dd>
          </div>
        ))}
      </dl>
      {is_cut ? <p class="small">{copy.cut}</p> : null}
    </details>
  )
}
