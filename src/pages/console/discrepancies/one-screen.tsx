/** One discrepancy: what happened, what holds for it, what can be done, and everything that was said of it. */
import type { FC } from 'hono/jsx'
import { shortTime } from '../../wording.ts'
import { className } from '../class-words.ts'
import { doneWords } from '../done-words.ts'
import { Badge, Card, Facts, Money } from '../parts.tsx'
import { accountantChoices, readPeople } from '../people.tsx'
import { accountChoices } from '../pick.ts'
import { type Acting, defineScreen, everybody, type Next, type Visit } from '../screen.ts'
import { TracingList, tracingPage } from '../tracing/list.tsx'
import { Deeds } from './deeds.tsx'
import { History } from './history.tsx'
import type { Parts } from './parts.ts'
import { policySentence } from './policy-words.ts'
import { Due } from './queue-screen.tsx'
import { anything, type Discrepancy, discrepancy, type Policy, policyPage } from './shapes.ts'
import { statusTones, words } from './words.ts'

export const discrepancyScreen = defineScreen({
  path: '/discrepancies/:id',
  roles: everybody,
  done: doneWords({ vi: words.vi.done, en: words.en.done }),
  view: async (visit) => {
    const { api, params, language } = visit
    const found = await api.get(discrepancy, pathOf(visit))
    const policies = await api.get(policyPage, '/v1/discrepancy_policies')
    const policy = policies.data.find((row) => row.class === found.class && row.source === found.source) ?? null
    const cases = await api.get(tracingPage, '/v1/tracing_cases', { discrepancy: params.id, limit: 20 })
    const parts = {
      visit,
      found,
      policy,
      people: await readPeople(visit, peopleOf(found)),
      accounts: await accountChoices(visit),
    }
    const colleagues = visit.staff.role === 'accountant' ? await accountantChoices(visit) : []
    return {
      title: `${words[language].one}: ${className(found.class, language, found.source)}`,
      body: (
        <>
          <div class="cards">
            <WhatHappened {...parts} />
            {policy ? <PolicyCard policy={policy} visit={visit} /> : null}
          </div>
          <Deeds {...parts} colleagues={colleagues} />
          <Card heading={words[language].tracing} id="tracing">
            <TracingList visit={visit} rows={cases.data} />
            {visit.staff.role === 'accountant' && found.status !== 'resolved' ? (
              <p>
                <a class="button plain" href={`/console/tracing/new?discrepancy=${found.id}`}>
                  {words[language].openTracing}
                </a>
              </p>
            ) : null}
          </Card>
          <History {...parts} />
        </>
      ),
    }
  },
  acts: {
    resolve: (acting) => deed(acting, 'resolve', 'resolved', { ...resolutionOf(acting), ...evidenceOf(acting) }),
    approve: (acting) => deed(acting, 'approve', 'approved', { ...optionalNote(acting), ...versionOf(acting) }),
    reject: (acting) => deed(acting, 'reject', 'rejected', { note: noteOf(acting), ...versionOf(acting) }),
    reopen: (acting) => deed(acting, 'reopen', 'reopened', optionalNote(acting)),
    assign: (acting) => deed(acting, 'assign', 'assigned', { owner: acting.form.get('owner') || null }),
    note: (acting) => deed(acting, 'notes', 'noted', { note: noteOf(acting), ...evidenceOf(acting) }),
  },
})

const pathOf = ({ params }: Visit): string => `/v1/discrepancies/${encodeURIComponent(params.id ?? '')}`

const deed = async (acting: Acting, verb: string, done: string, json: object): Promise<Next> => {
  await acting.api.send(anything, { path: `${pathOf(acting)}/${verb}`, json })
  return { to: acting.path, done }
}

const noteOf = ({ form }: Acting): string => form.get('note') ?? ''
const optionalNote = (acting: Acting): object => (noteOf(acting).trim() ? { note: noteOf(acting) } : {})
const versionOf = ({ form }: Acting): object => {
  const version = Number(form.get('version'))
  return Number.isInteger(version) ? { version } : {}
}
/** Own words are the choice whose code is empty. */
const resolutionOf = ({ form }: Acting): object => ({
  resolution: form.get('resolution') || (form.get('own_words') ?? ''),
  note: form.get('note') ?? '',
})
const evidenceOf = ({ form }: Acting): object => {
  const reference = form.get('evidence_reference')?.trim()
  return reference ? { evidence: [{ kind: form.get('evidence_kind') ?? 'document', reference }] } : {}
}

const peopleOf = (found: Discrepancy): (string | null | undefined)[] => [
  found.owner,
  found.proposed_by,
  found.resolved_by,
  found.reopening?.proposed_by,
  ...found.history.flatMap(({ by, owner }) => [by, owner]),
]

const WhatHappened: FC<Parts> = ({ visit, found, policy, people, accounts }) => {
  const { language } = visit
  const copy = words[language]
  return (
    <Card heading={copy.facts} id="facts">
      <p>
        <Badge tone={statusTones[found.status]}>{copy.statuses[found.status]}</Badge>
      </p>
      <Facts
        rows={[
          [copy.amount, <Money amount={found.amount} language={language} />],
          [copy.inSuspense, <Suspense found={found} policy={policy} visit={visit} />],
          [copy.due, <Due row={found} visit={visit} />],
          [copy.age, copy.days(found.age_working_days)],
          [copy.owner, people(found.owner) ?? copy.nobody],
          [copy.account, accounts.find(({ value }) => value === found.merchant_account)?.label],
          [copy.agency, found.agency_code],
          [copy.openedAt, shortTime(found.opened_at, language)],
          [copy.source, copy.sources[found.source]],
          [copy.order, found.order ? <a href={`/console/orders/${found.order}`}>{copy.seeOrder}</a> : null],
          [copy.refund, found.refund ? <a href={`/console/refunds/${found.refund}`}>{copy.seeRefund}</a> : null],
          [
            copy.item,
            found.item && found.reconciliation ? (
              <a href={`/console/reconciliations/${found.reconciliation}/items/${found.item}`}>{copy.seeItem}</a>
            ) : null,
          ],
        ]}
      />
      <p class="small">
        <code>{found.id}</code> · <code>{found.class}</code>
      </p>
    </Card>
  )
}

const Suspense: FC<Pick<Parts, 'found' | 'policy' | 'visit'>> = ({ found, policy, visit: { language } }) => (
  <>
    <Money amount={found.in_suspense} language={language} />
    {policy ? (
      <>
        <br />
        <small>{words[language].suspenseHint[policy.money]}</small>
      </>
    ) : null}
  </>
)

const PolicyCard: FC<{ policy: Policy; visit: Visit }> = ({ policy, visit: { language } }) => {
  const copy = words[language]
  return (
    <Card heading={copy.policy} id="policy">
      <Facts
        rows={[
          [copy.automatic, policy.automatic ? policySentence(policy.automatic, language) : null],
          [copy.proposed, policy.proposed ? policySentence(policy.proposed, language) : null],
          [copy.time, copy.days(policy.working_days)],
        ]}
      />
      <p class="small">
        {copy.basis}: <span lang="vi">{policy.basis}</span>
      </p>
    </Card>
  )
}
