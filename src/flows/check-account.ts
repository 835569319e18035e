/** Whether a merchant account's members are what its provider needs, and fit for this mode; wrong ones are named, values never repeated. */
import { type HostList, hostListProblem } from '../domain/outgoing-hosts.ts'
import { Refusal } from '../domain/refusal.ts'
import { accountUrlProblem } from '../domain/webhook-url.ts'
import type { Provider } from '../providers/contract.ts'
import type { Deps } from './deps.ts'

export type AccountMembers = { credentials: Record<string, unknown>; settings: Record<string, unknown> }
type Fault = { pointer: string; message: string }

/** The provider of that name. Throws Refusal `invalid_input` for one that is not registered. */
export const knownProvider = (deps: Deps, name: string): Provider => {
  const provider = Object.hasOwn(deps.providers, name) ? deps.providers[name] : undefined
  if (provider) return provider
  const message = `must be one of ${Object.keys(deps.providers).join(', ')}`
  throw new Refusal('invalid_input', `/provider ${message}.`, { errors: [{ pointer: '/provider', message }] })
}

/**
 * Checks the members as the provider will see them, credentials and settings together. Throws Refusal `invalid_input` with a pointer for each wrong one
 * (a secret among the settings too, since settings are shown), and in production `insecure_url` for an address without https or of a private network and `invalid_input` for
 * credentials that the provider publishes. `host_not_allowed` for an address that one of the lists does not allow.
 */
export const checkAccount = (
  deps: Deps,
  provider: Provider,
  members: AccountMembers,
  lists: readonly HostList[] = [],
): void => {
  const { credentials, settings } = members
  const shown = Object.keys(settings).filter((name) => provider.secrets.includes(name))
  const doubled = Object.keys(settings).filter((name) => Object.hasOwn(credentials, name))
  const blank = Object.keys(settings).filter((name) => /\p{Cc}/u.test(String(settings[name])))
  const faults = [
    ...shown.map((name) => ({ pointer: `/settings/${name}`, message: 'is a secret: give it under credentials' })),
    ...blank.map((name) => ({ pointer: `/settings/${name}`, message: 'must not hold control characters' })),
    ...doubled.map((name) => ({ pointer: `/settings/${name}`, message: 'is given under credentials too' })),
  ]
  refuse('invalid_input', faults)
  const checked = provider.checkAccount({ ...settings, ...credentials })
  if (!checked.ok)
    refuse(
      'invalid_input',
      checked.problems.flatMap((problem) => placed(problem, provider, members)),
    )
  const named = namedIn(members)
  if (deps.mode === 'production') refuseUnsafe(deps, provider, named)
  refuse(
    'host_not_allowed',
    wrongTexts(named, (text) => hostListProblem(text, lists)),
  )
}

type Named = { pointer: string; value: unknown }

const namedIn = ({ credentials, settings }: AccountMembers): Named[] => [
  ...Object.entries(credentials).map(([name, value]) => ({ pointer: `/credentials/${name}`, value })),
  ...Object.entries(settings).map(([name, value]) => ({ pointer: `/settings/${name}`, value })),
]

const wrongTexts = (named: readonly Named[], problemOf: (text: string) => string | null): Fault[] =>
  named.flatMap(({ pointer, value }) => {
    const message = typeof value === 'string' ? problemOf(value) : null
    return message ? [{ pointer, message }] : []
  })

const refuseUnsafe = ({ privateHosts }: Deps, provider: Provider, named: readonly Named[]): void => {
  const isPublished = (value: unknown) => typeof value === 'string' && provider.publicTestCredentials.includes(value)
  const facing = (holds: (value: unknown) => boolean, message: string) =>
    named.filter(({ value }) => holds(value)).map(({ pointer }) => ({ pointer, message }))
  refuse('invalid_input', facing(isPublished, 'is published by the provider for tests: anybody could sign with it'))
  refuse(
    'insecure_url',
    wrongTexts(named, (text) => accountUrlProblem(text, privateHosts)),
  )
}

/** The provider names its members flat; the caller gave them in two objects. An unknown member is named by the message alone. */
const placed = (
  { pointer, message }: Fault,
  provider: Provider,
  { credentials, settings }: AccountMembers,
): Fault[] => {
  const place = (name: string): string => {
    const [first = ''] = name.split('/')
    const isCredential =
      Object.hasOwn(credentials, first) || (!Object.hasOwn(settings, first) && provider.secrets.includes(first))
    return `/${isCredential ? 'credentials' : 'settings'}/${name}`
  }
  if (pointer !== '/') return [{ pointer: place(pointer.slice(1)), message }]
  const names = [...message.matchAll(/"([^"]{1,60})"/g)].map(([, name = '']) => name)
  const given = names.filter((name) => Object.hasOwn(credentials, name) || Object.hasOwn(settings, name))
  if (given.length === 0) return [{ pointer: '/credentials', message }]
  return given.map((name) => ({ pointer: place(name), message: 'is not a known field' }))
}

const refuse = (code: 'invalid_input' | 'insecure_url' | 'host_not_allowed', faults: readonly Fault[]): void => {
  const [first] = faults
  if (!first) return
  throw new Refusal(code, `${first.pointer} ${first.message}.`, { errors: faults })
}
