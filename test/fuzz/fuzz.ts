// Alters genuine callbacks of every provider and counts what is believed of them. A message that still says exactly what some genuine one said is harmless: it was
// altered where nothing is read. Anything else that yields money or a state is a believed forgery, and there must be none.
import {
  type CallbackReading,
  type IncomingRequest,
  ProviderError,
  type Verdict,
} from '../../src/providers/contract.ts'
import { registry } from '../../src/providers/registry.ts'
import type { ProviderKit } from '../providers/kit.ts'
import { genuineOf, type Source } from './corpus.ts'
import { createRandom, mutate, type Random } from './mutations.ts'

export type Tally = {
  provider: string
  genuine: number
  mutated: number
  refused: number
  /** Read as a genuine message is: altered where nothing is read. */
  harmless: number
  /** Believed without being genuine. Must be 0. */
  believed: number
  /** Neither read nor refused in the adapter's own words, or not answered. Must be 0. */
  broken: number
  findings: string[]
}

const findingsMax = 5
const verdicts: readonly Verdict[] = [
  'accepted',
  'already_confirmed',
  'forged',
  'malformed',
  'unknown_order',
  'try_again',
]

export type Target = { provider: string; sources: readonly Source[]; known: ReadonlySet<string>; tally: Tally }

/** The genuine messages of these providers, each of which must be read; throws when one is not. */
export const prepare = async (names: readonly string[] = Object.keys(registry)): Promise<Target[]> =>
  Promise.all(
    names.map(async (name) => {
      const { kit }: { kit: ProviderKit } = await import(`../providers/${name}.kit.ts`)
      const provider = registry[name]
      if (!provider) throw new Error(`${name} is not registered`)
      const sources = await genuineOf({ name, provider, kit })
      const known = new Set<string>()
      let genuine = 0
      for (const source of sources) {
        for (const message of source.messages) {
          known.add(wordOf(await read(source, message)))
          genuine += 1
        }
      }
      const tally = {
        provider: name,
        genuine,
        mutated: 0,
        refused: 0,
        harmless: 0,
        believed: 0,
        broken: 0,
        findings: [],
      }
      return { provider: name, sources, known, tally }
    }),
  )

/** Alters `count` messages of one provider. The same seed gives the same messages. */
export const fuzz = async (
  { sources, known, tally }: Target,
  { seed, count }: { seed: number; count: number },
): Promise<void> => {
  const random = createRandom(seed)
  const usable = sources.filter(({ messages }) => messages.length > 0)
  for (let turn = 0; turn < count; turn += 1) {
    const source = random.pick(usable)
    const { request, trail } = mutate(random.pick(source.messages), random, source.messages)
    tally.mutated += 1
    const note = (kind: 'believed' | 'broken', what: string) => {
      tally[kind] += 1
      if (tally.findings.length < findingsMax)
        tally.findings.push(`seed ${seed}, turn ${turn}, ${kind}: ${trail}: ${what}\n    ${show(request)}`)
    }
    try {
      const word = wordOf(await read(source, request))
      if (known.has(word) || word === saysNothing) tally.harmless += 1
      else note('believed', word)
    } catch (error) {
      if (error instanceof ProviderError) tally.refused += 1
      else note('broken', String(error))
    }
    if (turn % 16 === 0)
      await answered(source, request, random).catch((error: unknown) => note('broken', String(error)))
  }
}

const read = (source: Source, request: IncomingRequest): Promise<CallbackReading> =>
  source.client.readCallback(request, lookups(source))

const lookups = ({ payments }: Source) => ({
  findPayment: async (reference: string) => payments.get(reference) ?? null,
})

const answered = async (source: Source, request: IncomingRequest, random: Random): Promise<void> => {
  const answer = await source.client.answerCallback(random.pick(verdicts), request, lookups(source))
  await answer.text()
}

/** What would be acted on. A hint and a question carry nothing to believe. */
const wordOf = ({ outcomes, credit }: CallbackReading): string =>
  JSON.stringify([outcomes, credit ?? null], (_name, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  )

const saysNothing = '[[],null]'

const show = ({ method, search, headers, body }: IncomingRequest): string =>
  JSON.stringify({
    method,
    search: search.slice(0, 800),
    headers: [...headers],
    body: new TextDecoder().decode(body).slice(0, 1_500),
  })
