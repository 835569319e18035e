/** Tracing cases: what was asked of whom, and by when it must be answered. */
import { tracingKinds, tracingStatuses } from '../../../domain/tracing.ts'
import { asked } from '../console-api.ts'
import { Card, Field, FilterForm, Pager, ProblemNote } from '../parts.tsx'
import { defineScreen, everybody } from '../screen.ts'
import { TracingList, tracingPage } from './list.tsx'
import { words } from './words.ts'

export const tracingScreen = defineScreen({
  path: '/tracing',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const { status = 'open', kind, code, overdue, discrepancy, order, cursor } = query
    const { found, problem } = await asked(
      api.get(tracingPage, '/v1/tracing_cases', {
        ...{ kind, code, overdue, discrepancy, order, cursor, limit: 50 },
        // A code names one case, in whatever state it is.
        status: code || status === 'all' ? null : status,
      }),
    )
    const all = { value: '', label: copy.all }
    return {
      title: copy.title,
      body: (
        <>
          <FilterForm visit={visit}>
            <Field id="code" name="code" label={copy.code} value={code ?? ''} maxLength={30} language={language} />
            <Field
              id="status"
              name="status"
              label={copy.status}
              value={status}
              options={[
                ...tracingStatuses.map((value) => ({ value, label: copy.statuses[value] })),
                { ...all, value: 'all' },
              ]}
              language={language}
            />
            <Field
              id="kind"
              name="kind"
              label={copy.kind}
              value={kind ?? ''}
              options={[all, ...tracingKinds.map((value) => ({ value, label: copy.kinds[value] }))]}
              language={language}
            />
            <Field
              id="overdue"
              name="overdue"
              label={copy.due}
              value={overdue ?? ''}
              options={[all, { value: 'true', label: copy.overdueOnly }]}
              language={language}
            />
          </FilterForm>
          {problem ? <ProblemNote visit={{ ...visit, problem }} /> : null}
          <Card>
            <TracingList visit={visit} rows={found?.data ?? []} />
            <p class="hint">{copy.nothingAbout}</p>
          </Card>
          <Pager visit={visit} nextCursor={found?.next_cursor ?? null} />
        </>
      ),
    }
  },
})
