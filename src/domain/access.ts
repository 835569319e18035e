/** Who calls and what a caller may do: the scopes of the contract, and the caller that every route and flow is told of. */

/** Every scope there is. */
export const scopes = [
  'orders:read',
  'orders:write',
  'refunds:write',
  'refunds:approve',
  'reconciliation:read',
  'reconciliation:write',
  'reports:read',
  'webhooks:write',
  'admin',
] as const

export type Scope = (typeof scopes)[number]

export const isScope = (text: string): text is Scope => scopes.some((scope) => scope === text)

/** Somebody whose token held. `agency` is the part of the tree that they speak for, `*` for the whole system. */
export type Caller = {
  /** One of our clients, or `issuer#subject` for the token of another issuer. */
  clientId: string
  agency: string
  scopes: readonly Scope[]
  /** What the caller may give a client; absent: any scope. */
  grants?: readonly Scope[]
  tokenId: string
}
