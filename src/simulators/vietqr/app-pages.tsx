// Owns the two screens of the payer's bank app: the transfer with all that can be done to it, and what became of it.
import type { FC } from 'hono/jsx'
import { ChoiceButton } from '../bank-page.tsx'
import { type Choice, delaySecondsDefault } from '../choices.ts'
import { Shell } from '../page-frame.tsx'
import { dong, type PageAddress } from '../page-language.ts'
import { words } from '../page-words.ts'
import type { Payment } from '../records.ts'
import type { Draft } from './transfers.ts'

type AppProps = { page: PageAddress; title: string; back: string | null }
type Recent = readonly { code: string; text: string; amount: bigint }[]

/** Where the app is, with a code or without, in the page's language. */
const appHref = ({ language }: PageAddress, query: Record<string, string | null>): string => {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []))
  const all = new URLSearchParams([...given, ...(language === 'en' ? [['lang', 'en']] : [])]).toString()
  return `bank-app${all === '' ? '' : `?${all}`}`
}

export const AppPage: FC<AppProps & { code: string; draft: Draft | null; recent: Recent }> = (app) => {
  const { page, title, code, draft, back, recent } = app
  const copy = words[page.language].app
  const others = recent.filter((one) => one.code !== code)
  return (
    <Shell page={page} title={title} heading={copy.heading}>
      <p>{copy.text}</p>
      {draft ? null : <Scan page={page} back={back} recent={recent} />}
      <TransferForm page={page} code={code} draft={draft} back={back} />
      {draft && others.length > 0 ? <Recents page={page} back={back} recent={others} /> : null}
      {back === null ? null : (
        <a class="button" href={back}>
          {copy.back}
        </a>
      )}
    </Shell>
  )
}

const Scan: FC<{ page: PageAddress; back: string | null; recent: Recent }> = ({ page, back, recent }) => {
  const copy = words[page.language].app
  return (
    <>
      <section class="card" aria-label={copy.scan}>
        <form method="get">
          <label for="qr">{copy.code}</label>
          <input id="qr" name="qr" value="" autocomplete="off" />
          {back === null ? null : <input type="hidden" name="back" value={back} />}
          {page.language === 'en' ? <input type="hidden" name="lang" value="en" /> : null}
          <button type="submit">{copy.scan}</button>
        </form>
      </section>
      <Recents page={page} back={back} recent={recent} />
    </>
  )
}

const Recents: FC<{ page: PageAddress; back: string | null; recent: Recent }> = ({ page, back, recent }) => {
  const copy = words[page.language].app
  return (
    <section class="card" aria-labelledby="recent">
      <h2 id="recent">{copy.recent}</h2>
      {recent.length === 0 ? (
        <p class="hint">{copy.recentEmpty}</p>
      ) : (
        <ul>
          {recent.map(({ code, text, amount }) => (
            <li>
              <a href={appHref(page, { qr: code, back })}>{`${text} · ${dong(amount, page.language)}`}</a>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

type FormProps = { page: PageAddress; code: string; draft: Draft | null; back: string | null }

/** One form, since every button sends the same transfer; the first one is what Enter presses. */
const TransferForm: FC<FormProps> = ({ page, code, draft, back }) => {
  const { app, pay } = words[page.language]
  const fields: readonly [keyof typeof app.fields, string][] = [
    ['bank_bin', draft?.bank_bin ?? ''],
    ['account_number', draft?.account_number ?? ''],
    ['amount', draft ? String(draft.amount) : ''],
    ['text', draft?.text ?? ''],
  ]
  const half = (draft?.amount ?? 0n) / 2n
  const button = (choice: Choice) => <ChoiceButton value={choice} {...pay.choices[choice]} isMain={false} />
  return (
    <section class="card" aria-labelledby="transfer">
      <h2 id="transfer">{app.toTransfer}</h2>
      {draft ? <p class="sum">{dong(draft.amount, page.language)}</p> : null}
      <form method="post">
        <input type="hidden" name="qr" value={code} />
        {back === null ? null : <input type="hidden" name="back" value={back} />}
        {fields.map(([name, value]) => (
          <>
            <label for={name}>{app.fields[name]}</label>
            <input id={name} name={name} value={value} autocomplete="off" />
          </>
        ))}
        <ChoiceButton value="success" {...app.send} isMain />
        <h2>{pay.notPaid}</h2>
        {button('insufficient')}
        {button('pending')}
        <h2>{pay.trouble}</h2>
        <ChoiceButton value="twice" {...app.twice} isMain={false} />
        <ChoiceButton value="wrong_text" {...app.wrongText} isMain={false} />
        <label for="other_amount">{pay.otherAmount}</label>
        <input id="other_amount" name="other_amount" inputmode="numeric" value={String(half > 0n ? half : 2n)} />
        {button('wrong_amount')}
        <label for="delay_seconds">{pay.seconds}</label>
        <input id="delay_seconds" name="delay_seconds" inputmode="numeric" value={String(delaySecondsDefault)} />
        {button('late')}
        {button('lost')}
        {button('doubled')}
      </form>
    </section>
  )
}

export const SentPage: FC<AppProps & { sent: readonly Payment[] }> = ({ page, title, sent, back }) => {
  const { app, over } = words[page.language]
  const [first] = sent
  const isSent = first?.status === 'success'
  const facts: readonly [string, string][] = first
    ? [
        [app.account, first.account],
        [app.fields.text, first.details.text ?? ''],
        [app.number, sent.map(({ provider_reference }) => provider_reference).join(', ')],
      ]
    : []
  return (
    <Shell page={page} title={title} heading={isSent ? app.sent : over.heading}>
      <section class="card" aria-label={over.heading}>
        {first && isSent ? (
          <dl>
            <div>
              <dt>{sent.length > 1 ? app.movedTwice : app.moved}</dt>
              <dd class="sum">{dong(first.amount, page.language)}</dd>
            </div>
            {facts.map(([name, value]) => (
              <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        ) : (
          <p role="status">{first?.status === 'pending' ? over.waiting : app.notSent}</p>
        )}
        {back === null ? (
          <p class="hint">{over.closed}</p>
        ) : (
          <a class="button go" href={back}>
            {app.back}
          </a>
        )}
        <a class="button" href={appHref(page, { back })}>
          {app.another}
        </a>
      </section>
    </Shell>
  )
}
