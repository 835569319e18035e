/** Opening a dispute about the payment of one order. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { disputeKinds } from '../../../domain/order-facts.ts'
import { wholeOf } from '../form-values.ts'
import { ActForm, Card, Field, Note } from '../parts.tsx'
import { type Acting, defineScreen, type Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { words } from './words.ts'

export const newDisputeScreen = defineScreen({
  path: '/disputes/new',
  roles: ['accountant'],
  view: async (visit) => {
    const copy = words[visit.language]
    return {
      title: copy.newTitle,
      body: <Card>{visit.query.order ? <Opening visit={visit} /> : <p>{copy.nothingAbout}</p>}</Card>,
    }
  },
  acts: {
    open: async (acting) => {
      const { id } = await acting.api.send(z.object({ id: z.string() }), {
        path: `/v1/orders/${encodeURIComponent(acting.query.order ?? '')}/disputes`,
        json: sent(acting),
      })
      return { to: `/disputes/${id}`, done: 'opened' }
    },
  },
})

const sent = ({ form }: Acting): object => {
  const amount = (form.get('amount') ?? '').trim()
  const reference = form.get('reference')?.trim()
  return {
    kind: form.get('kind') ?? '',
    reason: form.get('reason') ?? '',
    respond_by: form.get('respond_by') ?? '',
    ...(reference ? { reference } : {}),
    // What is no number goes on as it is, so that the API says so.
    ...(amount ? { amount: wholeOf(amount) } : {}),
  }
}

const Opening: FC<{ visit: Visit }> = ({ visit }) => {
  const { language, query } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'open')
  return (
    <>
      <Note tone="wait">
        <p>{copy.lock}</p>
      </Note>
      <p>
        <a href={`/console/orders/${encodeURIComponent(query.order ?? '')}`}>{copy.seeOrder}</a>
      </p>
      <ActForm
        visit={visit}
        act="open"
        labels={{ '/reason': copy.reason, '/respond_by': copy.respondBy, '/amount': copy.amount }}
      >
        <Field
          id="kind"
          name="kind"
          label={copy.kind}
          value={typed('kind', 'complaint')}
          options={disputeKinds.map((value) => ({ value, label: copy.kinds[value] }))}
          language={language}
        />
        <Field
          id="reason"
          name="reason"
          label={copy.reason}
          value={typed('reason')}
          isRequired
          isLong
          maxLength={1_000}
          language={language}
        />
        <div class="sides">
          <Field
            id="respond-by"
            name="respond_by"
            label={copy.respondBy}
            type="date"
            value={typed('respond_by')}
            isRequired
            language={language}
          />
          <Field
            id="reference"
            name="reference"
            label={copy.reference}
            value={typed('reference')}
            maxLength={100}
            language={language}
          />
          <Field
            id="amount"
            name="amount"
            label={copy.amount}
            hint={copy.amountHint}
            value={typed('amount')}
            inputMode="numeric"
            language={language}
          />
        </div>
        <button type="submit">{copy.open}</button>
      </ActForm>
    </>
  )
}
