// Owns the headers of every page that is shown on the other side: one style sheet by its hash, no script, nothing from another host.
import { sha256 } from '../lib/hmac.ts'

/** The hash by which a policy lets a style sheet in that stands in the page. */
const hashOf = (css: string): string => `sha256-${btoa(String.fromCharCode(...sha256(css)))}`

/** Forms may lead anywhere on the web: after a payment the browser is sent to the merchant, wherever that is. */
export const pageHeaders = (css: string): Record<string, string> => ({
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
  'content-security-policy': [
    "default-src 'none'",
    `style-src '${hashOf(css)}'`,
    'form-action http: https:',
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
})
