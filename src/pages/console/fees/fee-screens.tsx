/** The fee schedule: prices with the days on which they hold. */
import { z } from 'zod'
import { businessDay, formatVietnameseDay } from '../../../lib/time.ts'
import { pageOf } from '../console-api.ts'
import { given, numberOf, textOf } from '../form-values.ts'
import { ActForm, Card, Facts, Field, FilterForm, Money, Pager, Table } from '../parts.tsx'
import { agencyChoices } from '../pick.ts'
import { defineScreen, everybody } from '../screen.ts'
import { words } from './words.ts'

const kinds = ['phi', 'le_phi', 'phat', 'thue', 'khac'] as const
const priceShape = z.object({
  id: z.string(),
  agency_code: z.string(),
  fee_code: z.string(),
  name: z.string(),
  kind: z.enum(kinds),
  unit_amount: z.number().nullable(),
  budget_item: z.string().nullable(),
  legal_basis: z.string().nullable(),
  refundable_when_rejected: z.boolean().nullable(),
  valid_from: z.string(),
  valid_to: z.string().nullable(),
})
const pricePage = pageOf(priceShape)

export const feesScreen = defineScreen({
  path: '/fees',
  roles: everybody,
  nav: { section: 'setup', words: { vi: words.vi.title, en: words.en.title } },
  done: { added: { vi: words.vi.added, en: words.en.added } },
  view: async (visit) => {
    const { api, language, query, staff } = visit
    const copy = words[language]
    const { cursor, agency_code, fee_code, on } = query
    const [agencies, page] = await Promise.all([
      agencyChoices(visit, copy.allAgencies),
      api.get(pricePage, '/v1/fee_schedules', { cursor, agency_code, fee_code, on }),
    ])
    return {
      title: copy.title,
      body: (
        <>
          <FilterForm visit={visit}>
            <Field
              id="agency_code"
              name="agency_code"
              label={copy.agency}
              value={agency_code ?? ''}
              options={agencies}
              language={language}
            />
            <Field
              id="fee_code"
              name="fee_code"
              label={copy.code}
              value={fee_code ?? ''}
              maxLength={50}
              language={language}
            />
            <Field id="on" name="on" label={copy.on} value={on ?? ''} type="date" language={language} />
          </FilterForm>
          {staff.role === 'operator' ? (
            <p>
              <a class="button" href="/console/fees/new">
                {copy.add}
              </a>
            </p>
          ) : null}
          <Table
            caption={copy.title}
            language={language}
            rows={page.data}
            columns={[
              { head: copy.code, cell: ({ id, fee_code: code }) => <a href={`/console/fees/${id}`}>{code}</a> },
              { head: copy.name, cell: ({ name }) => name },
              { head: copy.kind, cell: ({ kind }) => copy.kinds[kind] },
              {
                head: copy.amount,
                isFigure: true,
                cell: ({ unit_amount: unit }) =>
                  unit === null ? copy.formula : <Money amount={BigInt(unit)} language={language} />,
              },
              { head: copy.agency, cell: ({ agency_code: code }) => code },
              { head: copy.from, cell: ({ valid_from: day }) => formatVietnameseDay(day) },
              { head: copy.to, cell: ({ valid_to: day }) => (day ? formatVietnameseDay(day) : copy.open) },
            ]}
          />
          <Pager visit={visit} nextCursor={page.next_cursor} />
        </>
      ),
    }
  },
})

export const newFeeScreen = defineScreen({
  path: '/fees/new',
  roles: ['operator'],
  view: async (visit) => {
    const { language, typed, now } = visit
    const copy = words[language]
    const field = (name: string, label: string, more: Partial<Parameters<typeof Field>[0]> = {}) => (
      <Field id={name} name={name} label={label} value={typed.get(name) ?? ''} language={language} {...more} />
    )
    const options = (table: Readonly<Record<string, string>>) =>
      Object.entries(table).map(([value, label]) => ({ value, label }))
    return {
      title: copy.add,
      body: (
        <Card>
          <ActForm visit={visit} act="add">
            {field('agency_code', copy.agency, { options: await agencyChoices(visit), isRequired: true })}
            {field('fee_code', copy.code, { isRequired: true, maxLength: 50 })}
            {field('name', copy.name, { isRequired: true, maxLength: 255 })}
            {field('kind', copy.kind, { options: options(copy.kinds) })}
            {field('unit_amount', copy.amount, { hint: copy.amountHint, inputMode: 'numeric', maxLength: 25 })}
            {field('budget_item', copy.budgetItem, { maxLength: 4, inputMode: 'numeric' })}
            {field('legal_basis', copy.basis, { isLong: true, maxLength: 500 })}
            {field('refundable_when_rejected', copy.refundable, { options: options(copy.refundables) })}
            {field('valid_from', copy.from, {
              type: 'date',
              isRequired: true,
              value: typed.get('valid_from') ?? businessDay(now),
            })}
            {field('valid_to', copy.to, { type: 'date' })}
            <button type="submit">{copy.save}</button>
          </ActForm>
        </Card>
      ),
    }
  },
  acts: {
    add: async ({ api, form }) => {
      const texts = ['agency_code', 'fee_code', 'name', 'kind', 'budget_item', 'legal_basis', 'valid_from', 'valid_to']
      const refundable = textOf(form, 'refundable_when_rejected')
      const added = await api.send(priceShape, {
        path: '/v1/fee_schedules',
        json: {
          ...given(Object.fromEntries(texts.map((name) => [name, textOf(form, name)]))),
          unit_amount: numberOf(form, 'unit_amount'),
          ...(refundable === null ? {} : { refundable_when_rejected: refundable === 'true' }),
        },
      })
      return { to: `/fees/${added.id}`, done: 'added' }
    },
  },
})

export const feeScreen = defineScreen({
  path: '/fees/:id',
  roles: everybody,
  done: {
    added: { vi: words.vi.added, en: words.en.added },
    ended: { vi: words.vi.ended, en: words.en.ended },
  },
  view: async (visit) => {
    const { api, language, params, staff, typed } = visit
    const copy = words[language]
    const price = await api.get(priceShape, `/v1/fee_schedules/${params.id}`)
    const refundable = String(price.refundable_when_rejected ?? '') as keyof typeof copy.refundables
    return {
      title: price.name,
      body: (
        <>
          <Card>
            <Facts
              rows={[
                [copy.code, price.fee_code],
                [copy.agency, price.agency_code],
                [copy.kind, copy.kinds[price.kind]],
                [
                  copy.amount,
                  price.unit_amount === null ? (
                    copy.formula
                  ) : (
                    <Money amount={BigInt(price.unit_amount)} language={language} />
                  ),
                ],
                [copy.budgetItem, price.budget_item],
                [copy.basis, price.legal_basis],
                [copy.refundable, copy.refundables[refundable]],
                [copy.from, formatVietnameseDay(price.valid_from)],
                [copy.to, price.valid_to ? formatVietnameseDay(price.valid_to) : copy.open],
              ]}
            />
          </Card>
          {staff.role === 'operator' ? (
            <Card heading={copy.end} id="end">
              <ActForm visit={visit} act="end">
                <Field
                  id="valid_to"
                  name="valid_to"
                  label={copy.to}
                  hint={copy.endHint}
                  type="date"
                  value={typed.get('valid_to') ?? price.valid_to ?? ''}
                  language={language}
                />
                <button type="submit">{copy.save}</button>
              </ActForm>
            </Card>
          ) : null}
          <p>
            <a href="/console/fees">{copy.all}</a>
          </p>
        </>
      ),
    }
  },
  acts: {
    end: async ({ api, form, params }) => {
      await api.send(z.unknown(), {
        method: 'PATCH',
        path: `/v1/fee_schedules/${params.id}`,
        json: { valid_to: textOf(form, 'valid_to') },
      })
      return { to: `/fees/${params.id}`, done: 'ended' }
    },
  },
})
