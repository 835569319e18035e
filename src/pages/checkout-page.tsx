/** The page at /pay/{token}: where the order stands, what can be done about it, and what it is about. */
import type { FC } from 'hono/jsx'
import type { Checkout } from './checkout-view.ts'
import { ChooseProvider, type Choosing } from './choose-provider.tsx'
import { ConfirmingSteps } from './confirming-steps.tsx'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { Layout, Main, StatePanel } from './layout.tsx'
import { MoneyTrail } from './money-trail.tsx'
import { FeeLines, OrderSummary } from './order-summary.tsx'
import { isPayable } from './standing.ts'
import { stateText, tones } from './state-text.ts'

export const CheckoutPage: FC<Checkout> = (page) => {
  const { facts, standing, agency, language, links, now } = page
  const copy = dictionary[language]
  const { title } = copy.states[standing.state]
  const canPay = isPayable(facts, standing, now)
  const hasSteps = canPay || facts.attempts.length > 0
  const lines = <FeeLines order={facts.order} language={language} />
  return (
    <Layout
      language={language}
      title={title}
      otherLanguageHref={links.otherLanguage}
      agencyPhone={agency.phone}
      refresh={refreshOf(page)}
      isLive={page.live !== null}
    >
      <Main columns={hasSteps} live={page.live}>
        <StatePanel tone={tones[standing.state]} title={title} text={stateText(page)}>
          <NextStep {...page} />
        </StatePanel>
        <OrderSummary order={facts.order} agencyName={agency.name} language={language} />
        {hasSteps ? (
          <div class="stack">
            {facts.attempts.length > 0 ? <MoneyTrail {...page} /> : null}
            {canPay ? <ChooseProvider {...choosing(page)} /> : null}
            {canPay ? <Caution {...page} /> : lines}
          </div>
        ) : null}
        {canPay || !hasSteps ? lines : null}
      </Main>
    </Layout>
  )
}

const choosing = (page: Checkout): Choosing => ({
  order: page.facts.order,
  offers: page.offers,
  unreached: page.unreached,
  seen: page.facts.attempts.length,
  action: page.links.self,
  problem: page.problem,
  now: page.now,
  language: page.language,
  isRepeat: page.standing.state === 'confirming',
  extension: page.extension,
  extendAction: page.links.extend,
  isExtended: page.isExtended,
  acceptsLateMoney: page.facts.acceptsLateMoney,
  choice: page.choice,
})

/** What the state itself offers: to ask again, to see the receipt, to go back to where the dossier is. */
const NextStep: FC<Checkout> = (page) => {
  const { standing, receipts, returnUrl, language } = page
  const copy = dictionary[language]
  if (standing.state === 'confirming') return <ConfirmingSteps {...page} attempt={standing.attempt} />
  return (
    <>
      {receipts.map((receipt) => (
        <p>
          <a class="button" href={`/receipts/${receipt.token}${language === 'en' ? '?lang=en' : ''}`}>
            {copy.receipts.link[receipt.kind] ?? copy.receipts.fallback}
          </a>
        </p>
      ))}
      {standing.state === 'failed' ? (
        <p>
          <a href="#choose">{copy.choose.again}</a>
        </p>
      ) : null}
      {returnUrl && !isPayable(page.facts, standing, page.now) ? <BackLink {...page} returnUrl={returnUrl} /> : null}
    </>
  )
}

const BackLink: FC<{ returnUrl: string; language: Language }> = ({ returnUrl, language }) => (
  <p>
    <a href={returnUrl}>{dictionary[language].back(new URL(returnUrl).host)}</a>
  </p>
)

const Caution: FC<Checkout> = ({ host, returnUrl, language }) => {
  const { caution } = dictionary[language]
  return (
    <section class="card" aria-labelledby="caution">
      <h2 id="caution">{caution.heading}</h2>
      <ul>
        {caution.points(host).map((point) => (
          <li>{point}</li>
        ))}
      </ul>
      {returnUrl ? <BackLink returnUrl={returnUrl} language={language} /> : null}
    </section>
  )
}

const quickSeconds = 10
const slowSeconds = 60
const quickReloads = 20
/** After about two hours a page that was left open stops asking. */
const reloadsMax = 140

/** A page that waits for something reloads itself, quickly at first; the reader can stop it (WCAG 2.2.1). */
const refreshOf = ({ standing, reloads, links }: Checkout): { seconds: number; url: string } | null => {
  const waits = standing.state === 'confirming' || standing.state === 'receipt_pending'
  if (!waits || reloads === null || reloads >= reloadsMax) return null
  return { seconds: reloads < quickReloads ? quickSeconds : slowSeconds, url: links.next }
}
