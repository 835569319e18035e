/** The days of a merchant account, month by month: what is closed, what can be, and what is in the way. */
import type { FC } from 'hono/jsx'
import { addDays, businessDay } from '../../../lib/time.ts'
import { Badge, Card, Field, FilterForm, hrefOf } from '../parts.tsx'
import { accountChoices } from '../pick.ts'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { type Day, days, gate } from './shapes.ts'
import { type DayStanding, standingOf } from './standing.ts'
import { standingTones, words } from './words.ts'

export const calendarScreen = defineScreen({
  path: '/periods',
  roles: everybody,
  nav: { section: 'books', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { language, query } = visit
    const copy = words[language]
    const accounts = await accountChoices(visit)
    const account = accounts.find(({ value }) => value === query.account)?.value ?? accounts[0]?.value
    const month = monthOf(query.month, visit.now)
    return {
      title: copy.title,
      body: (
        <>
          <FilterForm visit={visit}>
            <Field
              id="account"
              name="account"
              label={copy.account}
              value={account ?? ''}
              options={accounts}
              language={language}
            />
            <input type="hidden" name="month" value={month} />
          </FilterForm>
          {account ? <Month visit={visit} month={month} account={account} /> : <p class="nothing">{copy.noAccount}</p>}
        </>
      ),
    }
  },
})

/** `yyyy-MM`; this month where none is asked for. */
const monthOf = (asked: string | undefined, now: Date): string =>
  asked && /^20\d\d-(0[1-9]|1[0-2])$/.test(asked) ? asked : businessDay(now).slice(0, 7)

const Month: FC<{ visit: Visit; month: string; account: string }> = async ({ visit, month, account }) => {
  const copy = words[visit.language]
  const [first, last] = [`${month}-01`, lastDayOf(month)]
  const today = businessDay(visit.now)
  const path = `/v1/periods/${encodeURIComponent(account)}`
  const { data } = await visit.api.get(days, path, { from: first, to: last })
  const ended = data.findLast(({ day, status }) => day < today && status === 'open')
  const open = ended ? await visit.api.get(gate, `${path}/${ended.day}/gate`) : null
  const at = (month: string) => hrefOf(visit, { account, month })
  return (
    <Card heading={copy.month(month)} id="month">
      <p class="acts">
        <a href={at(addDays(first, -1).slice(0, 7))}>{copy.before}</a>
        <a href={at(addDays(last, 1).slice(0, 7))}>{copy.after}</a>
      </p>
      <table class="month">
        <caption>{copy.caption(copy.month(month))}</caption>
        <thead>
          <tr>
            {copy.weekdays.map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(data).map((week) => (
            <tr>
              {week.map((day) =>
                day ? (
                  <td class={day.day === today ? 'today' : undefined}>
                    <Cell day={day} account={account} visit={visit} how={standingOf(day, { today, gate: open })} />
                  </td>
                ) : (
                  <td class="none"></td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">{copy.legend}</p>
    </Card>
  )
}

const Cell: FC<{ day: Day; account: string; visit: Visit; how: DayStanding }> = ({ day, account, visit, how }) => {
  const copy = words[visit.language]
  const number = Number(day.day.slice(8))
  const told = (
    <Badge tone={standingTones[how.standing]}>
      {copy.standings[how.standing]}
      {how.openLines > 0 ? ` (${copy.openLines(how.openLines)})` : ''}
    </Badge>
  )
  return how.standing === 'coming' ? (
    <>
      <b>{number}</b> <span class="small">{copy.standings.coming}</span>
    </>
  ) : (
    <a href={`/console/periods/${account}/${day.day}`}>
      <b>{number}</b> {told}
    </a>
  )
}

const lastDayOf = (month: string): string => {
  const [year, number] = month.split('-').map(Number)
  return new Date(Date.UTC(year ?? 0, number ?? 1, 0)).toISOString().slice(0, 10)
}

/** Weeks from Monday, filled up with nothing. */
const weeksOf = (month: readonly Day[]): (Day | null)[][] => {
  const first = month[0] ? (new Date(`${month[0].day}T00:00:00Z`).getUTCDay() + 6) % 7 : 0
  const cells = [...Array<null>(first).fill(null), ...month]
  const weeks: (Day | null)[][] = []
  for (let at = 0; at < cells.length; at += 7) {
    const week = cells.slice(at, at + 7)
    weeks.push([...week, ...Array<null>(7 - week.length).fill(null)])
  }
  return weeks
}
