/** What keeps the pages from being framed, scripted, guessed at or driven by another site. */
import { scriptHash } from '../lib/script-hash.ts'
import { liveScript } from './live-script.ts'
import { css } from './theme.ts'

export type PolicyNeeds = {
  mode: 'demo' | 'production'
  /** The picture of a QR code that the page shows; its origin is let in. */
  imageUrl?: string
  /** The one script that the page runs, by its hash; such a page posts to us alone. */
  scriptHash?: string
  /** The page waits for news with the script of live-script.ts. */
  isLive?: boolean
  /** For a page that may be kept as a file and loads nothing. */
  isSaved?: boolean
}

/**
 * The headers of every page. Nothing but the one style sheet (by its hash) and our fonts is allowed, one script on pages that wait for news, and another on /verify. Forms may lead to any https address: browsers hold the redirect
 * after a form against form-action too, and which provider the citizen chooses is not known when the page is written.
 */
export const pageHeaders = ({
  mode,
  imageUrl,
  scriptHash: script,
  isLive,
  isSaved,
}: PolicyNeeds): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    `style-src '${isSaved ? styleHashes.saved : styleHashes.online}'`,
    ...(isSaved ? [] : ["font-src 'self'"]),
    `img-src ${imageUrl ? new URL(imageUrl).origin : "'none'"}`,
    ...(isLive ? [`script-src '${liveScriptHash}'`, "connect-src 'self'"] : []),
    ...(script
      ? [`script-src '${script}'`, "form-action 'self'"]
      : [`form-action 'self' https:${mode === 'demo' ? ' http:' : ''}`]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-opener-policy': 'same-origin',
  vary: 'accept, accept-language',
})

/** The headers of a picture that we draw: it runs nothing and loads nothing even when it is opened by itself, and a portal may show it on its own page. */
export const pictureHeaders: Record<string, string> = {
  'content-type': 'image/svg+xml; charset=utf-8',
  'content-security-policy': "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'cross-origin',
  // What is in it never changes, but it ends with its payment; it is for the payer's browser and for no cache on the way.
  'cache-control': 'private, max-age=60',
  'x-robots-tag': 'noindex',
}

/** The address if a browser may be sent there: https, or http in demo mode. Null for anything else, `javascript:` above all. */
export const safeUrl = (url: string, mode: PolicyNeeds['mode']): string | null => {
  const protocol = URL.parse(url)?.protocol
  return protocol === 'https:' || (mode === 'demo' && protocol === 'http:') ? url : null
}

/**
 * Whether a form may have come from our own page. There is no session to ride on: who knows the token may do all that the page can. This is the second
 * lock, against pages that make a visitor's browser press our buttons. Browsers say where a request comes from in Sec-Fetch-Site; older ones only have
 * Origin, and that is `null` for a page that sends no referrer, as ours do (Fetch standard, 3.2), so `null` says nothing.
 */
export const isFromOwnPage = (request: Request, publicUrl: string): boolean => {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  const origin = request.headers.get('origin')
  return (
    origin === null || origin === 'null' || [new URL(publicUrl).origin, new URL(request.url).origin].includes(origin)
  )
}

const liveScriptHash = scriptHash(liveScript)
const styleHashes = { online: scriptHash(css.online), saved: scriptHash(css.saved) }
