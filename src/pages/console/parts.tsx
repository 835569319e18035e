/** What screens are made of: tables, facts, forms, fields, badges. Each part is usable by keyboard, read aloud in order, and needs no script. */
import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import type { Language } from '../language.ts'
import { money as moneyText } from '../wording.ts'
import { type Query, searchOf } from './console-api.ts'
import { adviceOn } from './problem-advice.ts'
import type { Visit } from './screen.ts'
import { words } from './words.ts'

export type Tone = 'good' | 'wait' | 'bad' | 'calm'

/** Shapes differ by tone, so that no state is told by colour alone; drawn, since fonts lack some signs. */
const shapes: Record<Tone, string> = {
  good: 'M3 8.5l3.5 3.5L13 4.5',
  wait: 'M8 1.5a6.5 6.5 0 1 0 .01 0zM8 4.5v4l2.5 1.5',
  bad: 'M8 2.5v7M8 12.5v1',
  calm: 'M4 8h8',
}

/** A state in words, with a sign. */
export const Badge: FC<PropsWithChildren<{ tone: Tone }>> = ({ tone, children }) => (
  <span class={`badge ${tone}`}>
    <svg
      viewBox="0 0 16 16"
      width="12"
      height="12"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      aria-hidden="true"
    >
      <path d={shapes[tone]} />
    </svg>{' '}
    {children}
  </span>
)

export const Money: FC<{ amount: bigint; language: Language }> = ({ amount, language }) => (
  <span class="money">{`${amount < 0n ? '−' : ''}${moneyText(amount < 0n ? -amount : amount, language)}`}</span>
)

export const Card: FC<PropsWithChildren<{ heading?: string; id?: string }>> = ({ heading, id, children }) => (
  <section class="card" aria-labelledby={heading && id ? id : undefined}>
    {heading ? <h2 id={id}>{heading}</h2> : null}
    {children}
  </section>
)

/** What is known of one thing, as pairs of label and value; a null value is left out. */
export const Facts: FC<{ rows: readonly (readonly [string, Child])[] }> = ({ rows }) => (
  <dl class="facts">
    {rows
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([label, value]) => (
        <div>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
)

export type Column<Row> = {
  head: string
  cell: (row: Row) => Child
  /** Figures stand right, under one another. */
  isFigure?: boolean
  /** Sentences get room, and break. */
  isRoomy?: boolean
}

const classOf = ({ isFigure, isRoomy }: { isFigure?: boolean; isRoomy?: boolean }): string | undefined =>
  isFigure ? 'figure' : isRoomy ? 'roomy' : undefined

/** A table that scrolls by itself where it is wider than the page. Says so where it has no rows. */
export const Table = <Row,>({
  caption,
  columns,
  rows,
  language,
  foot,
  isCaptionUnseen,
}: {
  caption: string
  /** Where a heading above says the same to who sees it. */
  isCaptionUnseen?: boolean
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  language: Language
  foot?: readonly Child[]
}) =>
  rows.length === 0 ? (
    <p class="nothing">{words[language].nothing}</p>
  ) : (
    <section class="scroll" aria-label={words[language].tableOf(caption)} tabindex={0}>
      <table>
        <caption class={isCaptionUnseen ? 'unseen' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head, isFigure }) => (
              <th scope="col" class={isFigure ? 'figure' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map((column) => (
                <td class={classOf(column)}>{column.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot ? (
          <tfoot>
            <tr>
              {foot.map((cell, index) => (
                <td class={columns[index]?.isFigure ? 'figure' : undefined}>{cell}</td>
              ))}
            </tr>
          </tfoot>
        ) : null}
      </table>
    </section>
  )

/** Lists are read a page at a time, forward. */
export const Pager: FC<{ visit: Visit; nextCursor: string | null }> = ({ visit, nextCursor }) => {
  const { cursor, done: _done, ...kept } = visit.query
  const copy = words[visit.language]
  if (!cursor && !nextCursor) return null
  return (
    <p class="pager">
      {cursor ? <a href={hrefOf(visit, kept)}>{copy.first}</a> : null}
      {nextCursor ? (
        <a rel="next" href={hrefOf(visit, { ...kept, cursor: nextCursor })}>
          {copy.next}
        </a>
      ) : null}
    </p>
  )
}

/** This screen with another query. */
export const hrefOf = (visit: Pick<Visit, 'path'>, query: Query = {}): string =>
  `/console${visit.path}${searchOf(query)}`

/** A form that only changes what is looked at. */
export const FilterForm: FC<PropsWithChildren<{ visit: Visit; submit?: string }>> = ({ visit, submit, children }) => {
  const copy = words[visit.language]
  return (
    <form class="filter" method="get" action={`/console${visit.path}`}>
      {children}
      <div class="acts">
        <button type="submit">{submit ?? copy.filter}</button>
        <a href={`/console${visit.path}`}>{copy.clear}</a>
      </div>
    </form>
  )
}

/** A form that does something: posts to this screen's `acts[act]`, once however often it is sent. `item` tells several such forms on one screen apart. */
export const ActForm: FC<
  PropsWithChildren<{ visit: Visit; act: string; item?: string; class?: string; labels?: FieldLabels }>
> = ({ visit, act, item = '', class: className, labels, children }) => {
  const isTried = visit.tried?.act === act && visit.tried.item === item
  return (
    <form class={className ?? 'act'} method="post" action={hrefOf(visit, withoutDone(visit.query))}>
      {isTried && visit.problem ? <ProblemNote visit={visit} labels={labels} /> : null}
      <input type="hidden" name="form_token" value={visit.formToken} />
      <input type="hidden" name="once" value={visit.newKey()} />
      <input type="hidden" name="act" value={act} />
      <input type="hidden" name="item" value={item} />
      {children}
    </form>
  )
}

const withoutDone = ({ done: _done, ...rest }: Visit['query']): Query => rest

/** What a form calls the members of what it sends, by JSON pointer. */
export type FieldLabels = Readonly<Record<string, string>>

/** What the API said no to, beside the form, and what to do about it where that is known. */
export const ProblemNote: FC<{ visit: Visit; labels?: FieldLabels | undefined }> = ({
  visit: { problem, language },
  labels = {},
}) => {
  if (problem === null) return null
  const advice = adviceOn(problem.code, language)
  const errors = advice?.isWhole ? [] : problem.errors.slice(0, 20)
  return (
    <div class="note bad" role="alert" tabindex={-1} autofocus>
      <p>
        <b>{words[language].problem}:</b> {problem.title}
      </p>
      {advice ? <p>{advice.text}</p> : null}
      {errors.length > 0 ? (
        <ul>
          {errors.map(({ pointer, message }) => (
            <li>
              {labels[pointer] ? <b>{labels[pointer]}</b> : <code>{pointer}</code>} {message}
            </li>
          ))}
        </ul>
      ) : problem.detail && !advice ? (
        <p lang="en">{problem.detail}</p>
      ) : null}
    </div>
  )
}

export type FieldProps = {
  /** Unique on the page. */
  id: string
  name: string
  label: string
  hint?: string | undefined
  value?: string
  type?: 'text' | 'date' | 'datetime-local' | 'search' | 'number' | 'password' | 'url' | 'email'
  isRequired?: boolean
  /** Says that it must be there, without the browser holding the form back for it. */
  isMarked?: boolean
  /** What is wrong with what was typed. */
  wrong?: string | undefined
  /** Offered while one types; anything else may be typed too. */
  suggestions?: readonly string[]
  /** Several lines. */
  isLong?: boolean
  options?: readonly { value: string; label: string }[]
  maxLength?: number
  inputMode?: 'numeric' | 'text'
  autocomplete?: string
  language: Language
}

/** One labelled control. Options make it a choice. */
export const Field: FC<FieldProps> = (props) => {
  const { id, name, label, hint, value = '', type = 'text', isRequired, isLong, options, language } = props
  const { wrong, suggestions } = props
  const described = [...(hint ? [`${id}-hint`] : []), ...(wrong ? [`${id}-wrong`] : [])].join(' ')
  const shared = {
    id,
    name,
    required: isRequired,
    'aria-describedby': described || undefined,
    'aria-invalid': wrong ? ('true' as const) : undefined,
    list: suggestions ? `${id}-list` : undefined,
    autocomplete: props.autocomplete ?? 'off',
  }
  return (
    <div class="field">
      <label for={id}>
        {label}
        {isRequired || props.isMarked ? <small> ({words[language].required})</small> : null}
      </label>
      {options ? (
        <select {...shared}>
          {options.map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : isLong ? (
        <textarea {...shared} rows={3} maxlength={props.maxLength}>
          {value}
        </textarea>
      ) : (
        <input {...shared} type={type} value={value} maxlength={props.maxLength} inputmode={props.inputMode} />
      )}
      {hint ? (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      ) : null}
      {wrong ? (
        <small id={`${id}-wrong`} class="bad-ink">
          {wrong}
        </small>
      ) : null}
      {suggestions ? (
        <datalist id={`${id}-list`}>
          {suggestions.map((suggestion) => (
            <option value={suggestion}></option>
          ))}
        </datalist>
      ) : null}
    </div>
  )
}

/** A few words that stand out: what just happened, what to mind. */
export const Note: FC<PropsWithChildren<{ tone: Tone; isNews?: boolean }>> = ({ tone, isNews, children }) => (
  <div class={`note ${tone}`} role={isNews ? 'status' : undefined}>
    {children}
  </div>
)

/** So often a page looks whether what it shows has gone on. */
export const underwaySeconds = 4

/**
 * What is still going on: looked for again by itself, without a reload where scripts run. The view says `refreshSeconds: underwaySeconds` as long as `isStopped` is
 * not so.
 */
export const Underway: FC<PropsWithChildren<{ visit: Visit; id: string }>> = ({ visit, id, children }) => {
  const copy = words[visit.language]
  const { stop: _stop, done: _done, ...kept } = visit.query
  return (
    <div id={id} class="underway" data-poll={isStopped(visit) ? undefined : String(underwaySeconds)}>
      {children}
      <p class="small">
        {isStopped(visit) ? (
          <a href={hrefOf(visit, kept)}>{copy.goOn}</a>
        ) : (
          <>
            {copy.underway} <a href={hrefOf(visit, { ...kept, stop: '1' })}>{copy.stop}</a>
          </>
        )}
      </p>
    </div>
  )
}

/** Whether somebody wants the page to stand still. */
export const isStopped = ({ query }: Pick<Visit, 'query'>): boolean => query.stop === '1'
