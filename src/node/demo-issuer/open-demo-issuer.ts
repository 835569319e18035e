// The demo's own OpenID Connect issuer: a real one, so that the console signs in here as it does anywhere, mounted beside the gateway on its port.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { default as OidcProvider } from 'oidc-provider'
import type { OpenIdSettings } from '../../domain/openid.ts'
import { afterSignOutPath, redirectPath } from '../../flows/sign-in.ts'
import type { Log } from '../../lib/log.ts'
import type { DemoSecrets } from '../demo-keys.ts'
import { provinceCode } from '../demo-province.ts'
import { issuerConfiguration } from './configuration.ts'
import { choosePage, messagePage, pageAnswerHeaders } from './pages.tsx'
import { demoPeople } from './people.ts'

export type DemoIssuer = {
  /** To be mounted at `mountPath` of the address that `publicUrl` names. */
  mountPath: string
  handle: (request: IncomingMessage, response: ServerResponse) => void
  /** What the console must know of it. */
  settings: OpenIdSettings
}

const mountPath = '/demo-issuer'

export async function openDemoIssuer(
  { publicUrl, log }: { publicUrl: string; log: Log },
  secrets: DemoSecrets,
): Promise<DemoIssuer> {
  // Loaded here and not above: a gateway in production has no use for it.
  const { Provider } = await import('oidc-provider')
  const client = {
    id: 'lephi-console',
    secret: secrets.secret('issuer client', 32),
    redirectUri: `${publicUrl}${redirectPath}`,
    afterSignOutUri: `${publicUrl}${afterSignOutPath}`,
  }
  const issuer = `${publicUrl}${mountPath}`
  const provider = new Provider(issuer, issuerConfiguration(secrets, { mountPath, client }))
  // Its addresses are those of the issuer whatever host a request names, see `place`.
  provider.proxy = true
  provider.on('server_error', (_ctx, error) => log.error({ error }, "the demo's issuer failed"))
  const answer = provider.callback()
  return {
    mountPath,
    handle: (request, response) => {
      const path = place(request, publicUrl)
      const [, uid] = /^\/interaction\/([\w-]{1,60})$/.exec(path) ?? []
      if (uid === undefined) void answer(request, response)
      else
        interact(provider, request, response).catch(() => {
          // The sign-in is over, or was begun in another browser.
          if (response.headersSent) response.destroy()
          else sendPage(response, 400, messagePage('vi', 'failed'))
        })
    },
    settings: {
      issuer,
      clientId: client.id,
      clientSecret: client.secret,
      clientAuth: 'basic',
      roleClaim: 'lephi_role',
      agencyClaim: 'lephi_agency',
      agency: provinceCode,
      scope: null,
    },
  }
}

/** Makes the request look as the provider expects it: below its mount, and from the address that the world knows. Answers the path below the mount. */
const place = (request: IncomingMessage, publicUrl: string): string => {
  const { host, protocol } = new URL(publicUrl)
  const whole = request.url ?? mountPath
  request.headers.host = host
  delete request.headers['x-forwarded-host']
  request.headers['x-forwarded-proto'] = protocol.slice(0, -1)
  const below = whole.slice(mountPath.length)
  const url = below.startsWith('/') ? below : `/${below}`
  Object.assign(request, { originalUrl: whole, url })
  const path = url.split('?')[0] ?? url
  // Who signed in before is forgotten, so that each sign-in asks: one person at a desk plays maker and checker.
  if (/^\/auth(\/|$)/.test(path)) forgetSession(request)
  return path
}

const forgetSession = (request: IncomingMessage): void => {
  const kept = (request.headers.cookie ?? '').split(/; */).filter((cookie) => !/^demo_issuer_session/.test(cookie))
  request.headers.cookie = kept.join('; ')
}

const interact = async (provider: OidcProvider, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { params } = await provider.interactionDetails(request, response)
  const language = String(params.ui_locales ?? '').startsWith('en') ? 'en' : 'vi'
  if (request.method !== 'POST') {
    const action = String((request as { originalUrl?: string }).originalUrl ?? '')
    sendPage(response, 200, choosePage(language, { people: demoPeople, action }))
    return
  }
  const chosen = new URLSearchParams(await readText(request)).get('person')
  const person = demoPeople.find(({ subject }) => subject === chosen)
  const result = person
    ? { login: { accountId: person.subject, remember: false } }
    : { error: 'access_denied', error_description: 'the person did not sign in' }
  await provider.interactionFinished(request, response, result)
}

const formBytesMax = 1_000

const readText = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const part of request) {
    text += String(part)
    if (text.length > formBytesMax) throw new Error('the form is too long')
  }
  return text
}

const sendPage = (response: ServerResponse, status: number, html: string): void => {
  response.writeHead(status, { ...pageAnswerHeaders, 'content-type': 'text/html; charset=utf-8' })
  response.end(html)
}
