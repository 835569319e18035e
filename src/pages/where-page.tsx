/** /where: a form with a code and an amount, and below it where that money is. */
import type { FC } from 'hono/jsx'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { Layout, Main, StatePanel } from './layout.tsx'
import { MoneyNow, type MoneyView } from './money-now.tsx'
import { StepList } from './money-trail.tsx'
import { stateText, tones } from './state-text.ts'
import { type WhereProblem, whereWords } from './where-words.ts'
import { money } from './wording.ts'

export type Asked = { code: string; amount: string }
export type Found = Omit<MoneyView, 'language'> & { agency: { name: string; phone: string | null } }

type Page = {
  language: Language
  otherLanguageHref: string
  asked: Asked
  problem: WhereProblem | null
  found: readonly Found[]
}

export const WherePage: FC<Page> = ({ language, otherLanguageHref, asked, problem, found }) => {
  const words = whereWords[language]
  return (
    <Layout
      language={language}
      title={words.title}
      otherLanguageHref={otherLanguageHref}
      agencyPhone={found[0]?.agency.phone ?? null}
    >
      <Main>
        <section class="card paper">
          <h1>{words.title}</h1>
          <p>{words.intro}</p>
          <form class="check" method="get" action="/where">
            <input type="hidden" name="lang" value={language} />
            {problem ? (
              <p class="note wait" id="problem" role="alert">
                {words.problems[problem]}
              </p>
            ) : null}
            <Field {...{ name: 'code', label: words.code, hint: words.codeHint, value: asked.code, problem }} />
            <Field {...{ name: 'amount', label: words.amount, hint: words.amountHint, value: asked.amount, problem }} />
            <button class="button" type="submit">
              {words.find}
            </button>
          </form>
        </section>
        {found.map((each) => (
          <FoundOrder {...each} language={language} />
        ))}
      </Main>
    </Layout>
  )
}

type FieldProps = { name: 'code' | 'amount'; label: string; hint: string; value: string; problem: WhereProblem | null }

const Field: FC<FieldProps> = ({ name, label, hint, value, problem }) => (
  <p>
    <label for={name}>{label}</label>
    <input
      class="text"
      id={name}
      name={name}
      value={value}
      required
      maxlength={name === 'code' ? 100 : 40}
      autocomplete="off"
      spellcheck={false}
      inputmode={name === 'amount' ? 'numeric' : undefined}
      aria-describedby={problem ? `${name}-hint problem` : `${name}-hint`}
    />
    <span class="small" id={`${name}-hint`}>
      {hint}
    </span>
  </p>
)

const FoundOrder: FC<Found & { language: Language }> = (given) => {
  const { facts, agency, language } = given
  const words = whereWords[language]
  const { order: labels, states } = dictionary[language]
  const view = withoutPersons(given)
  const { standing } = view
  return (
    <>
      <StatePanel tone={tones[standing.state]} title={states[standing.state].title} text={stateText(view)} isSecond />
      <section class="card paper">
        <dl>
          <div>
            <dt>{labels.dossier}</dt>
            <dd>{facts.order.dossierCode}</dd>
          </div>
          <div>
            <dt>{labels.amount}</dt>
            <dd>{money(facts.order.amount, language)}</dd>
          </div>
          <div>
            <dt>{labels.agency}</dt>
            <dd lang={language === 'vi' ? undefined : 'vi'}>{agency.name}</dd>
          </div>
          {facts.order.tracingCode ? (
            <div>
              <dt>{words.tracing}</dt>
              <dd>{facts.order.tracingCode}</dd>
            </div>
          ) : null}
        </dl>
        <MoneyNow {...view} />
        <h2>{words.steps}</h2>
        <StepList {...view} />
        <p class="small">{words.call(agency.phone)}</p>
      </section>
    </>
  )
}

/**
 * A code and an amount prove no more than that somebody has seen the dossier: reasons that people wrote, accounts, and whole transaction numbers are left out. Of a
 * number enough is left to find it in one's own bank's messages.
 */
const withoutPersons = (found: Found & { language: Language }): Found & { language: Language } => {
  const { facts, standing } = found
  return {
    ...found,
    standing: standing.state === 'refunding' ? { ...standing, account: null } : standing,
    facts: {
      ...facts,
      order: { ...facts.order, closedReason: null, payerName: '', payeeAccount: null },
      attempts: facts.attempts.map((attempt) => ({
        ...attempt,
        merchantReference: endOf(attempt.merchantReference),
        providerReference: attempt.providerReference && endOf(attempt.providerReference),
      })),
    },
  }
}

const endOf = (reference: string): string => `…${reference.slice(-4)}`
