/** A day that is open: what is in the way of its close, line by line, and the close itself. */
import type { FC, PropsWithChildren } from 'hono/jsx'
import { shortDay } from '../../wording.ts'
import { ActForm, Card, Field, Money, Note, Table } from '../parts.tsx'
import type { People } from '../people.tsx'
import type { Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { CarriedLines, lineColumns } from './lines.tsx'
import type { Gate, Line } from './shapes.ts'
import { words } from './words.ts'

type Shown = { gate: Gate; visit: Visit; people: People }

export const OpenDay: FC<Shown> = (props) => {
  const { gate, visit, people } = props
  const { language, staff } = visit
  const copy = words[language]
  const mayClose = staff.role === 'accountant' && gate.ended && gate.hindrances.length === 0
  const lines = <OpenLines gate={gate} visit={visit} mayCarry={mayClose} />
  return (
    <>
      <Card heading={copy.gate} id="gate">
        <Said gate={gate} visit={visit} />
        {gate.not_due.count > 0 ? (
          <p class="small">
            {copy.notDue(gate.not_due.count)} (<Money amount={gate.not_due.amount} language={language} />)
          </p>
        ) : null}
      </Card>
      {gate.carried.length > 0 ? (
        <Card heading={copy.carriedOn} id="carried">
          <p class="hint">{copy.carriedHint}</p>
          <CarriedLines caption={copy.carriedTable} rows={gate.carried} visit={visit} people={people} />
        </Card>
      ) : null}
      {mayClose ? (
        <Card heading={copy.closeTitle} id="close">
          <CloseForm gate={gate} visit={visit}>
            {lines}
          </CloseForm>
        </Card>
      ) : gate.open_lines > 0 ? (
        <Card>{lines}</Card>
      ) : null}
    </>
  )
}

const Said: FC<Pick<Shown, 'gate' | 'visit'>> = ({ gate, visit: { language, params } }) => {
  const copy = words[language]
  if (!gate.ended)
    return (
      <Note tone="wait">
        <p>{copy.gateNotEnded}</p>
      </Note>
    )
  if (gate.closable)
    return (
      <Note tone="good">
        <p>{copy.gateOpen}</p>
      </Note>
    )
  return (
    <Note tone="wait">
      {gate.hindrances.length > 0 ? (
        <>
          <p>{copy.gateHindered}</p>
          <ul>
            {gate.hindrances.slice(0, 31).map(({ kind, id }) => (
              <li>
                <a href={hindranceHref(kind, id, params.account ?? '')}>
                  {copy.hindrances[kind](kind === 'day' ? shortDay(id, language) : id)}
                </a>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {gate.open_lines > 0 ? <p>{copy.gateBlocked(gate.open_lines)}</p> : null}
    </Note>
  )
}

const hindranceHref = (kind: Gate['hindrances'][number]['kind'], id: string, account: string): string =>
  kind === 'day' ? `/console/periods/${account}/${id}` : `/console/${kind}s/${id}`

const OpenLines: FC<Pick<Shown, 'gate' | 'visit'> & { mayCarry: boolean }> = ({ gate, visit, mayCarry }) => {
  const { language, tried } = visit
  const copy = words[language]
  if (gate.open_lines === 0) return null
  const wasCarried = (line: Line) => tried?.act === 'close' && visit.typedAll('carry').includes(line.id)
  const carry = {
    head: copy.carry,
    cell: (line: Line) => (
      <input
        type="checkbox"
        name="carry"
        value={line.id}
        checked={wasCarried(line)}
        aria-label={copy.carryOne(`${copy.kinds[line.kind]} ${line.id.slice(-6)}`)}
      />
    ),
  }
  return (
    <>
      {mayCarry ? (
        <label class="check" hidden>
          <input type="checkbox" data-check-all="carry" /> {copy.carryAll}
        </label>
      ) : null}
      <Table
        caption={copy.lines}
        language={language}
        rows={gate.lines}
        columns={[...(mayCarry ? [carry] : []), ...lineColumns(visit)]}
      />
      {gate.open_lines > gate.lines.length ? (
        <p class="hint">{copy.linesMore(gate.lines.length, gate.open_lines)}</p>
      ) : null}
    </>
  )
}

const CloseForm: FC<PropsWithChildren<{ gate: Gate; visit: Visit }>> = ({ gate, visit, children }) => {
  const { language } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'close')
  return (
    <ActForm
      visit={visit}
      act="close"
      class="broad"
      labels={{ '/note': copy.note, '/carry_forward/0/reason': copy.reason }}
    >
      <Note tone="wait">
        <p>{copy.closeHint}</p>
      </Note>
      {children}
      {gate.open_lines > 0 ? (
        <Field
          id="carry-reason"
          name="reason"
          label={copy.reason}
          hint={copy.reasonHint}
          value={typed('reason')}
          maxLength={500}
          language={language}
        />
      ) : null}
      <Field
        id="close-note"
        name="note"
        label={copy.note}
        hint={copy.noteHint}
        value={typed('note')}
        maxLength={1_000}
        language={language}
      />
      <button type="submit">{copy.close}</button>
    </ActForm>
  )
}
