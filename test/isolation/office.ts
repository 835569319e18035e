// One agency as it works: its programs, each with a token of its own, calling the API as anybody would.
import { scopes } from '../../src/domain/access.ts'
import { issueToken } from '../../src/flows/issue-token.ts'
import type { TestApp } from '../kit/app.ts'

/** An answer as a caller reads it: any path may be looked at, and what is not there is undefined. */
export interface Read {
  readonly [name: string]: Read
}

export type Hand = 'maker' | 'checker'

export type Office = {
  agency: string
  /** A word that stands in every text that this agency writes and in no other's. */
  word: string
  clients: Record<Hand, string>
  token: (hand?: Hand) => Promise<string>
  /** A call that must succeed; without `json` or `body` a GET. */
  ask: (path: string, given?: Given) => Promise<Read>
}

type Given = { json?: unknown; body?: FormData; method?: string; hand?: Hand; accept?: string }

let keys = 0
/** A key that nobody has used. */
export const newKey = (): string => {
  keys += 1
  return `isolation-${keys}`
}

export const openOffice = async (gateway: TestApp, { agency, word }: { agency: string; word: string }) => {
  const [maker, checker] = [await gateway.client(scopes, agency), await gateway.client(scopes, agency)]
  const hands = { maker, checker }
  const tokens = new Map<Hand, { at: number; text: string }>()
  const token = async (hand: Hand = 'maker'): Promise<string> => {
    const known = tokens.get(hand)
    const at = gateway.deps.now().getTime()
    if (known?.at === at) return known.text
    const { clientId, secret } = hands[hand]
    const issued = await issueToken(gateway.deps, { proof: { kind: 'secret', clientId, secret }, scope: null })
    tokens.set(hand, { at, text: issued.access_token })
    return issued.access_token
  }
  const ask: Office['ask'] = async (path, { json, body, hand, method, accept } = {}) => {
    const answer = await gateway.request(path, {
      token: await token(hand),
      headers: { 'idempotency-key': newKey(), ...(accept ? { accept } : {}) },
      ...(json === undefined ? {} : { json }),
      ...(body ? { body, method: 'POST' } : {}),
      ...(method ? { method } : {}),
    })
    const text = await answer.text()
    if (answer.status >= 400) throw new Error(`${agency}: ${method ?? ''} ${path}: ${answer.status} ${text}`)
    return (text === '' ? {} : JSON.parse(text)) as Read
  }
  return { agency, word, clients: { maker: maker.clientId, checker: checker.clientId }, token, ask } satisfies Office
}

/** The rows of a list; empty when it is none. */
export const rowsOf = (list: Read | undefined): Read[] => (Array.isArray(list) ? list : [])

export const idOf = (read: Read | undefined): string => String(read?.id)

/** A form with a file and these members. */
export const formWith = (fileName: string, text: string, members: Readonly<Record<string, string>> = {}): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(members)) form.append(name, value)
  form.append('file', new File([text], fileName))
  return form
}
