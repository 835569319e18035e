/** Providers whose payers use their bank's own app, where a transfer can also be typed. */
import { simulatedProviders } from '../simulators/register.ts'

export const bankApps: readonly { provider: string; path: string }[] = Object.entries(simulatedProviders).flatMap(
  ([provider, { page }]) => (page === undefined ? [] : [{ provider, path: `/simulators/${provider}/${page}` }]),
)
