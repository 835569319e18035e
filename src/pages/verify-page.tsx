/** /verify: is this receipt genuine? By the browser itself where it can, else by a form that the server answers. */
import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import type { PublicKey } from '../domain/receipt-proof.ts'
import type { Language } from './language.ts'
import { Layout, Main } from './layout.tsx'
import { proofTypes, verifyScript } from './verify-script.ts'
import { type Told, verifyWords } from './verify-words.ts'

type Page = {
  language: Language
  otherLanguageHref: string
  keys: readonly PublicKey[]
  /** The signed list. */
  list: string
  /** What was posted, and what was found; null before anything was asked. */
  asked: { text: string; told: Told } | null
}

export const VerifyPage: FC<Page> = ({ language, otherLanguageHref, keys, list, asked }) => {
  const words = verifyWords[language]
  const data = {
    keys: keys.map(({ kid, kty, crv, x, revoked }) => ({ kid, kty, crv, x, revoked })),
    list,
    words,
    types: proofTypes,
  }
  return (
    <Layout language={language} title={words.title} otherLanguageHref={otherLanguageHref} isSaved>
      <Main>
        <section class="card paper">
          <h1>{words.title}</h1>
          <p>{words.intro}</p>
          <form class="check" method="post" action={`/verify?lang=${language}`}>
            <p>
              <label for="code">{words.label}</label>
            </p>
            <textarea id="code" name="code" rows={4} required spellcheck={false} autocomplete="off">
              {asked?.text ?? ''}
            </textarea>
            <button class="button" type="submit">
              {words.button}
            </button>{' '}
            <button class="button plain" type="submit" name="ask" value="records">
              {words.ask}
            </button>
          </form>
          <p class="small">{words.offline}</p>
          <p class="small">{words.keep}</p>
        </section>
        <div id="result" class="stack paper" role="status">
          {asked ? <Answer told={asked.told} /> : null}
        </div>
      </Main>
      <script id="data" type="application/json">
        {raw(JSON.stringify(data).replaceAll('<', '\\u003c'))}
      </script>
      <script>{raw(verifyScript)}</script>
    </Layout>
  )
}

/** As the script shows it. */
const Answer: FC<{ told: Told }> = ({ told }) => (
  <>
    <section class={`note ${told.tone}`}>
      <h2>{told.title}</h2>
      <p>{told.text}</p>
    </section>
    {told.rows.length > 0 ? (
      <section class="card">
        <dl>
          {told.rows.map(([label, value]) => (
            <div>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
    ) : null}
  </>
)
