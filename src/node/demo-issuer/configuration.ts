// How oidc-provider plays the issuer of the demo: one client, the code flow with PKCE, and nothing that a real office would need besides.
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import type { DemoSecrets } from '../demo-keys.ts'
import { createMemory } from './memory.ts'
import { messagePage, pageAnswerHeaders, signOutPage } from './pages.tsx'
import { demoPeople } from './people.ts'
import { demoSigningKey } from './signing-key.ts'

export type IssuerClient = { id: string; secret: string; redirectUri: string; afterSignOutUri: string }

const loginSeconds = 10 * 60

export const issuerConfiguration = (
  secrets: DemoSecrets,
  { mountPath, client }: { mountPath: string; client: IssuerClient },
): Configuration => {
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax', overwrite: true, path: mountPath } as const
  return {
    adapter: createMemory(),
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        client_name: 'LePhi',
        redirect_uris: [client.redirectUri],
        post_logout_redirect_uris: [client.afterSignOutUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [demoSigningKey(secrets)] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: {
      keys: [secrets.secret('issuer cookies', 32)],
      names: { session: 'demo_issuer_session', interaction: 'demo_issuer_interaction', resume: 'demo_issuer_resume' },
      long: cookie,
      short: { signed: true, httpOnly: true, sameSite: 'lax', overwrite: true },
    },
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub'], profile: ['name', 'lephi_role', 'lephi_agency'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => answerPage(ctx, signOutPage(languageOfRequest(ctx), form)),
        postLogoutSuccessSource: async (ctx) => answerPage(ctx, messagePage(languageOfRequest(ctx), 'signed_out')),
      },
    },
    interactions: { url: (_ctx, interaction) => `${mountPath}/interaction/${interaction.uid}` },
    findAccount: async (_ctx, subject) => {
      const person = demoPeople.find((each) => each.subject === subject)
      if (!person) return undefined
      const claims = { sub: subject, name: person.name, lephi_role: person.role, lephi_agency: person.agency }
      return { accountId: subject, claims: async () => claims }
    },
    // Nobody is asked whether the console may know who they are: it is the only reason to come here.
    loadExistingGrant: async (ctx) => {
      const { oidc } = ctx
      const grant = new oidc.provider.Grant({ clientId: client.id, accountId: oidc.session?.accountId ?? '' })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
    renderError: async (ctx) => answerPage(ctx, messagePage(languageOfRequest(ctx), 'failed')),
    ttl: {
      AccessToken: 5 * 60,
      AuthorizationCode: 60,
      Grant: loginSeconds,
      IdToken: 5 * 60,
      Interaction: loginSeconds,
      Session: 10 * 60 * 60,
    },
  }
}

const answerPage = (ctx: KoaContextWithOIDC, html: string): void => {
  ctx.set(pageAnswerHeaders)
  ctx.type = 'html'
  ctx.body = html
}

const languageOfRequest = (ctx: KoaContextWithOIDC): 'vi' | 'en' =>
  String(ctx.oidc?.params?.ui_locales ?? '').startsWith('en') ? 'en' : 'vi'
