/** Whether this very gateway answers under its public address, and whether people can sign in. */
import type { ClockReading } from '../../domain/clock-skew.ts'
import { broken, doubtful, type Finding, fine } from '../../domain/finding.ts'
import type { OpenIdSettings } from '../../domain/openid.ts'
import { readLimited } from '../../lib/body.ts'
import { countAdminClients } from '../../store/check-up.ts'
import type { Deps } from '../deps.ts'
import { createIssuer } from '../openid-issuer.ts'
import { listSigningKeys } from '../signing-keys.ts'

const timeoutMs = 5_000
const answerBytesMax = 256 * 1024

type Answered = { findings: readonly Finding[]; clocks: readonly ClockReading[] }

/** Who answers proves who it is by its public keys: one of them must be that which signs in this database. */
export const lookAtAddress = async (deps: Deps, clock: () => number): Promise<Answered> => {
  const { publicUrl, mode } = deps
  if (mode === 'production' && !publicUrl.startsWith('https://'))
    return alone(broken('public address', { found: `${publicUrl} is no https address`, todo: 'Set PUBLIC_URL' }))
  const beganAt = clock()
  const answer = await askKeys(deps).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  )
  if (answer instanceof Error) {
    const said = {
      found: `nobody answers at ${publicUrl} (${reasonOf(answer)})`,
      todo: 'Start the gateway, and lead the name and its certificate to the proxy in front of it',
    }
    return alone(mode === 'production' ? broken('public address', said) : doubtful('public address', said))
  }
  const kids = (await listSigningKeys(deps)).map(({ kid }) => kid)
  const date = Date.parse(answer.date ?? '')
  const clocks = Number.isNaN(date) ? [] : [{ of: publicUrl, aheadMs: date + 500 - (beganAt + clock()) / 2 }]
  if (!answer.kids.some((kid) => kids.includes(kid)))
    return {
      findings: [
        broken('public address', {
          found: `whoever answers at ${publicUrl} is another gateway, or none: status ${answer.status}, and no key of this database`,
          todo: 'Lead PUBLIC_URL to this gateway: citizens and providers are sent there',
        }),
      ],
      clocks,
    }
  return { findings: [fine('public address', `${publicUrl} is this gateway`)], clocks }
}

const alone = (finding: Finding): Answered => ({ findings: [finding], clocks: [] })

const reasonOf = (error: Error): string => {
  const cause = error.cause
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}

type KeysAnswer = { status: number; date: string | null; kids: string[] }

const askKeys = async ({ fetchIssuer, publicUrl }: Deps): Promise<KeysAnswer> => {
  const response = await fetchIssuer(`${publicUrl}/.well-known/jwks.json`, { signal: AbortSignal.timeout(timeoutMs) })
  const text = new TextDecoder().decode(await readLimited(response, answerBytesMax))
  return { status: response.status, date: response.headers.get('date'), kids: kidsIn(text) }
}

const kidsIn = (text: string): string[] => {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown }
    return Array.isArray(keys) ? keys.map((key) => String((key as { kid?: unknown } | null)?.kid)) : []
  } catch {
    return []
  }
}

/** Who may administer, and whether those who sign in can. */
export const lookAtSignIn = async (deps: Deps, openId: OpenIdSettings | null): Promise<readonly Finding[]> => {
  const admins = await countAdminClients(deps.db, deps.now())
  const programs = `${admins} programs hold admin`
  if (openId === null) {
    if (deps.mode === 'demo') return [fine('sign-in', `the demo’s own people; ${programs}`)]
    const todo = 'Set LEPHI_OIDC_ISSUER, LEPHI_OIDC_CLIENT_ID and LEPHI_OIDC_AGENCY (docs/operations.md)'
    const found = `nobody can sign in to the console; ${programs}`
    return [admins === 0 ? broken('sign-in', { found, todo }) : doubtful('sign-in', { found, todo })]
  }
  try {
    await createIssuer(deps, openId)()
    return [fine('sign-in', `${openId.issuer} describes itself, for ${openId.agency} and below; ${programs}`)]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [
      broken('sign-in', {
        found: `${openId.issuer} cannot be used: ${reason}`,
        todo: 'Compare LEPHI_OIDC_ISSUER with its /.well-known/openid-configuration, letter by letter',
      }),
    ]
  }
}
