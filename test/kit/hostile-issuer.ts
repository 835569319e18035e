// An OpenID Connect issuer that says and signs whatever a test wants, as the network of a gateway: no port, no time.
import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { OpenIdSettings } from '../../src/domain/openid.ts'

export const issuerSettings: OpenIdSettings = {
  issuer: 'https://id.example.vn/realms/h56',
  clientId: 'lephi',
  clientSecret: 'a secret of the client, long enough',
  clientAuth: null,
  roleClaim: 'lephi_role',
  agencyClaim: 'lephi_agency',
  agency: 'H56',
  scope: null,
}

/** What the issuer does otherwise than it should. Absent: a genuine answer. */
export type Mischief = {
  metadata?: Record<string, unknown>
  /** Instead of the answer to a path below the issuer; a thrown error is a network that fails. */
  answer?: (path: string) => Response | undefined
  claims?: (genuine: JWTPayload) => JWTPayload
  /** The ID token itself; undefined leaves it out. */
  idToken?: (claims: JWTPayload) => Promise<string | undefined> | string | undefined
  userinfo?: Record<string, unknown>
}

type Begun = { nonce: string; challenge: string }

export const createHostileIssuer = async () => {
  const [own, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const publicJwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  const begun = new Map<string, Begun>()
  const issuer = issuerSettings.issuer
  const state = { mischief: {} as Mischief, asked: [] as string[], tokenRequests: [] as Request[] }

  const sign = (claims: JWTPayload, key = own.privateKey, header: Record<string, unknown> = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key)

  const claimsFor = (nonce: string): JWTPayload => {
    const now = Math.floor(Date.now() / 1_000)
    const person = { sub: 'lan', name: 'Nguyễn Thị Lan', lephi_role: 'accountant', lephi_agency: 'H56.12' }
    return { iss: issuer, aud: issuerSettings.clientId, iat: now, exp: now + 300, nonce, ...person }
  }

  const redeem = async (request: Request): Promise<Response> => {
    state.tokenRequests.push(request.clone())
    const form = new URLSearchParams(await request.text())
    const code = begun.get(form.get('code') ?? '')
    begun.delete(form.get('code') ?? '')
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!code || proof !== code.challenge) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    const claims = (state.mischief.claims ?? ((genuine) => genuine))(claimsFor(code.nonce))
    const idToken = state.mischief.idToken ? await state.mischief.idToken(claims) : await sign(claims)
    return Response.json({ access_token: 'at', token_type: 'Bearer', ...(idToken ? { id_token: idToken } : {}) })
  }

  const metadata = () => ({
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/me`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/out`,
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    authorization_response_iss_parameter_supported: true,
    ...state.mischief.metadata,
  })

  const answers: Record<string, (request: Request) => Response | Promise<Response>> = {
    '/.well-known/openid-configuration': () => Response.json(metadata()),
    '/jwks': () => Response.json({ keys: [publicJwk] }),
    '/token': redeem,
    '/me': () => Response.json(state.mischief.userinfo ?? { sub: 'lan' }),
  }

  return {
    state,
    own,
    other,
    publicJwk,
    sign,
    /** The gateway's network. */
    fetch: async (url: string, init: RequestInit): Promise<Response> => {
      const path = url.slice(issuer.length)
      state.asked.push(path)
      const given = state.mischief.answer?.(path)
      return given ?? (await answers[path]?.(new Request(url, init))) ?? new Response('nothing here', { status: 404 })
    },
    /** What the person does at the issuer: the query with which the browser is sent back. */
    agree: (authorizationUrl: string): URLSearchParams => {
      const asked = new URL(authorizationUrl).searchParams
      const code = `code-${begun.size}-${asked.get('nonce')}`
      begun.set(code, { nonce: asked.get('nonce') ?? '', challenge: asked.get('code_challenge') ?? '' })
      return new URLSearchParams({ code, state: asked.get('state') ?? '', iss: issuer })
    },
  }
}

export type HostileIssuer = Awaited<ReturnType<typeof createHostileIssuer>>
