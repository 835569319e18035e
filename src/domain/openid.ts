/** What an OpenID Connect issuer must say of a person before the console opens: who it is, in which role, for which agency. */
import { clip, nfc } from '../lib/text.ts'
import { covers, systemScope } from './agency-scope.ts'
import { isRole, type Role, type Staff } from './staff.ts'

/** The issuer that vouches for the people of the console, and what we are to it. */
export type OpenIdSettings = {
  issuer: string
  clientId: string
  /** Null: a public client. */
  clientSecret: string | null
  /** How the secret is sent; null: as the issuer says it may be. */
  clientAuth: 'basic' | 'post' | null
  roleClaim: string
  agencyClaim: string
  /** The part of the tree that the issuer may speak for; never all of it. */
  agency: string
  /** Scopes to ask for besides `openid profile`; null: none. */
  scope: string | null
  /** How people must have signed in there, as `acr` says it: one of these. Absent: the issuer alone decides. */
  acr?: readonly string[]
}

/** What keeps somebody out whom the issuer does know. */
export const staffProblems = [
  'subject_unusable',
  'too_weak',
  'role_missing',
  'role_unknown',
  'role_ambiguous',
  'agency_missing',
  'agency_foreign',
] as const

export type StaffProblem = (typeof staffProblems)[number]

/** Claims by name, as the ID token and the UserInfo endpoint give them. */
export type Claims = Readonly<Record<string, unknown>>

/** Whether the claims say at all which role and which agency; if not, another source of claims may. */
export const saysRoleAndAgency = (claims: Claims, settings: OpenIdSettings): boolean =>
  claims[settings.roleClaim] !== undefined && claims[settings.agencyClaim] !== undefined

/** The person that the claims describe, or why they describe nobody who may sign in. Claims of no use are never guessed at. */
export const staffOf = (claims: Claims, settings: OpenIdSettings): Staff | StaffProblem => {
  if (typeof claims.sub !== 'string' || !/^[\x20-\x7e]+$/.test(claims.sub)) return 'subject_unusable'
  const subject = `${settings.issuer}#${claims.sub}`
  // Cut short, two people could become one, and then maker and checker would be.
  if (subject.length > subjectLengthMax) return 'subject_unusable'
  if (settings.acr && !settings.acr.some((acr) => acr === claims.acr)) return 'too_weak'
  const role = roleOf(claims[settings.roleClaim])
  if (!isRole(role)) return role
  const agency = claims[settings.agencyClaim]
  if (typeof agency !== 'string' || agency === '') return 'agency_missing'
  if (agency === systemScope || agency.length > agencyLengthMax || !covers(settings.agency, agency))
    return 'agency_foreign'
  return { subject, name: nameOf(claims, claims.sub), role, agency }
}

const subjectLengthMax = 200
const agencyLengthMax = 50
const nameLengthMax = 150

/** A text, or a list as issuers give for groups: exactly one role of ours must be in it, whatever else is. */
const roleOf = (claim: unknown): Role | StaffProblem => {
  if (claim === undefined || claim === null || claim === '') return 'role_missing'
  const named = new Set(Array.isArray(claim) ? claim : [claim])
  const [role, another] = [...named].filter(isRole)
  if (another) return 'role_ambiguous'
  return role ?? (named.size === 0 ? 'role_missing' : 'role_unknown')
}

const nameOf = (claims: Claims, subject: string): string => {
  const names = [claims.name, claims.preferred_username, claims.email].map(seen)
  return names.find((name) => name !== '') ?? (seen(subject) || '?')
}

/** Letters that cannot be seen, or that turn the text around, would let one person look like another. */
const seen = (text: unknown): string =>
  typeof text === 'string'
    ? clip(nfc(text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')).trim(), nameLengthMax)
    : ''
