/** How a file comes in: chosen or dropped, looked at before anything is imported. And the files that still wait. */
import type { FC } from 'hono/jsx'
import { shortTime } from '../../wording.ts'
import { Card, Field, Table } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import type { Draft } from './draft-shapes.ts'
import { draftWords } from './draft-words.ts'
import { fileSize, words } from './words.ts'

/** What the form sends for a format that shall be detected. */
export const autoFormat = 'auto'

export const formatOptions = (language: Visit['language']) => [
  { value: autoFormat, label: draftWords[language].auto },
  ...Object.entries(words[language].formats).map(([value, label]) => ({ value, label })),
]

export const sourceOptions = (language: Visit['language']) =>
  (['provider', 'bank'] as const).map((value) => ({ value, label: words[language].sources[value] }))

type Choice = { visit: Visit; accounts: readonly { value: string; label: string }[] }

export const UploadForm: FC<Choice> = ({ visit, accounts }) => {
  const { language, formToken } = visit
  const [copy, draft] = [words[language], draftWords[language]]
  return (
    <Card heading={draft.upload} id="upload">
      <p class="small">{draft.uploadHint}</p>
      <form
        class="row-form"
        method="post"
        enctype="multipart/form-data"
        action={`/console/statements?${new URLSearchParams({ form_token: formToken })}`}
        data-upload={draft.sending}
        data-broken={draft.broken}
      >
        <Field
          id="upload-account"
          name="merchant_account"
          label={copy.account}
          options={[{ value: '', label: draft.chooseAccount }, ...accounts]}
          isRequired
          language={language}
        />
        <Field
          id="upload-source"
          name="source"
          label={copy.source}
          options={[{ value: '', label: draft.chooseSource }, ...sourceOptions(language)]}
          isRequired
          language={language}
        />
        <Field
          id="upload-format"
          name="format"
          label={copy.format}
          options={formatOptions(language)}
          language={language}
        />
        <div class="field drop" data-drop>
          <label for="upload-file">{draft.file}</label>
          <input
            id="upload-file"
            type="file"
            name="file"
            required
            accept=".csv,.txt,.xlsx,.xml,.sta,.940,.mt940,.tsv"
            aria-describedby="upload-drop"
          />
          <small id="upload-drop" class="hint" data-drop-hint hidden>
            {draft.drop}
          </small>
        </div>
        <div class="acts">
          <button type="submit">{draft.send}</button>
        </div>
      </form>
    </Card>
  )
}

/** Files that somebody has uploaded and not decided on. */
export const WaitingFiles: FC<{ visit: Visit; drafts: readonly Draft[] }> = ({ visit: { language }, drafts }) => {
  const [copy, draft] = [words[language], draftWords[language]]
  if (drafts.length === 0) return null
  return (
    <Card heading={draft.waiting} id="waiting">
      <p class="small">{draft.waitingHint}</p>
      <Table
        caption={draft.waiting}
        isCaptionUnseen
        language={language}
        rows={drafts}
        columns={[
          { head: copy.file, cell: (row) => <a href={`/console/statements/drafts/${row.id}`}>{row.file_name}</a> },
          { head: copy.size, cell: (row) => fileSize(row.bytes, language), isFigure: true },
          { head: copy.uploadedAt, cell: (row) => shortTime(row.created_at, language) },
          { head: draft.keptUntil, cell: (row) => shortTime(row.expires_at, language) },
        ]}
      />
    </Card>
  )
}
