/** What pages have besides themselves and no payer needs to pay: their files, and receipts on paper. */
import type { Hono } from 'hono'
import type { Deps } from '../flows/deps.ts'
import { receiptPdf } from '../flows/print-receipt.ts'
import { readReceiptByToken } from '../flows/read-receipts.ts'
import { assetFiles } from './assets.ts'
import type { PageEnv } from './page-env.ts'

export const officePages = (app: Hono<PageEnv>, deps: Deps): void => {
  assetFiles(app, deps)
  app.get('/receipts/:token/pdf', async (c) => {
    c.set('route', '/receipts/{token}/pdf')
    const history = await readReceiptByToken(deps, c.req.param('token'))
    const { serial, number } = history.receipt
    return c.body(await receiptPdf(deps, [history]), 200, {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="bien-lai-${serial}-${number}.pdf"`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    })
  })
}
