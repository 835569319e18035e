/** Pages that stand alone: the front, a return that could not be recognised, and errors. */
import type { FC } from 'hono/jsx'
import type { ErrorName } from './copy.ts'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { Layout, Main, StatePanel } from './layout.tsx'
import { verifyWords } from './verify-words.ts'
import { whereWords } from './where-words.ts'

/** A link of the front page; the entry knows which there are. */
export type FrontLink = { href: string; label: Record<Language, string> }

type Common = { language: Language; otherLanguageHref: string }

export const FrontPage: FC<Common & { links: readonly FrontLink[] }> = ({ language, otherLanguageHref, links }) => {
  const { front } = dictionary[language]
  return (
    <Layout language={language} title={front.title} otherLanguageHref={otherLanguageHref}>
      <Main>
        <section class="card">
          <h1>{front.title}</h1>
          <p>{front.text}</p>
          <p>{front.pay}</p>
          <ul>
            <li>
              <a href={`/where?lang=${language}`}>{whereWords[language].title}</a>
            </li>
            <li>
              <a href={`/verify?lang=${language}`}>{verifyWords[language].title}</a>
            </li>
            <li>
              <a href="/docs" hreflang="en">
                {front.docs}
              </a>
            </li>
            {links.map((link) => (
              <li>
                <a href={link.href}>{link.label[language]}</a>
              </li>
            ))}
          </ul>
        </section>
      </Main>
    </Layout>
  )
}

/** Claims nothing about money: whoever stands here came with a return that nobody could read. */
export const UnknownReturnPage: FC<Common> = ({ language, otherLanguageHref }) => {
  const { unknownReturn: copy } = dictionary[language]
  return (
    <Layout language={language} title={copy.title} otherLanguageHref={otherLanguageHref}>
      <Main>
        <StatePanel tone="wait" title={copy.title} text={copy.text}>
          <ul>
            {copy.steps.map((step) => (
              <li>{step}</li>
            ))}
          </ul>
          <WhereLink language={language} />
        </StatePanel>
      </Main>
    </Layout>
  )
}

/** For whoever has paid and lost the way to the order's own page. */
const WhereLink: FC<{ language: Language }> = ({ language }) => (
  <p>
    <a href={`/where?lang=${language}`}>{whereWords[language].title}</a>
  </p>
)

export const ErrorPage: FC<Common & { name: ErrorName; requestId: string }> = ({
  name,
  requestId,
  language,
  otherLanguageHref,
}) => {
  const copy = dictionary[language]
  const { title, text } = copy.errors[name]
  return (
    <Layout language={language} title={title} otherLanguageHref={otherLanguageHref}>
      <Main>
        <StatePanel tone={name === 'broken' ? 'bad' : 'calm'} title={title} text={text}>
          {name === 'not_found' ? <WhereLink language={language} /> : null}
          {requestId ? <p>{`${copy.requestId}: ${requestId}`}</p> : null}
        </StatePanel>
      </Main>
    </Layout>
  )
}
