// Who may see what: a caller's scope is an agency and all below it, or the whole system.

/** The scope of the system itself, which covers every agency. */
export const systemScope = '*'

/** The codes above an agency's, its parent's last: `H56` and `H56.12` for `H56.12.03`. */
export const codesAbove = (agencyCode: string): string[] => {
  const steps = agencyCode.split('.')
  return steps.slice(1).map((_step, index) => steps.slice(0, index + 1).join('.'))
}

/**
 * Whether a scope (`H56.12`) covers an agency: itself (`H56.12`) and those below it by a dot (`H56.12.03`), but neither
 * its parent nor a neighbour whose code merely begins alike (`H56.123`). `*` covers all. Codes are compared as stored.
 */
export function covers(scope: string, agencyCode: string): boolean {
  if (scope === '' || agencyCode === '') return false
  return scope === systemScope || agencyCode === scope || agencyCode.startsWith(`${scope}.`)
}
