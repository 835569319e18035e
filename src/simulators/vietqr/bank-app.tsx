// Owns the payer's bank app: a code is scanned (pasted, here), chosen again or a transfer typed, changed as a payer may, and sent, once or twice.
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ErrorPage } from '../bank-page.tsx'
import { carryOut, type Plan, readPlan, wholeNumber } from '../choices.ts'
import { simulatorHeaders } from '../page-frame.tsx'
import { type PageAddress, readPageAddress } from '../page-language.ts'
import { words } from '../page-words.ts'
import type { Payment } from '../records.ts'
import type { Side } from '../side.ts'
import type { World } from '../world.ts'
import { AppPage, SentPage } from './app-pages.tsx'
import { textLengthMax, type WatchedAccount } from './terms.ts'
import { type Draft, draftOf, newTransfer } from './transfers.ts'

const path = '/bank-app'

/** What the payer ordered: the transfer, how it ends, and how many times it is sent. */
type Ordered = { draft: Draft; plan: Plan; times: 1 | 2 }

/** GET shows the transfer, filled in from `qr`; POST sends it and tells the agency. `back` is where the payer came from. */
export const bankAppRoutes = (
  world: World,
  { accounts, side }: { accounts: readonly WatchedAccount[]; side: () => Side },
): Hono => {
  const app = new Hono()
  const scanned = new Map<string, Draft>()
  const refuse = (c: Context, page: PageAddress, text: string) =>
    c.html(<ErrorPage page={page} title={side().title} code="14" text={text} />, 400, simulatorHeaders)
  app.get(path, (c) => {
    const page = readPageAddress(c.req.url)
    const code = c.req.query('qr')?.trim() ?? ''
    const draft = draftOf(code)
    if (code !== '' && !draft) return refuse(c, page, words[page.language].app.unreadable)
    if (draft) remember(scanned, code, draft)
    const recent = [...scanned].map(([code, { text, amount }]) => ({ code, text, amount })).reverse()
    const about = { page, title: side().title, code, draft, recent, back: readBack(c.req.query('back')) }
    return c.html(<AppPage {...about} />, 200, simulatorHeaders)
  })
  app.post(path, bodyLimit({ maxSize: 8_192 }), async (c) => {
    const page = readPageAddress(c.req.url)
    const copy = words[page.language].app
    const form = new URLSearchParams(await c.req.text())
    const ordered = readForm(form, copy.spoiltText)
    if (!ordered) return refuse(c, page, copy.badForm)
    const named = draftOf(form.get('qr') ?? '')?.text ?? ordered.draft.text
    const sent: Payment[] = []
    for (let time = 0; time < ordered.times; time += 1) {
      const payment = newTransfer(world, accounts, { draft: ordered.draft, named })
      if (!payment) return refuse(c, page, copy.noAccount)
      if (!(await carryOut(world, side(), payment, ordered.plan)))
        return refuse(c, page, words[page.language].error.tooMany)
      sent.push(payment)
    }
    const back = readBack(form.get('back') ?? undefined)
    return c.html(<SentPage page={page} title={side().title} sent={sent} back={back} />, 200, simulatorHeaders)
  })
  return app
}

const scannedMax = 10

/** The app's own list: the last codes that were scanned, to be chosen again. It ends with the process. */
const remember = (scanned: Map<string, Draft>, code: string, draft: Draft): void => {
  scanned.delete(code)
  scanned.set(code, draft)
  const oldest = scanned.keys().next()
  if (scanned.size > scannedMax && !oldest.done) scanned.delete(oldest.value)
}

/** A path on this very host; whatever else is written there leads nowhere. */
const readBack = (text: string | undefined): string | null =>
  text !== undefined && /^\/(?![/\\])[!-[\]-~]{0,500}$/.test(text) ? text : null

const readForm = (form: URLSearchParams, spoiltText: string): Ordered | null => {
  const get = (name: string) => form.get(name)?.trim() ?? ''
  const pressed = get('result')
  const amount = wholeNumber(get(pressed === 'wrong_amount' ? 'other_amount' : 'amount'))
  const text = pressed === 'wrong_text' ? spoiltText : get('text')
  if (!/^[1-9]\d{0,12}$/.test(amount) || text.length > textLengthMax) return null
  const draft = { bank_bin: get('bank_bin'), account_number: get('account_number'), amount: BigInt(amount), text }
  const isOwn = ['twice', 'wrong_text', 'wrong_amount'].includes(pressed)
  const plan = isOwn ? ({ result: 'success' } as const) : readPlan(form)
  return plan && { draft, plan, times: pressed === 'twice' ? 2 : 1 }
}
