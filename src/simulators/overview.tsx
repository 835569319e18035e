// Owns the simulators' own front page: what they are for, what each provider remembers, and the amounts and names that bring a fault with them. No script.
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { faultWords, spanWords } from './fault-words.ts'
import type { FaultInput } from './faults.ts'
import { magicAmounts } from './magic-amounts.ts'
import { magicNameOf, magicStories } from './magic-stories.ts'
import { overviewWords } from './overview-words.ts'
import { Shell, simulatorHeaders } from './page-frame.tsx'
import { dong, type Language, type PageAddress, readPageAddress } from './page-language.ts'
import { simulatedProviders } from './register.ts'
import type { Simulators } from './simulator.ts'
import { businessDay } from './vietnam-time.ts'

type OverviewDeps = Pick<Simulators, 'titles' | 'ledger'> & {
  now: () => Date
  /** Where orders are made for trying things out; null where there is no such page. */
  portalHref: string | null
}

type Shown = { name: string; title: string; app: string | null; paymentCount: number; paidCount: number }

/** The page, for the address under which the simulators are mounted. */
export const overviewRoutes = ({ titles, ledger, now, portalHref }: OverviewDeps): Hono =>
  new Hono().get('/', (c) => {
    const page = readPageAddress(c.req.url)
    const shown = [...titles()].map(([name, title]): Shown => {
      const payments = ledger(name).filter(({ kind }) => kind === 'payment')
      const app = simulatedProviders[name]?.page ?? null
      const paidCount = payments.filter(({ status }) => status === 'success').length
      return { name, title, app, paymentCount: payments.length, paidCount }
    })
    return c.html(<Overview {...{ page, shown, day: businessDay(now()), portalHref }} />, 200, simulatorHeaders)
  })

type OverviewProps = { page: PageAddress; shown: readonly Shown[]; day: string; portalHref: string | null }

const Overview: FC<OverviewProps> = ({ page, shown, day, portalHref }) => {
  const copy = overviewWords[page.language]
  const lang = page.language === 'en' ? '?lang=en' : ''
  return (
    <Shell page={page} title={copy.title} heading={copy.heading} isWide>
      <section class="card" aria-labelledby="how">
        <p>{copy.text}</p>
        <h2 id="how">{copy.how}</h2>
        <ol>
          {copy.steps.map((step) => (
            <li>{step}</li>
          ))}
        </ol>
        {portalHref === null ? null : (
          <a class="button go" href={`${portalHref}${lang}`}>
            {copy.portal}
          </a>
        )}
      </section>
      <h2>{copy.providers}</h2>
      <div class="grid">
        {shown.map((provider) => (
          <ProviderCard provider={provider} day={day} language={page.language} />
        ))}
      </div>
      <MagicAmounts language={page.language} />
    </Shell>
  )
}

const ProviderCard: FC<{ provider: Shown; day: string; language: Language }> = ({ provider, day, language }) => {
  const { name, title, app, paymentCount, paidCount } = provider
  const copy = overviewWords[language]
  const at = `/simulators/${name}`
  return (
    <section class="card" aria-labelledby={`provider-${name}`}>
      <h3 id={`provider-${name}`}>{title}</h3>
      <p class="hint">
        <code>{name}</code> · {copy.counts(paymentCount, paidCount)}
      </p>
      <ul>
        {app === null ? null : (
          <li>
            <a href={`${at}/${app}${language === 'en' ? '?lang=en' : ''}`}>{copy.app}</a>
          </li>
        )}
        <li>
          <a href={`${at}/ledger`}>{copy.ledger}</a>
        </li>
        <li>
          <a href={`${at}/settlements/${day}.csv`}>{copy.statement(day)}</a>
        </li>
        <li>
          <a href={`${at}/faults`}>{copy.faults}</a>
        </li>
      </ul>
    </section>
  )
}

const MagicAmounts: FC<{ language: Language }> = ({ language }) => {
  const copy = overviewWords[language]
  return (
    <section class="card" aria-labelledby="magic">
      <h2 id="magic">{copy.magic}</h2>
      <p>{copy.magicText}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{copy.amount}</th>
            <th scope="col">{copy.payerName}</th>
            <th scope="col">{copy.fault}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(magicAmounts).map(([amount, faults]) => (
            <MagicRow amount={amount} faults={faults} language={language} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

type MagicRowProps = { amount: string; faults: readonly FaultInput[]; language: Language }

const MagicRow: FC<MagicRowProps> = ({ amount, faults, language }) => {
  const told = magicStories.find((one) => one.amount === amount)
  return (
    <tr>
      <td class="figure">{dong(BigInt(amount), language)}</td>
      <td class="figure">{told ? magicNameOf(told.story) : ''}</td>
      <td>
        {faults.map((fault) => saidOf(fault, language)).join('; ')}
        {told ? <p class="hint">{`${told.story}: ${told.end[language]}`}</p> : null}
      </td>
    </tr>
  )
}

const saidOf = ({ fault, operation, delay_seconds, count }: FaultInput, language: Language): string => {
  const copy = overviewWords[language]
  const more = [
    ...(operation === undefined ? [] : [copy.operations[operation]]),
    ...(delay_seconds === undefined ? [] : [spanWords(delay_seconds, language)]),
    ...(count === undefined || count === 1 ? [] : [`${count}×`]),
  ]
  return `${faultWords[fault][language]}${more.length > 0 ? ` (${more.join(', ')})` : ''}`
}
