/** The last page before a provider, where it wants a form of ours or shows a code to be scanned instead of an address to go to. */
import type { FC } from 'hono/jsx'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { Layout, type Live, Main, StatePanel } from './layout.tsx'
import type { Leaving } from './leaving.ts'
import { type Transfer, TransferByHand } from './transfer-by-hand.tsx'
import { money, moneyInWords } from './wording.ts'

type About = {
  provider: string
  amount: bigint
  dossier: string
  language: Language
  otherLanguageHref: string
  pageHref: string
}

/** A form with a button: nothing is sent by itself, since that would need a script. */
export const FormPage: FC<About & { leaving: Extract<Leaving, { type: 'form' }> }> = (page) => {
  const { leaving, provider, amount, language, otherLanguageHref } = page
  const { leaving: copy } = dictionary[language]
  return (
    <Layout language={language} title={copy.title(provider)} otherLanguageHref={otherLanguageHref}>
      <Main>
        <StatePanel tone="calm" title={copy.title(provider)} text={copy.stay}>
          <p>{`${money(amount, language)} · ${page.dossier}`}</p>
          <form method="post" action={leaving.url}>
            {Object.entries(leaving.fields).map(([name, value]) => (
              <input type="hidden" name={name} value={value} />
            ))}
            <button class="button" type="submit">
              {copy.button(provider)}
            </button>
          </form>
        </StatePanel>
      </Main>
    </Layout>
  )
}

const qrSeconds = 10

type QrAbout = About & {
  leaving: Extract<Leaving, { type: 'qr' }>
  transfer: Transfer | null
  nextHref: string | null
  live: Live
  /** The code as a picture to be kept. */
  fileHref: string
  /** Where a demo's simulated bank app has scanned it already. */
  appHref: string | null
  /** Links that open a bank's app with the transfer filled in. */
  apps: BankApps | null
}

type BankApps = { host: string; links: readonly { name: string; href: string }[] }

const BankAppList: FC<{ apps: BankApps; language: Language }> = ({ apps: { host, links }, language }) => {
  const { qr: copy } = dictionary[language]
  return (
    <>
      <h2>{copy.apps}</h2>
      <p class="small">{copy.appsNote(host)}</p>
      <ul>
        {links.map(({ name, href }) => (
          <li>
            <a href={href}>{name}</a>
          </li>
        ))}
      </ul>
    </>
  )
}

/**
 * The code, and what is in it for typing by hand or copying. The page hears by itself that the money has come. Whoever has the code on the
 * phone itself keeps the picture, or opens the bank's app with the transfer filled in, where the operator lets the page offer that (`domain/bank-apps.ts`); otherwise the
 * page says how the bank's app takes the picture.
 */
export const QrPage: FC<QrAbout> = (page) => {
  const { leaving, transfer, amount, dossier, language, otherLanguageHref, pageHref, nextHref, live, fileHref } = page
  const { appHref, apps } = page
  const { qr: copy, order } = dictionary[language]
  return (
    <Layout
      language={language}
      title={copy.title}
      otherLanguageHref={otherLanguageHref}
      refresh={nextHref ? { seconds: qrSeconds, url: nextHref } : null}
      isLive
    >
      <Main columns live={live}>
        <StatePanel tone="calm" title={copy.title} text={copy.text} />
        <section class="card" aria-label={copy.alt}>
          <img
            class="qr"
            src={leaving.image_url}
            alt={copy.alt}
            width="288"
            height="288"
            referrerpolicy="no-referrer"
          />
          <a class="button plain" href={fileHref} download={`QR-${dossier.replaceAll(/[^\w.-]/g, '-')}.png`}>
            {copy.save}
          </a>
          {appHref ? (
            <a class="button plain" href={appHref}>
              {copy.app}
            </a>
          ) : null}
          {apps && apps.links.length > 0 ? <BankAppList apps={apps} language={language} /> : null}
          <h2>{copy.phone}</h2>
          <ol>
            {copy.phoneSteps.map((step) => (
              <li>{step}</li>
            ))}
          </ol>
        </section>
        {transfer ? <TransferByHand transfer={transfer} language={language} /> : null}
        <section class="card" aria-label={order.heading}>
          <dl>
            <div>
              <dt>{order.amount}</dt>
              <dd class="sum">{money(amount, language)}</dd>
            </div>
            <div>
              <dt>{order.inWords}</dt>
              <dd>{moneyInWords(amount, language)}</dd>
            </div>
            <div>
              <dt>{order.dossier}</dt>
              <dd>{dossier}</dd>
            </div>
          </dl>
          <a class="button" href={pageHref}>
            {copy.after}
          </a>
        </section>
      </Main>
    </Layout>
  )
}
