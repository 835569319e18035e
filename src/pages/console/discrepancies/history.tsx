/** Everything that was said and done about a discrepancy, newest last, as it was written. */
import type { FC } from 'hono/jsx'
import { shortTime } from '../../wording.ts'
import { Card, Money } from '../parts.tsx'
import type { Parts } from './parts.ts'
import { resolutionName } from './policy-words.ts'
import type { HistoryLine } from './shapes.ts'
import { words } from './words.ts'

export const History: FC<Parts> = (parts) => {
  const { visit, found } = parts
  const { language } = visit
  const copy = words[language]
  return (
    <Card heading={copy.history} id="history">
      <ol class="trail">
        {found.history.map((line) => (
          <li>
            <b>{copy.events[line.event] ?? line.event}</b>{' '}
            <span class="small">
              {line.at ? `${shortTime(line.at, language)} · ` : ''}
              {parts.people(line.by)}
            </span>
            <Said line={line} {...parts} />
          </li>
        ))}
      </ol>
    </Card>
  )
}

const Said: FC<Parts & { line: HistoryLine }> = ({ line, visit: { language }, people }) => {
  const copy = words[language]
  return (
    <>
      {line.resolution ? <div>{resolutionName(line.resolution, language)}</div> : null}
      {line.event === 'assigned' ? (
        <div>
          {copy.assignedTo}: {people(line.owner) ?? copy.nobody}
        </div>
      ) : null}
      {line.amount === undefined ? null : (
        <div>
          {copy.amount}: <Money amount={BigInt(line.amount)} language={language} />
        </div>
      )}
      {line.note ? <div>{line.note}</div> : null}
      {line.approval ? (
        <div>
          {copy.approvalSaid}: {line.approval}
        </div>
      ) : null}
      {line.evidence?.map(({ kind, reference }) => (
        <div class="small">
          {copy.evidenceKinds[kind] ?? kind}: {reference}
        </div>
      ))}
    </>
  )
}
