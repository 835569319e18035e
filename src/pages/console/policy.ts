/** The headers of the console's pages: everything from us, nothing inline, nobody may frame it, nothing is kept on the way. */

/** `formActions` are addresses besides ours that a form may lead to: browsers hold the redirect after a form against it too. */
export const consoleHeaders = ({
  formActions = [],
}: {
  formActions?: readonly string[]
} = {}): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    `form-action ${["'self'", ...formActions].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-opener-policy': 'same-origin',
  vary: 'cookie, accept-language',
})
