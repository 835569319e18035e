/** What keeps the pages from being framed, scripted, guessed at or driven by another site. */
import { sha256Hex } from '../lib/hmac.ts'
import { css } from './theme.ts'

export type PolicyNeeds = {
  mode: 'demo' | 'production'
  /** An image of a provider that the page shows (a QR code); its origin is let in. */
  imageUrl?: string
}

/**
 * The headers of every page. Nothing but the one style sheet (by its hash) is allowed. Forms may lead to any https address: browsers hold the redirect
 * after a form against form-action too, and which provider the citizen chooses is not known when the page is written.
 */
export const pageHeaders = ({ mode, imageUrl }: PolicyNeeds): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    `style-src '${styleHash}'`,
    `img-src ${imageUrl ? imageSource(imageUrl) : "'none'"}`,
    `form-action 'self' https:${mode === 'demo' ? ' http:' : ''}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-opener-policy': 'same-origin',
  vary: 'accept, accept-language',
})

const imageSource = (url: string): string => (url.startsWith('data:') ? 'data:' : new URL(url).origin)

/** The address if a browser may be sent there: https, or http in demo mode. Null for anything else, `javascript:` above all. */
export const safeUrl = (url: string, mode: PolicyNeeds['mode']): string | null => {
  const protocol = URL.parse(url)?.protocol
  return protocol === 'https:' || (mode === 'demo' && protocol === 'http:') ? url : null
}

/** The same for the address of an image, which may also be a picture in the address itself. */
export const safeImageUrl = (url: string, mode: PolicyNeeds['mode']): string | null =>
  /^data:image\/(png|svg\+xml|gif|jpeg|webp)[;,]/.test(url) ? url : safeUrl(url, mode)

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

const base64 = (hex: string): string =>
  btoa((hex.match(/../g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(''))

const styleHash = `sha256-${base64(sha256Hex(css))}`
