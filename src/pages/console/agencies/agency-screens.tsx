/** Agencies: the list, a new one, one of them. */
import { z } from 'zod'
import { pageOf } from '../console-api.ts'
import { textOf } from '../form-values.ts'
import { ActForm, Badge, Card, Facts, Field, Note, Pager, Table } from '../parts.tsx'
import { defineScreen, everybody } from '../screen.ts'
import { refuseStale, Seen } from '../seen.tsx'
import { AgencyFields, agencyMembers, agencyShape } from './agency-form.tsx'
import { words } from './words.ts'

const agencyPage = pageOf(agencyShape)

export const agenciesScreen = defineScreen({
  path: '/agencies',
  roles: everybody,
  nav: { section: 'setup', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query, staff } = visit
    const copy = words[language]
    const page = await api.get(agencyPage, '/v1/agencies', { cursor: query.cursor })
    return {
      title: copy.title,
      body: (
        <>
          {staff.role === 'operator' ? (
            <p>
              <a class="button" href="/console/agencies/new">
                {copy.add}
              </a>
            </p>
          ) : null}
          <Table
            caption={copy.title}
            language={language}
            rows={page.data}
            columns={[
              {
                head: copy.code,
                cell: ({ agency_code: code }) => <a href={`/console/agencies/${encodeURIComponent(code)}`}>{code}</a>,
              },
              { head: copy.name, cell: ({ name }) => name },
              { head: copy.taxCode, cell: ({ tax_code }) => tax_code ?? <Badge tone="wait">{copy.noTaxCode}</Badge> },
              { head: copy.phone, cell: ({ phone }) => phone ?? '' },
              { head: copy.feeCheck, cell: ({ fee_check }) => copy.feeChecks[fee_check] },
            ]}
          />
          <Pager visit={visit} nextCursor={page.next_cursor} />
        </>
      ),
    }
  },
})

export const newAgencyScreen = defineScreen({
  path: '/agencies/new',
  roles: ['operator'],
  view: async (visit) => {
    const copy = words[visit.language]
    return {
      title: copy.add,
      body: (
        <Card>
          <ActForm visit={visit} act="add">
            <Field
              id="agency_code"
              name="agency_code"
              label={copy.code}
              hint={copy.codeHint}
              value={visit.typed.get('agency_code') ?? `${visit.staff.agency}.`}
              isRequired
              language={visit.language}
            />
            <AgencyFields visit={visit} agency={null} />
            <button type="submit">{copy.save}</button>
          </ActForm>
        </Card>
      ),
    }
  },
  acts: {
    add: async ({ api, form }) => {
      const added = await api.send(agencyShape, {
        path: '/v1/agencies',
        json: { agency_code: textOf(form, 'agency_code'), ...agencyMembers(form) },
      })
      return { to: `/agencies/${encodeURIComponent(added.agency_code)}`, done: 'added' }
    },
  },
})

export const agencyScreen = defineScreen({
  path: '/agencies/:code',
  roles: everybody,
  done: {
    added: { vi: words.vi.added, en: words.en.added },
    saved: { vi: words.vi.saved, en: words.en.saved },
  },
  view: async (visit) => {
    const { api, language, params, staff } = visit
    const copy = words[language]
    const agency = await api.get(agencyShape, pathOf(params.code))
    const rows = [
      [copy.code, agency.agency_code],
      [copy.parent, agency.parent_code],
      [copy.taxCode, agency.tax_code],
      [copy.budgetUnit, agency.budget_unit_code],
      [copy.address, agency.address],
      [copy.phone, agency.phone],
      [copy.feeCheck, copy.feeChecks[agency.fee_check]],
      [copy.serialPhi, agency.receipt_serial_phi],
      [copy.serialLePhi, agency.receipt_serial_le_phi],
    ] as const
    return {
      title: agency.name,
      body: (
        <>
          {agency.tax_code ? null : (
            <Note tone="wait">
              <p>{copy.noTaxCode}</p>
            </Note>
          )}
          <Card>
            <Facts rows={rows} />
          </Card>
          {staff.role === 'operator' ? (
            <Card>
              <ActForm visit={visit} act="change">
                <Seen members={Object.values(agency)} />
                <AgencyFields visit={visit} agency={agency} />
                <p class="hint">{copy.kept}</p>
                <button type="submit">{copy.save}</button>
              </ActForm>
            </Card>
          ) : null}
          <p>
            <a href="/console/agencies">{copy.all}</a>
          </p>
        </>
      ),
    }
  },
  acts: {
    change: async ({ api, form, params, language }) => {
      refuseStale({ form, language }, Object.values(await api.get(agencyShape, pathOf(params.code))))
      await api.send(z.unknown(), { method: 'PATCH', path: pathOf(params.code), json: agencyMembers(form) })
      return { to: `/agencies/${encodeURIComponent(params.code ?? '')}`, done: 'saved' }
    },
  },
})

const pathOf = (code: string | undefined): string => `/v1/agencies/${encodeURIComponent(code ?? '')}`
