// Providers whose answers come from the test, over HTTP: as far away from the gateway as real ones.
import {
  type Action,
  type Provider,
  ProviderError,
  type ProviderErrorKind,
  type QueryAnswer,
} from '../../../src/providers/contract.ts'
import { type ProviderSide, startingProvider } from '../../kit/starting-provider.ts'
import { decode, encode } from '../../kit/wire.ts'

/** What the other side says: a value, or the kind of error that the adapter throws. */
export type Said = { value: unknown } | { error: ProviderErrorKind }

export const remoteProviders = ({
  providers,
  otherSide,
}: {
  providers: Readonly<Record<string, string>>
  otherSide: string
}): Record<string, Provider> => {
  const ask = async (verb: keyof ProviderSide, about: unknown): Promise<unknown> => {
    const answer = await fetch(`${otherSide}/${verb}`, { method: 'POST', body: encode(about) })
    const said = decode(await answer.text()) as Said
    if ('error' in said) throw new ProviderError(said.error, 'the other side says so')
    return said.value
  }
  const side: ProviderSide = {
    start: (payment) => ask('start', payment) as Promise<Action>,
    query: (reference) => ask('query', reference) as Promise<QueryAnswer>,
    queryRefund: (reference) => ask('queryRefund', reference) as Promise<QueryAnswer>,
  }
  return Object.fromEntries(Object.entries(providers).map(([name, title]) => [name, startingProvider(side, title)]))
}
