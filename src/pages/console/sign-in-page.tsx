/** What is shown around signing in: to people without a session, so nothing here is anybody's. */
import type { Context } from 'hono'
import type { Child, FC } from 'hono/jsx'
import type { OpenIdSettings } from '../../domain/openid.ts'
import type { Deps } from '../../flows/deps.ts'
import type { SignInProblem } from '../../flows/sign-in-refused.ts'
import type { Language } from '../language.ts'
import type { PageEnv } from '../page-env.ts'
import { Frame } from './frame.tsx'
import { Note, type Tone } from './parts.tsx'
import { consoleHeaders } from './policy.ts'
import { type ProblemWords, signInWords } from './sign-in-words.ts'
import { languageFor } from './visitor.ts'

type Around = { deps: Deps; settings: OpenIdSettings | null }
type Status = 200 | 400 | 403 | 429 | 500 | 503

export const showSignIn = (c: Context<PageEnv>, around: Around, to: string): Promise<Response> => {
  const language = languageFor(c, around.deps)
  const { signIn, notSetUp } = signInWords[language]
  const { settings } = around
  // Nothing is broken: the console is simply not in use here.
  if (!settings) return show(c, around, { title: notSetUp.title, body: <Said tone="calm" text={notSetUp.text} /> })
  return show(c, around, {
    title: signIn.title,
    query: { to },
    body: (
      <>
        <p>{signIn.text}</p>
        <SignInForm to={to} label={signIn.button(hostOf(settings))} />
        {around.deps.mode === 'demo' ? <p class="hint">{signIn.demo}</p> : null}
      </>
    ),
  })
}

export const showProblem = (
  c: Context<PageEnv>,
  around: Around & { settings: OpenIdSettings | null },
  { problem, to }: { problem: SignInProblem; to: string },
): Promise<Response> => {
  const language = languageFor(c, around.deps)
  const { problems, again } = signInWords[language]
  const { title, text } = problems[problem]
  const body = (
    <>
      <Said tone="wait" text={text(wordsOf(around.settings))} />
      <SignInForm to={to} label={again} />
    </>
  )
  return show(c, around, { title, body, status: statuses[problem] })
}

export const showTooMany = (c: Context<PageEnv>, around: Around, seconds: number): Promise<Response> => {
  const { tooMany } = signInWords[languageFor(c, around.deps)]
  const body = <Said tone="wait" text={tooMany.text(seconds)} />
  return show(c, around, { title: tooMany.title, body, status: 429, headers: { 'retry-after': String(seconds) } })
}

/** `there` is where the issuer's own session ends, if it has such a place. */
export const showSignedOut = (c: Context<PageEnv>, around: Around, there: string | null): Promise<Response> => {
  const { signedOut, again } = signInWords[languageFor(c, around.deps)]
  const body = (
    <>
      <Said tone="good" text={signedOut.text} />
      {there && around.settings ? (
        <p>
          <a href={there}>{signedOut.there(hostOf(around.settings))}</a>
        </p>
      ) : null}
      {around.settings ? (
        <p>
          <a href="/console/sign-in">{again}</a>
        </p>
      ) : null}
    </>
  )
  return show(c, around, { title: signedOut.title, body, headers: there ? { refresh: `0;url=${there}` } : {} })
}

const statuses: Record<SignInProblem, Status> = {
  unreachable: 503,
  misconfigured: 500,
  denied: 403,
  over: 400,
  not_believed: 400,
  clock: 400,
  subject_unusable: 403,
  too_weak: 403,
  role_missing: 403,
  role_unknown: 403,
  role_ambiguous: 403,
  agency_missing: 403,
  agency_foreign: 403,
}

const hostOf = (settings: OpenIdSettings): string => new URL(settings.issuer).host

const wordsOf = (settings: OpenIdSettings | null): ProblemWords => ({
  host: settings ? hostOf(settings) : '',
  roleClaim: settings?.roleClaim ?? '',
  agencyClaim: settings?.agencyClaim ?? '',
  agency: settings?.agency ?? '',
})

const SignInForm: FC<{ to: string; label: string }> = ({ to, label }) => (
  <form method="post" action="/console/sign-in">
    <input type="hidden" name="to" value={to} />
    <button type="submit">{label}</button>
  </form>
)

const Said: FC<{ tone: Tone; text: string }> = ({ tone, text }) => (
  <Note tone={tone}>
    <p>{text}</p>
  </Note>
)

type Shown = {
  title: string
  body: Child
  status?: Status
  /** What the other language's address keeps. */
  query?: Record<string, string>
  headers?: Record<string, string>
}

const show = async (
  c: Context<PageEnv>,
  { deps, settings }: Around,
  { title, body, status = 200, query = {}, headers = {} }: Shown,
): Promise<Response> => {
  const language = languageFor(c, deps)
  return c.html(
    <Frame
      language={language}
      title={title}
      otherLanguageHref={otherLanguageHref(language, query)}
      isDemo={deps.mode === 'demo'}
      staff={null}
      formToken=""
      screens={[]}
      path="/sign-in"
    >
      {body}
    </Frame>,
    status,
    {
      ...consoleHeaders({ formActions: settings ? ['https:', ...(deps.mode === 'demo' ? ['http:'] : [])] : [] }),
      // The address may hold the code of a sign-in.
      'referrer-policy': 'no-referrer',
      'content-language': language,
      ...headers,
    },
  )
}

/** Always the page to sign in at: an answer of the issuer is read once, so its address leads nowhere a second time. */
const otherLanguageHref = (language: Language, query: Record<string, string>): string =>
  `/console/sign-in?${new URLSearchParams({ ...query, lang: language === 'vi' ? 'en' : 'vi' })}`
