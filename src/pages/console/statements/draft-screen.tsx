/** A file that was uploaded: what an import of it would give, how it is read, and what is to become of it. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import type { StatementSource } from '../../../domain/statement-columns.ts'
import { shortTime } from '../../wording.ts'
import { ApiProblem } from '../console-api.ts'
import { type Account, accountName, accountOptions, loadAccounts } from '../merchant-accounts.ts'
import { Card, Field, Note, ProblemNote } from '../parts.tsx'
import { type Acting, defineScreen, type Visit } from '../screen.ts'
import { Decide } from './draft-deeds.tsx'
import {
  type Draft,
  draftShape,
  type Preview,
  type Profile,
  previewShape,
  profileShape,
  type Rows,
  rowsShape,
} from './draft-shapes.ts'
import { draftWords } from './draft-words.ts'
import { fits, isSameProfile, profileFrom } from './mapping.ts'
import { MappingFields } from './mapping-form.tsx'
import { Problems, ReadingFacts, ReadingFigures, Reason } from './reading.tsx'
import { SampleTable } from './sample-table.tsx'
import { autoFormat, formatOptions, sourceOptions } from './upload-form.tsx'
import { fileSize, words } from './words.ts'

export const draftScreen = defineScreen({
  path: '/statements/drafts/:id',
  roles: ['accountant'],
  done: { saved: { vi: draftWords.vi.profileSaved, en: draftWords.en.profileSaved } },
  view: async (visit) => {
    const { language } = visit
    const looked = await lookAt(visit)
    const { draft, accounts } = looked
    const tried = await tryOut(visit, looked)
    const problem = tried instanceof ApiProblem ? tried : null
    const copy = draftWords[language]
    return {
      title: `${copy.preview}: ${draft.file_name}`,
      status: problem ? 422 : 200,
      body: (
        <>
          <p>
            {copy.nothingYet} {shortTime(draft.expires_at, language)}.
          </p>
          <Choices visit={visit} looked={looked} accounts={accounts} problem={problem} />
          {problem ? <ProblemNote visit={{ ...visit, problem }} /> : null}
          {tried !== null && !(tried instanceof ApiProblem) ? (
            <Result visit={visit} preview={tried} looked={looked} />
          ) : (
            <NotTried visit={visit} looked={looked} isProblem={problem !== null} />
          )}
          <Decide
            visit={visit}
            choice={looked}
            wrongCount={tried && !(tried instanceof ApiProblem) ? tried.problem_count : 0}
            isPossible={
              looked.account !== null && (tried === null || (!problem && (tried as Preview).status !== 'rejected'))
            }
          />
        </>
      ),
    }
  },
  acts: {
    save: async (acting) => {
      await saveProfile(acting)
      return { to: hrefBelow(acting), done: 'saved' }
    },
    import: async (acting) => {
      const { api, form, params } = acting
      if (form.get('profile')) await saveProfile(acting)
      const taken = await api.send(z.object({ id: z.string(), duplicate: z.boolean() }), {
        path: `/v1/statement_drafts/${params.id}/import`,
        json: { merchant_account: form.get('account'), source: form.get('source'), format: form.get('format') },
      })
      return { to: `/statements/${taken.id}`, done: taken.duplicate ? 'same' : 'queued' }
    },
    discard: async ({ api, params }) => {
      await api.send(z.unknown(), { method: 'DELETE', path: `/v1/statement_drafts/${params.id}` })
      return { to: '/statements', done: 'discarded' }
    },
  },
})

const saveProfile = ({ api, form }: Acting): Promise<unknown> =>
  api.send(z.unknown(), {
    method: 'PUT',
    path: `/v1/merchant_accounts/${form.get('account') ?? ''}/statement_profile`,
    json: said(form.get('profile')),
  })

/** What the API reads strictly: what is no JSON it refuses as an empty profile. */
const said = (json: string | undefined): unknown => {
  try {
    return JSON.parse(json || '{}')
  } catch {
    return {}
  }
}

const hrefBelow = ({ path, query }: Visit): string => {
  const { done: _done, ...kept } = query
  return `${path}?${new URLSearchParams(kept)}`
}

/** The file, and how it is read: as the form says, else as it was said before, else as it looks. */
export type Looked = {
  draft: Draft
  accounts: readonly Account[]
  account: Account | null
  source: StatementSource
  /** What was chosen, and what that comes to. */
  asked: string
  format: string
  rows: Rows
  profile: Profile | null
  saved: Profile | null
  /** Where the profile comes from. */
  origin: 'saved' | 'suggested' | 'differs' | 'changed'
}

const lookAt = async (visit: Visit): Promise<Looked> => {
  const { api, params, query } = visit
  const path = `/v1/statement_drafts/${params.id}`
  const [draft, accounts] = await Promise.all([api.get(draftShape, path), loadAccounts(visit)])
  const account = accounts.find(({ id }) => id === (query.account ?? draft.merchant_account)) ?? null
  const chosen = query.source ?? draft.source
  const source: StatementSource = chosen === 'bank' ? 'bank' : 'provider'
  const asked = query.format ?? draft.format ?? autoFormat
  const typed = profileFrom(query, source)
  const saved = profileShape
    .nullable()
    .catch(null)
    .parse(account?.statement_profile ?? null)
  const read = (profile: Profile | null) =>
    api.get(rowsShape, `${path}/rows`, { source, encoding: profile?.encoding, delimiter: profile?.delimiter })
  // Somebody else's profile, or a broken one, says nothing of this file.
  const bySaved = typed || !saved ? null : await read(saved).catch(() => null)
  const isLikeSaved = saved !== null && bySaved !== null && fits(saved, bySaved)
  const rows = isLikeSaved && bySaved ? bySaved : await read(typed)
  const format = asked === autoFormat ? detected(draft, rows) : asked
  const guess = isLikeSaved ? saved : rows.suggested_profile
  const profile = format === 'profile' ? (typed ?? guess) : null
  const origin = typed
    ? isSameProfile(typed, saved)
      ? 'saved'
      : saved
        ? 'changed'
        : 'suggested'
    : isLikeSaved
      ? 'saved'
      : saved
        ? 'differs'
        : 'suggested'
  return { draft, accounts, account, source, asked, format, rows, profile, saved, origin }
}

/** A text or a workbook that has not our columns is one of somebody's own. */
const detected = ({ detected_format: format }: Draft, { kind, is_canonical: isCanonical }: Rows): string =>
  kind === 'structured' || isCanonical ? format : 'profile'

/** Reading more than this takes longer than a page should. */
const triedBytesMax = 24 * 1_048_576

/** What an import would give, or why it cannot; null when there is nothing to try it for, or too much to do it unasked. */
const tryOut = async (
  { api, params, query }: Visit,
  { draft, account, source, format, profile }: Looked,
): Promise<Preview | ApiProblem | null> => {
  if (!account || (draft.bytes > triedBytesMax && query.read !== '1')) return null
  try {
    return await api.send(previewShape, {
      path: `/v1/statement_drafts/${params.id}/preview`,
      json: { merchant_account: account.id, source, format, ...(profile ? { statement_profile: profile } : {}) },
    })
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 422) return error
    throw error
  }
}

const Choices: FC<{ visit: Visit; looked: Looked; accounts: readonly Account[]; problem: ApiProblem | null }> = ({
  visit,
  looked,
  accounts,
  problem,
}) => {
  const { language, path } = visit
  const { account, source, asked, format, rows, profile, origin } = looked
  const [copy, draft] = [words[language], draftWords[language]]
  return (
    <Card heading={draft.choices} id="choices">
      <form method="get" action={`/console${path}`}>
        <div class="row-form">
          <Field
            id="account"
            name="account"
            label={copy.account}
            value={account?.id ?? ''}
            options={[{ value: '', label: draft.chooseAccount }, ...accountOptions(accounts, visit)]}
            isRequired
            language={language}
          />
          <Field
            id="source"
            name="source"
            label={copy.source}
            value={source}
            options={sourceOptions(language)}
            language={language}
          />
          <Field
            id="format"
            name="format"
            label={copy.format}
            hint={asked === autoFormat ? `${draft.detected}: ${copy.formats[format] ?? format}` : undefined}
            value={asked}
            options={formatOptions(language)}
            language={language}
          />
        </div>
        {profile ? (
          <>
            <Note tone={origin === 'saved' ? 'calm' : 'wait'}>
              <p>{draft[origin]}</p>
            </Note>
            <MappingFields
              visit={visit}
              source={source}
              profile={profile}
              rows={rows}
              problem={problem}
              isFolded={origin === 'saved' && !problem}
            />
          </>
        ) : null}
        <div class="acts">
          <button type="submit" class="plain">
            {draft.tryAgain}
          </button>
        </div>
      </form>
    </Card>
  )
}

const NotTried: FC<{ visit: Visit; looked: Looked; isProblem: boolean }> = ({ visit, looked, isProblem }) => {
  const { language } = visit
  const copy = draftWords[language]
  if (isProblem) return null
  if (!looked.account) return <Note tone="calm">{copy.noAccount}</Note>
  return (
    <Note tone="wait">
      <p>{copy.large(fileSize(looked.draft.bytes, language))}</p>
      <p>
        <a href={`/console${hrefBelow({ ...visit, query: { ...visit.query, read: '1' } })}`}>{copy.readAll}</a>
      </p>
    </Note>
  )
}

const Result: FC<{ visit: Visit; preview: Preview; looked: Looked }> = ({ visit, preview, looked }) => {
  const { language } = visit
  const copy = draftWords[language]
  return (
    <>
      <Card heading={copy.result} id="result">
        {preview.status === 'rejected' ? (
          <Note tone="bad">
            <p>
              <b>{copy.rejected}.</b> {words[language].reason}:{' '}
              <Reason message={preview.reason ?? ''} language={language} />.
            </p>
            <p>{copy.rejectedHint}</p>
          </Note>
        ) : null}
        <ReadingFigures reading={preview} language={language} />
        <ReadingFacts
          reading={preview}
          language={language}
          accountName={accountName(looked.accounts, preview.merchant_account, visit)}
        />
      </Card>
      {preview.sample.length > 0 ? (
        <Card heading={copy.sample} id="sample">
          <SampleTable sample={preview.sample} source={preview.source} language={language} />
        </Card>
      ) : null}
      {preview.problem_count > 0 ? (
        <Problems
          problems={preview.problems.slice(0, problemsShown)}
          total={preview.problem_count}
          language={language}
        />
      ) : null}
    </>
  )
}

/** Enough to see what is wrong; after the import all of them are listed. */
const problemsShown = 20
