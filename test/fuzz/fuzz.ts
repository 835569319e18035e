// Alters genuine callbacks of every provider and counts what is believed of them. A message is harmless that still says exactly what the one said of which it was made,
// altered where nothing is read, or that was altered so far that it is another genuine one, with the signature of that one. Any other news of money or of a state is a
// believed forgery, and there must be none. What another account's key signed may not be read at all, whatever it says.
import {
  type CallbackReading,
  type IncomingRequest,
  ProviderError,
  type Verdict,
} from '../../src/providers/contract.ts'
import { registry } from '../../src/providers/registry.ts'
import type { ProviderKit } from '../providers/kit.ts'
import { textOf } from './alterations.ts'
import { genuineOf, type Source } from './corpus.ts'
import { kinds, type Mutated, mutate } from './kinds.ts'
import { leavesOf } from './layers.ts'
import { createRandom, type Random } from './random.ts'

export type Tally = {
  provider: string
  genuine: number
  /** Messages that differ from the genuine ones. */
  mutated: number
  refused: number
  /** Read as the genuine message of which it was made: altered where nothing is read. */
  harmless: number
  /** Believed without being genuine. Must be 0. */
  believed: number
  /** Neither read nor refused in the adapter's own words, or not answered. Must be 0. */
  broken: number
  /** How many messages each kind of alteration changed. */
  kinds: Record<string, number>
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

/** A sender's account with its genuine messages, what each of them says, and what proves those that say the same. */
type Corpus = Source & {
  words: ReadonlyMap<IncomingRequest, string>
  proofs: ReadonlyMap<string, readonly ReadonlySet<string>[]>
  references: readonly string[]
}
export type Target = { provider: string; sources: readonly Corpus[]; tally: Tally }

export const emptyTally = (provider: string, genuine: number): Tally => ({
  ...{ provider, genuine, mutated: 0, refused: 0, harmless: 0, believed: 0, broken: 0, findings: [] },
  kinds: Object.fromEntries(kinds.map((kind) => [kind, 0])),
})

/** The genuine messages of these providers, each of which must be read; throws when one is not. */
export const prepare = async (names: readonly string[] = Object.keys(registry)): Promise<Target[]> =>
  Promise.all(
    names.map(async (name) => {
      const { kit }: { kit: ProviderKit } = await import(`../providers/${name}.kit.ts`)
      const provider = registry[name]
      if (!provider) throw new Error(`${name} is not registered`)
      const sources = await Promise.all((await genuineOf({ name, provider, kit })).map(corpusOf))
      const usable = sources.filter(({ messages }) => messages.length > 0)
      const genuine = usable.reduce((sum, { messages }) => sum + messages.length, 0)
      return { provider: name, sources: usable, tally: emptyTally(name, genuine) }
    }),
  )

const corpusOf = async (source: Source): Promise<Corpus> => {
  const words = new Map<IncomingRequest, string>()
  for (const message of source.messages) words.set(message, wordOf(await read(source, message)))
  const common = new Map<string, number>()
  for (const message of source.messages)
    for (const value of valuesOf(message)) common.set(value, (common.get(value) ?? 0) + 1)
  const references = new Set([...source.payments.keys()].map((reference) => reference.toLowerCase()))
  const isProof = (value: string) =>
    common.get(value) === 1 && !references.has(value) && /^(sha256=|t=\d+,v1=)?[0-9a-z+/=]{27,}$/.test(value)
  const proofs = Map.groupBy(source.messages, (message) => words.get(message) ?? '')
  return {
    ...source,
    words,
    proofs: new Map([...proofs].map(([word, messages]) => [word, messages.map((each) => valuesOf(each, isProof))])),
    references: [...source.payments.keys()],
  }
}

/** The values of a message's members and headers, in small letters, for hex is the same in either case. */
const valuesOf = (message: IncomingRequest, isWanted = (_: string) => true): ReadonlySet<string> => {
  const texts = [...leavesOf(message.search), ...leavesOf(textOf(message)), ...message.headers.values()]
  return new Set(texts.map((text) => text.toLowerCase()).filter(isWanted))
}

/** Whether a message that says this bears what proves a genuine one that says the same. */
const isGenuineOne = ({ proofs }: Corpus, word: string, request: IncomingRequest): boolean => {
  // Within a value too: of a text that begins with a mark, no reader here sees the members.
  const values = [...valuesOf(request)].join('\n')
  return (proofs.get(word) ?? []).some((proof) => proof.size > 0 && [...proof].every((value) => values.includes(value)))
}

/** Alters `count` messages of one provider. The same seed gives the same messages. */
export const fuzz = async (
  { sources, tally }: Target,
  { seed, count }: { seed: number; count: number },
): Promise<void> => {
  const random = createRandom(seed)
  for (let turn = 0; turn < count; turn += 1) {
    const source = random.pick(sources)
    const genuine = random.pick(source.messages)
    const mutated = draw(source, genuine, random)
    if (!mutated) continue
    const { request, applied, isForeign } = mutated
    tally.mutated += 1
    for (const kind of new Set(applied)) tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1
    const note = (kind: 'believed' | 'broken', what: string) => {
      tally[kind] += 1
      if (tally.findings.length < findingsMax)
        tally.findings.push(
          `seed ${seed}, turn ${turn}, ${kind}: ${applied.join(', then ')}: ${what}\n    ${show(request)}`,
        )
    }
    try {
      const word = wordOf(await read(source, request))
      const isSame = !isForeign && (word === source.words.get(genuine) || word === saysNothing)
      if (isSame || isGenuineOne(source, word, request)) tally.harmless += 1
      else note('believed', word)
    } catch (error) {
      if (error instanceof ProviderError) tally.refused += 1
      else note('broken', String(error))
    }
    if (turn % 16 === 0)
      await answered(source, request, random).catch((error: unknown) => note('broken', String(error)))
  }
}

/** Some draws find nothing that they could alter in this message; null when that happens again and again. */
const draw = (source: Corpus, genuine: IncomingRequest, random: Random): Mutated | null => {
  const atHand = { others: source.messages, references: source.references, foreign: source.foreign }
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const mutated = mutate(genuine, random, atHand)
    if (mutated.applied.length > 0) return mutated
  }
  return null
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
