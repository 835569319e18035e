/** The people of an office who sign in to the console: what each role may do, and the caller that a person is for the API. */
import type { Caller, Scope } from './access.ts'

/** Nobody has a right that the next one's work depends on: who asks for a refund never approves it. */
export const roleScopes = {
  accountant: ['orders:read', 'refunds:write', 'reconciliation:read', 'reconciliation:write', 'reports:read'],
  checker: ['orders:read', 'refunds:approve', 'reconciliation:read', 'reports:read'],
  auditor: ['orders:read', 'reconciliation:read', 'reports:read'],
  operator: ['admin', 'orders:read', 'reconciliation:read', 'reports:read', 'webhooks:write'],
} as const satisfies Record<string, readonly Scope[]>

/**
 * What a person may give a program. None of what decides in place of a second person: with two programs of their own making one person would be maker and checker.
 */
export const grants: readonly Scope[] = [
  'orders:read',
  'orders:write',
  'refunds:write',
  'reconciliation:read',
  'reports:read',
  'webhooks:write',
]

export type Role = keyof typeof roleScopes

export const roles: readonly Role[] = ['accountant', 'checker', 'auditor', 'operator']

export const isRole = (text: unknown): text is Role => roles.some((role) => role === text)

/** Somebody whom an issuer has told us of. */
export type Staff = {
  /** `issuer#subject` (OpenID Connect Core 1.0, section 2: together they name one person for ever). At most 200 characters. */
  subject: string
  /** What the person is called where colleagues read it. */
  name: string
  role: Role
  /** The part of the tree that the person speaks for. */
  agency: string
}

/** The caller that a person is: permissions, four eyes and tenancy are those of the API. */
export const callerOf = ({ subject, role, agency }: Staff, sessionId: string): Caller => ({
  clientId: subject,
  agency,
  scopes: roleScopes[role],
  grants,
  tokenId: sessionId,
})

/** A session ends when nobody has used it for so long, and in any case so long after sign-in. */
export const sessionIdleMs = 30 * 60_000
export const sessionLongestMs = 10 * 3_600_000
