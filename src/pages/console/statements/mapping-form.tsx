/** How a file is read, as a form that changes nothing: account, source and format, and for a file of somebody's own which column is which. */
import type { FC } from 'hono/jsx'
import { requiredColumns, type StatementSource } from '../../../domain/statement-columns.ts'
import { fileColumns, usualDateFormats, usualNumberFormats } from '../../../domain/suggest-profile.ts'
import type { ApiProblem } from '../console-api.ts'
import { Field, Table } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import type { Profile, Rows } from './draft-shapes.ts'
import { draftWords } from './draft-words.ts'
import { blanks, delimiterName, headerOf, numberName, type WordColumn, wordColumns, wordsOf } from './mapping.ts'

type Mapping = {
  visit: Visit
  source: StatementSource
  profile: Profile
  rows: Rows
  problem: ApiProblem | null
  /** It has been looked at before: only who wants to opens it. */
  isFolded?: boolean
}

/** What the API says of one member of the profile. */
const wrongAt = (problem: ApiProblem | null, member: string): string | undefined =>
  problem?.errors.find(({ pointer }) => pointer === `/statement_profile/${member}`)?.message

export const MappingFields: FC<Mapping> = (mapping) => {
  const { visit, rows } = mapping
  const copy = draftWords[visit.language]
  return (
    <details class="mapping" open={!mapping.isFolded}>
      <summary>{copy.mapping}</summary>
      <input type="hidden" name="mapped" value="1" />
      <p class="small">{copy.mappingHint}</p>
      <FirstRows {...mapping} />
      <div class="row-form">
        <Writing {...mapping} />
      </div>
      {rows.rows.length > 0 ? <Columns {...mapping} /> : null}
      {mapping.source === 'provider'
        ? (Object.keys(wordColumns) as WordColumn[]).map((column) =>
            mapping.profile.columns[column] ? <Words {...mapping} column={column} /> : null,
          )
        : null}
    </details>
  )
}

/** As many as tell a person what the file is like. */
const rowsShown = 12

const FirstRows: FC<Mapping> = ({ visit: { language }, rows, profile }) => {
  const copy = draftWords[language]
  const shown = rows.rows.slice(0, rowsShown)
  const width = Math.max(1, ...shown.map(({ cells }) => cells.length))
  return (
    <Table
      caption={copy.firstRows}
      language={language}
      rows={shown}
      columns={[
        {
          head: copy.lineOfFile,
          cell: ({ line }) => (line === profile.header_row ? <b>{`${line} ▸`}</b> : line),
          isFigure: true,
        },
        ...Array.from({ length: width }, (_, at) => ({
          head: String(at + 1),
          cell: ({ line, cells }: Rows['rows'][number]) =>
            line === profile.header_row ? <b>{cells[at] ?? ''}</b> : (cells[at] ?? ''),
        })),
      ]}
    />
  )
}

/** How the text is written: where the header stands, which letters, which dates, which numbers. */
const Writing: FC<Mapping> = ({ visit: { language }, profile, rows, problem }) => {
  const copy = draftWords[language]
  const number = numberName(profile.number_format)
  return (
    <>
      <Field
        id="header"
        name="header"
        type="number"
        label={copy.headerRow}
        hint={copy.headerHint}
        value={String(profile.header_row)}
        wrong={wrongAt(problem, 'header_row')}
        isRequired
        language={language}
      />
      {rows.kind === 'text' ? (
        <>
          <Field
            id="encoding"
            name="encoding"
            label={copy.encoding}
            value={profile.encoding}
            options={['utf-8', 'utf-16', 'windows-1258', 'latin1'].map((value) => ({
              value,
              label: value.toUpperCase(),
            }))}
            wrong={wrongAt(problem, 'encoding')}
            language={language}
          />
          <Field
            id="delimiter"
            name="delimiter"
            label={copy.delimiter}
            value={delimiterName(profile.delimiter)}
            options={Object.entries(copy.delimiters).map(([value, label]) => ({ value, label }))}
            language={language}
          />
        </>
      ) : null}
      <Field
        id="date"
        name="date"
        label={copy.dateFormat}
        hint={copy.dateHint}
        value={profile.date_format}
        suggestions={usualDateFormats}
        wrong={wrongAt(problem, 'date_format')}
        isRequired
        language={language}
      />
      <Field
        id="number"
        name="number"
        label={copy.numberFormat}
        value={number}
        options={usualNumberFormats.map((format) => ({
          value: numberName(format),
          label: `1${format.thousands}234${format.thousands}567${format.decimal}00`,
        }))}
        wrong={wrongAt(problem, 'number_format/thousands')}
        language={language}
      />
    </>
  )
}

const Columns: FC<Mapping> = ({ visit: { language }, source, profile, rows, problem }) => {
  const copy = draftWords[language]
  const header = [...new Set(headerOf(rows.rows, profile.header_row).filter((name) => name !== ''))]
  return (
    <>
      {source === 'bank' ? <p class="small">{copy.splitHint}</p> : null}
      <div class="row-form">
        {fileColumns(source).map((column) => {
          const chosen = profile.columns[column] ?? ''
          const gone = chosen !== '' && !header.includes(chosen)
          return (
            <Field
              id={`c-${column}`}
              name={`c_${column}`}
              label={copy.columns[column] ?? column}
              value={chosen}
              options={[
                { value: '', label: copy.noColumn },
                ...(gone ? [{ value: chosen, label: `${chosen} (${copy.notInFile})` }] : []),
                ...header.map((name) => ({ value: name, label: name })),
              ]}
              isMarked={
                requiredColumns[source].some((name) => name === column) && !(source === 'bank' && column === 'amount')
              }
              wrong={wrongAt(problem, `columns/${column}`)}
              language={language}
            />
          )
        })}
      </div>
    </>
  )
}

const Words: FC<Mapping & { column: WordColumn }> = ({ visit: { language }, column, profile, rows }) => {
  const copy = draftWords[language]
  const known = wordsOf(column, profile, rows)
  const options = [
    { value: '', label: copy.unset },
    ...wordColumns[column].map((value) => ({ value, label: copy.meanings[value] ?? value })),
  ]
  return (
    <fieldset>
      <legend>{copy.words[column]}:</legend>
      <div class="row-form">
        {known.map((word, at) => (
          <>
            <input type="hidden" name={`w_${column}_${at}`} value={word} />
            <Field
              id={`v-${column}-${at}`}
              name={`v_${column}_${at}`}
              label={`“${word}”`}
              value={profile.values[column]?.[word] ?? ''}
              options={options}
              language={language}
            />
          </>
        ))}
        {Array.from({ length: blanks }, (_, at) => known.length + at).map((at) => (
          <div class="pair">
            <Field id={`w-${column}-${at}`} name={`w_${column}_${at}`} label={copy.otherWord} language={language} />
            <Field
              id={`v-${column}-${at}`}
              name={`v_${column}_${at}`}
              label={copy.meaning}
              options={options}
              language={language}
            />
          </div>
        ))}
      </div>
    </fieldset>
  )
}
