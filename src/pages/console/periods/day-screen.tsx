/** One business day of a merchant account: its sums, what keeps it open, its close, and what a second person does about that. */
import type { FC } from 'hono/jsx'
import { businessDay } from '../../../lib/time.ts'
import { shortDay, shortTime } from '../../wording.ts'
import { doneWords } from '../done-words.ts'
import { Badge, Card, Facts, Money, Table } from '../parts.tsx'
import { type People, readPeople } from '../people.tsx'
import { accountChoices } from '../pick.ts'
import { type Acting, defineScreen, everybody, type Next, type Visit } from '../screen.ts'
import { ClosedDay } from './closed-day.tsx'
import { OpenDay } from './open-day.tsx'
import { type Gate, gate, type Period, period } from './shapes.ts'
import { type Standing, standingTones, words } from './words.ts'

export const dayScreen = defineScreen({
  path: '/periods/:account/:day',
  roles: everybody,
  done: doneWords({ vi: words.vi.done, en: words.en.done }),
  view: async (visit) => {
    const { api, language, params } = visit
    const copy = words[language]
    const found = await api.get(period, pathOf(visit))
    const open = found.status === 'open' ? await api.get(gate, `${pathOf(visit)}/gate`) : null
    const accounts = await accountChoices(visit)
    const people = await readPeople(visit, peopleOf(found, open))
    const day = params.day ?? ''
    return {
      title: copy.dayTitle(shortDay(day, language)),
      body: (
        <>
          <p>
            <a href={`/console/periods?account=${params.account}&month=${day.slice(0, 7)}`}>{copy.back}</a>
          </p>
          <Card>
            <Facts
              rows={[
                [copy.account, accounts.find(({ value }) => value === params.account)?.label ?? params.account],
                [copy.state, <State found={found} open={open} visit={visit} />],
              ]}
            />
            <Sums found={found} open={open} visit={visit} />
          </Card>
          {open ? <OpenDay gate={open} visit={visit} people={people} /> : null}
          {found.close && !open ? <ClosedDay close={found.close} visit={visit} people={people} /> : null}
          {found.versions.length > 0 ? <Versions found={found} visit={visit} people={people} /> : null}
        </>
      ),
    }
  },
  acts: {
    close: (acting) => deed(acting, 'close', 'closed', closing(acting)),
    countersign: (acting) => deed(acting, 'countersign', 'countersigned'),
    reopen: (acting) => deed(acting, 'reopen', 'reopened', { reason: acting.form.get('reason') ?? '' }),
  },
})

const pathOf = ({ params }: Visit): string =>
  `/v1/periods/${encodeURIComponent(params.account ?? '')}/${encodeURIComponent(params.day ?? '')}`

const deed = async (acting: Acting, verb: string, done: string, json?: object): Promise<Next> => {
  await acting.api.send(period, { path: `${pathOf(acting)}/${verb}`, ...(json ? { json } : {}) })
  return { to: acting.path, done }
}

/** Lines are carried by name, each with the one reason that was written. */
const closing = ({ form, all }: Acting): object => {
  const [note, reason] = [form.get('note')?.trim(), form.get('reason')?.trim() ?? '']
  const carried = all('carry').map((id) => ({ [id.startsWith('dsc_') ? 'discrepancy' : 'item']: id, reason }))
  return { ...(note ? { note } : {}), ...(carried.length > 0 ? { carry_forward: carried } : {}) }
}

const peopleOf = ({ close, versions }: Period, open: Gate | null): (string | null)[] => [
  ...versions.flatMap((each) => [each.closed_by, each.countersigned_by, each.reopened_by]),
  ...(close?.document.carried_forward ?? []).map((line) => line.carried_by),
  ...(open?.carried ?? []).map((line) => line.carried_by),
]

type Shown = { found: Period; open: Gate | null; visit: Visit }

const State: FC<Shown> = ({ found, open, visit }) => {
  const copy = words[visit.language]
  const standing = standingOf(found, open, visit)
  return (
    <>
      <Badge tone={standingTones[standing]}>{copy.standings[standing]}</Badge>
      {open && found.versions.length > 0 ? (
        <>
          {' '}
          <Badge tone="wait">{copy.standings.reopened}</Badge>
        </>
      ) : null}
    </>
  )
}

const standingOf = ({ close, day }: Period, open: Gate | null, { now }: Visit): Standing => {
  if (!open) return close?.countersigned_at ? 'countersigned' : 'closed'
  if (!open.ended) return day > businessDay(now) ? 'coming' : 'today'
  if (open.closable) return 'closable'
  return open.hindrances.some(({ kind }) => kind === 'day') ? 'waiting' : 'blocked'
}

/** Where each ledger account stands by the days that the close covers, debit and credit as accountants write them. */
const Sums: FC<Shown> = ({ found, open, visit: { language } }) => {
  const copy = words[language]
  const ledger = open?.ledger ?? found.close?.document.ledger
  const covers = open?.covers ?? found.close?.covers
  if (!ledger || !covers) return null
  const days = covers.from
    ? copy.coversFrom(shortDay(covers.from, language), shortDay(covers.to, language))
    : copy.coversAll(shortDay(covers.to, language))
  const places = Object.keys(copy.ledgerAccounts)
  const money = (amount: bigint) => (amount > 0n ? <Money amount={amount} language={language} /> : '')
  return (
    <>
      <Facts
        rows={[
          [copy.covers, days],
          [copy.entries, String(ledger.entries)],
        ]}
      />
      {ledger.entries === 0 ? null : (
        <Table
          caption={copy.sums}
          language={language}
          rows={Object.entries(ledger.totals).toSorted(([a], [b]) => places.indexOf(a) - places.indexOf(b))}
          columns={[
            { head: copy.ledgerAccount, cell: ([name]) => copy.ledgerAccounts[name] ?? name },
            { head: copy.debit, isFigure: true, cell: ([, amount]) => money(amount) },
            { head: copy.credit, isFigure: true, cell: ([, amount]) => money(-amount) },
          ]}
        />
      )}
    </>
  )
}

const Versions: FC<{ found: Period; visit: Visit; people: People }> = ({ found, visit, people }) => {
  const { language } = visit
  const copy = words[language]
  return (
    <Card heading={copy.versions} id="versions">
      <Table
        caption={copy.versionsTable}
        isCaptionUnseen
        language={language}
        rows={found.versions}
        columns={[
          { head: copy.version, cell: (row) => String(row.version) },
          { head: copy.closedBy, cell: (row) => people(row.closed_by) },
          { head: copy.closedAt, cell: (row) => shortTime(row.closed_at, language) },
          { head: copy.countersignedBy, cell: (row) => people(row.countersigned_by) ?? copy.notCountersigned },
          { head: copy.reopenedBy, cell: (row) => people(row.reopened_by) },
          { head: copy.reopenedAt, cell: (row) => (row.reopened_at ? shortTime(row.reopened_at, language) : '') },
          { head: copy.reopenReason, cell: (row) => row.reopen_reason },
        ]}
      />
    </Card>
  )
}
