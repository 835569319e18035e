// Small things that both kinds of invariants count with.

export const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)
export const first = (list: readonly (string | null)[]): string | null => list.find((each) => each !== null) ?? null
export const open: readonly string[] = ['proposed', 'requested', 'approved', 'sending', 'pending', 'unknown']
export const leaving: readonly string[] = ['approved', 'sending', 'pending', 'unknown']
export const gone: readonly string[] = ['rejected', 'failed', 'withdrawn']
