/** The one file that browsers ask for by themselves. */
import type { Hono } from 'hono'
import type { PageEnv } from './page-env.ts'

/** The sign in a browser's tab: a receipt with a tick. Browsers ask for it at this address unless a page says otherwise, and call its absence an error. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#8f1d1d"/><path d="M4 2.5h8v11l-2-1.2-2 1.2-2-1.2-2 1.2z" fill="#fff"/><path d="M5.8 7.2l1.6 1.6 2.9-3.2" fill="none" stroke="#0d4f30" stroke-width="1.4"/></svg>'

export const iconFile = (app: Hono<PageEnv>): void => {
  app.get('/favicon.ico', (c) => {
    c.set('route', '/favicon.ico')
    return c.body(icon, 200, {
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': 'public, max-age=86400',
    })
  })
}
