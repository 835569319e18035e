/** The addresses of receipts for citizens: the receipt, and the page that checks one. The same on paper is in office-pages.ts. */
import type { Context, Hono } from 'hono'
import type { Deps } from '../flows/deps.ts'
import { receiptCode, receiptStatusList, verifyReceipt } from '../flows/prove-receipt.ts'
import { readReceiptByToken } from '../flows/read-receipts.ts'
import { publicKeySet } from '../flows/signing-keys.ts'
import { scriptHash } from '../lib/script-hash.ts'
import { drawCode } from './draw-code.ts'
import { readForm } from './forms.ts'
import { languageOf } from './language.ts'
import { titleOf } from './load-checkout.ts'
import type { PageEnv } from './page-env.ts'
import { ReceiptPage } from './receipt-page.tsx'
import { pageHeaders } from './security.ts'
import { type Allow, slowDown } from './slow-down.ts'
import { VerifyPage } from './verify-page.tsx'
import { verifyScript } from './verify-script.ts'
import { type Told, tellFinding, verifyWords } from './verify-words.ts'

export const receiptPages = (app: Hono<PageEnv>, deps: Deps, allow?: Allow): void => {
  app.get('/receipts/:token', async (c) => {
    c.set('route', '/receipts/{token}')
    const history = await readReceiptByToken(deps, c.req.param('token'))
    const { receipt } = history
    // A document of a Vietnamese office: translated where somebody asks for it, not by what a browser prefers.
    const language = languageOf({ asked: c.req.query('lang') })
    return c.html(
      <ReceiptPage
        history={history}
        code={drawCode(receiptCode(deps, receipt))}
        pdfHref={`/receipts/${receipt.token}/pdf`}
        provider={titleOf(deps, receipt.document.payment.provider, 'vi')}
        language={language}
        otherLanguageHref={`?lang=${language === 'vi' ? 'en' : 'vi'}`}
      />,
      200,
      { ...pageHeaders(deps), 'content-language': language },
    )
  })
  app.get('/verify', (c) => verifyPage(deps, c, null))
  app.post('/verify', async (c) => {
    c.set('route', '/verify')
    await slowDown(c, allow, 'verify')
    const text = (await readForm(deps, c)).get('code') ?? ''
    return verifyPage(deps, c, text)
  })
}

const verifyPage = async (deps: Deps, c: Context<PageEnv>, text: string | null): Promise<Response> => {
  c.set('route', '/verify')
  const language = languageOf({ asked: c.req.query('lang') })
  const [{ keys }, { signed }] = await Promise.all([publicKeySet(deps), receiptStatusList(deps)])
  const asked = text === null ? null : { text, told: await judge(deps, text, language) }
  const otherLanguageHref = `/verify?lang=${language === 'vi' ? 'en' : 'vi'}`
  return c.html(<VerifyPage {...{ language, otherLanguageHref, keys, list: signed, asked }} />, 200, {
    ...pageHeaders({ mode: deps.mode, scriptHash: scriptHash(verifyScript), isSaved: true }),
    'content-language': language,
  })
}

const judge = async (deps: Deps, text: string, language: 'vi' | 'en'): Promise<Told> => {
  const { proof, revokedAt, why, record } = await verifyReceipt(deps, text)
  return tellFinding({ why, proof, revokedAt, record, standing: 'unknown', list: null }, verifyWords[language])
}
