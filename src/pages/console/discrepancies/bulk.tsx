/** The same deed for many discrepancies, each its own call: what went and what did not is told one by one. */
import type { FC, PropsWithChildren } from 'hono/jsx'
import { policyTable } from '../../../domain/discrepancy-policy.ts'
import { resolutions } from '../../../domain/resolutions.ts'
import { className } from '../class-words.ts'
import { ApiProblem } from '../console-api.ts'
import { ActForm, Badge, Card, Field, hrefOf, Note, Table } from '../parts.tsx'
import type { Choice } from '../pick.ts'
import { adviceOn } from '../problem-advice.ts'
import type { Acting, View, Visit } from '../screen.ts'
import { resolutionName } from './policy-words.ts'
import { discrepancy } from './shapes.ts'
import { words } from './words.ts'

/** So many at once; a page of the queue has fewer. */
const chosenMax = 200

/** Around the table of the queue, whose boxes are its choice. Only resolving needs its fields, so the other buttons do not ask for them. */
export const BulkForm: FC<PropsWithChildren<{ visit: Visit; colleagues: readonly Choice[] }>> = ({
  visit,
  colleagues,
  children,
}) => {
  const { language, query, staff } = visit
  const copy = words[language]
  const others = colleagues.filter(({ value }) => value !== staff.subject)
  return (
    <Card>
      <ActForm visit={visit} act="bulk" class="broad">
        <label class="check" hidden>
          <input type="checkbox" data-check-all="id" /> {copy.chooseAll}
        </label>
        {children}
        <fieldset class="choices">
          <legend>{copy.bulk}</legend>
          <p class="hint">{copy.bulkHint}</p>
          <div class="acts">
            <button type="submit" name="deed" value="take" class="plain" formnovalidate>
              {copy.take}
            </button>
            <Field
              id="bulk-owner"
              name="owner"
              label={copy.assignTo}
              options={[...others, { value: '', label: copy.release }]}
              language={language}
            />
            <button type="submit" name="deed" value="assign" class="plain" formnovalidate>
              {copy.assign}
            </button>
          </div>
          {query.class ? (
            <div class="choices">
              <div class="sides">
                <Field
                  id="bulk-resolution"
                  name="resolution"
                  label={copy.resolution}
                  options={[{ value: '', label: copy.chooseResolution }, ...resolutionChoices(visit, query.class)]}
                  isRequired
                  language={language}
                />
                <Field id="bulk-note" name="note" label={copy.note} isRequired maxLength={1_000} language={language} />
              </div>
              <button type="submit" name="deed" value="resolve">
                {copy.resolve}
              </button>
              <p class="hint">{copy.resolveHint}</p>
            </div>
          ) : (
            <p class="hint">{copy.oneClass}</p>
          )}
        </fieldset>
      </ActForm>
    </Card>
  )
}

const resolutionChoices = ({ language }: Visit, name: string): Choice[] => {
  const copy = words[language]
  const codes = new Set(policyTable.filter((row) => row.class === name).flatMap((row) => row.resolutions))
  return [...codes].map((code) => ({
    value: code,
    label: `${resolutionName(code, language)} (${resolutions[code].needsApproval ? copy.secondPerson : copy.onePerson})`,
  }))
}

/** What became of one of them. */
type Outcome = { id: string; name: string; problem: ApiProblem | null }

export const doInBulk = async (acting: Acting): Promise<View> => {
  const { language } = acting
  const copy = words[language]
  const outcomes: Outcome[] = []
  for (const id of acting.all('id').slice(0, chosenMax)) outcomes.push(await doOne(acting, id))
  const [went, wentNot] = [outcomes.filter(({ problem }) => !problem), outcomes.filter(({ problem }) => problem)]
  const unsure = wentNot.filter(({ problem }) => problem && isUnsure(problem))
  return {
    title: copy.bulkDone,
    body: (
      <Card>
        <Note tone={wentNot.length > 0 ? 'wait' : outcomes.length > 0 ? 'good' : 'calm'} isNews>
          {outcomes.length === 0 ? (
            <p>{copy.nothingChosen}</p>
          ) : (
            <p>
              {copy.went}: {went.length}. {copy.wentNot}: {wentNot.length - unsure.length}.
              {unsure.length > 0 ? ` ${copy.unsure}: ${unsure.length}.` : ''}
            </p>
          )}
        </Note>
        {outcomes.length > 0 ? <Outcomes outcomes={[...wentNot, ...went]} visit={acting} /> : null}
        <p>
          <a href={hrefOf(acting, acting.query)}>{copy.back}</a>
        </p>
      </Card>
    ),
  }
}

const Outcomes: FC<{ outcomes: readonly Outcome[]; visit: Visit }> = ({ outcomes, visit: { language } }) => {
  const copy = words[language]
  return (
    <Table
      caption={copy.bulkDone}
      isCaptionUnseen
      language={language}
      rows={outcomes}
      columns={[
        {
          head: copy.one,
          cell: ({ id, name }) => (
            <a href={`/console/discrepancies/${id}`}>
              {name} <code>…{id.slice(-6)}</code>
            </a>
          ),
        },
        {
          head: copy.outcome,
          cell: ({ problem }) =>
            !problem ? (
              <Badge tone="good">{copy.went}</Badge>
            ) : isUnsure(problem) ? (
              <Badge tone="wait">{copy.unsure}</Badge>
            ) : (
              <Badge tone="bad">{copy.wentNot}</Badge>
            ),
        },
        { head: copy.reason, cell: ({ problem }) => (problem ? reasonOf(problem, language) : '') },
      ]}
    />
  )
}

/** The gateway broke down over it, perhaps only after it was written. */
const isUnsure = ({ status }: ApiProblem): boolean => status >= 500

const reasonOf = ({ title, code, errors }: ApiProblem, language: Visit['language']): string =>
  [title, ...errors.slice(0, 3).map(({ message }) => message), adviceOn(code, language)?.text]
    .filter((each) => each !== undefined)
    .join('. ')

/** One call. What fails for a reason of its own does not keep the others from being done. */
const doOne = async (acting: Acting, id: string): Promise<Outcome> => {
  try {
    const changed = await acting.api.send(discrepancy, {
      path: `/v1/discrepancies/${encodeURIComponent(id)}/${verb(acting)}`,
      json: sent(acting),
    })
    return { id, name: className(changed.class, acting.language, changed.source), problem: null }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    return { id, name: words[acting.language].one, problem: error }
  }
}

const verb = ({ form }: Acting): string => (form.get('deed') === 'resolve' ? 'resolve' : 'assign')

const sent = ({ form, staff }: Acting): object => {
  if (form.get('deed') === 'resolve') return { resolution: form.get('resolution') ?? '', note: form.get('note') ?? '' }
  return { owner: form.get('deed') === 'take' ? staff.subject : form.get('owner') || null }
}
