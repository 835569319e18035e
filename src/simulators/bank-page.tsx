// Owns the pages on which a payer plays through the provider's side: look at the payment, choose how it ends, go back.
import type { FC } from 'hono/jsx'
import { type Choice, delaySecondsDefault } from './choices.ts'
import { Shell } from './page-frame.tsx'
import { dong, type PageAddress } from './page-language.ts'
import { words } from './page-words.ts'
import type { Payment } from './records.ts'
import { rfc3339 } from './vietnam-time.ts'

type Page = { page: PageAddress; title: string }

const notPaid: readonly Choice[] = ['cancelled', 'insufficient', 'wrong_otp']
const unclear: readonly Choice[] = ['pending', 'suspicious']

export type BankPageProps = Page & { payment: Payment; merchant: string; isInvalid?: boolean }

/** The open payment, and one button for each way to end it. Forms go back to the address of the page itself. */
export const BankPage: FC<BankPageProps> = ({ page, title, payment, merchant, isInvalid }) => {
  const { pay } = words[page.language]
  const half = payment.amount_requested / 2n
  return (
    <Shell page={page} title={title} heading={pay.heading}>
      {isInvalid ? (
        <p class="bad" role="alert">
          {pay.invalid}
        </p>
      ) : null}
      <section class="card" aria-label={pay.heading}>
        <PaymentFacts page={page} payment={payment} merchant={merchant} />
        <form method="post">
          <PageButton page={page} choice="success" isMain />
        </form>
      </section>
      <Buttons page={page} heading={pay.notPaid} choices={notPaid} />
      <Buttons page={page} heading={pay.unclear} choices={unclear} />
      <section class="card" aria-labelledby="trouble">
        <h2 id="trouble">{pay.trouble}</h2>
        <p class="hint">{pay.troubleHint}</p>
        {/* A form for each, so that Enter in a field presses the button beside it and no other. */}
        <form method="post">
          <label for="delay_seconds">{pay.seconds}</label>
          <input id="delay_seconds" name="delay_seconds" inputmode="numeric" value={String(delaySecondsDefault)} />
          <PageButton page={page} choice="late" />
        </form>
        <form method="post">
          <PageButton page={page} choice="lost" />
        </form>
        <form method="post">
          <PageButton page={page} choice="doubled" />
        </form>
        <form method="post">
          <label for="amount">{pay.otherAmount}</label>
          <input id="amount" name="amount" inputmode="numeric" value={String(half > 0n ? half : 2n)} />
          <PageButton page={page} choice="wrong_amount" />
        </form>
      </section>
    </Shell>
  )
}

const PaymentFacts: FC<{ page: PageAddress; payment: Payment; merchant: string }> = ({ page, payment, merchant }) => {
  const { pay } = words[page.language]
  const facts: readonly [string, string][] = [
    [pay.merchant, `${merchant} (${payment.account})`],
    [pay.reference, payment.merchant_reference],
    [pay.description, payment.description],
    [pay.deadline, rfc3339(new Date(payment.expires_at)).replace('T', ' ').slice(0, 19)],
  ]
  return (
    <dl>
      <div>
        <dt>{pay.amount}</dt>
        <dd class="sum">{dong(payment.amount_requested, page.language)}</dd>
      </div>
      {facts.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const Buttons: FC<{ page: PageAddress; heading: string; choices: readonly Choice[] }> = ({
  page,
  heading,
  choices,
}) => (
  <section class="card" aria-label={heading}>
    <h2>{heading}</h2>
    {choices.map((choice) => (
      <form method="post">
        <PageButton page={page} choice={choice} />
      </form>
    ))}
  </section>
)

const PageButton: FC<{ page: PageAddress; choice: Choice; isMain?: boolean }> = ({ page, choice, isMain }) => {
  const { label, hint } = words[page.language].pay.choices[choice]
  return <ChoiceButton value={choice} label={label} hint={hint} isMain={isMain ?? false} />
}

/** A button of a form of choices, with what it does below it. */
export const ChoiceButton: FC<{ value: string; label: string; hint: string; isMain: boolean }> = (button) => (
  <>
    <button
      type="submit"
      name="result"
      value={button.value}
      class={button.isMain ? 'go' : ''}
      aria-describedby={`about-${button.value}`}
    >
      {button.label}
    </button>
    <p class="hint" id={`about-${button.value}`}>
      {button.hint}
    </p>
  </>
)

/** Nothing is to be pressed here: the payment is over, waits at the bank, or was declined and may be tried again. */
export const DonePage: FC<Page & { standing: 'final' | 'waiting' | 'refused'; returnUrl: string | null }> = (done) => {
  const { page, title, standing, returnUrl } = done
  const { over } = words[page.language]
  return (
    <Shell page={page} title={title} heading={over.heading}>
      <section class="card" aria-label={over.heading}>
        <p role="status">{over[standing]}</p>
        {returnUrl === null ? (
          <p class="hint">{over.closed}</p>
        ) : (
          <a class="button go" href={returnUrl}>
            {over.back}
          </a>
        )}
        {standing === 'final' ? null : (
          <a class="button" href={page.selfHref}>
            {over.again}
          </a>
        )}
      </section>
    </Shell>
  )
}

/** The payment is over, and the browser goes back to the merchant by a posted form. */
export const ReturnFormPage: FC<Page & { action: string; fields: Readonly<Record<string, string>> }> = (back) => {
  const { over } = words[back.page.language]
  return (
    <Shell page={back.page} title={back.title} heading={over.heading}>
      <section class="card" aria-label={over.heading}>
        <p>{over.final}</p>
        <form method="post" action={back.action}>
          {Object.entries(back.fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit" class="go">
            {over.back}
          </button>
        </form>
      </section>
    </Shell>
  )
}

/** A payment address that is refused, with the provider's own code. */
export const ErrorPage: FC<Page & { code: string; text: string }> = ({ page, title, code, text }) => {
  const { error } = words[page.language]
  return (
    <Shell page={page} title={title} heading={error.heading}>
      <p class="bad" role="alert">
        {text}
      </p>
      <p>
        {error.code}: <strong>{code}</strong>
      </p>
    </Shell>
  )
}
