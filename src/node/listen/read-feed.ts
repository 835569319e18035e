// The feed of a gateway as a portal reads it: over HTTP, with a client's credentials, and each event as it was written.
import { z } from 'zod'
import { readLimited } from '../../lib/body.ts'
import { jsonMember, jsonParts } from '../../lib/json-parts.ts'
import { UnreachableError } from '../unreachable-error.ts'

export type FeedClient = { client_id: string; client_secret: string }
export type FeedEvent = { id: string; type: string; order: string | null; createdAt: string; data: string }

export type Feed = {
  /** The events behind one, at most a page; none where there is nothing more yet. Throws GatewaySilence, or an Error that says what the gateway refuses. */
  after: (eventId: string | null) => Promise<FeedEvent[]>
}

/** The gateway did not answer, or not with an answer: asking again later may help. */
export class GatewaySilence extends UnreachableError {
  override name = 'GatewaySilence'
}

const pageLimit = 200
const answerBytesMax = 64 * 1024 * 1024
const timeoutMs = 30_000
const unauthorised = 401
const token = z.object({ access_token: z.string(), expires_in: z.number() })
const eventHead = z.object({ id: z.string(), type: z.string(), order: z.string().nullable(), created_at: z.string() })

export const openFeed = (url: string, client: FeedClient, signal: AbortSignal): Feed => {
  let kept: string | null = null
  const send = async (path: string, init: RequestInit): Promise<{ status: number; text: string }> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    try {
      const response = await fetch(`${url}${path}`, { ...init, redirect: 'manual', signal: deadline })
      const text = new TextDecoder().decode(await readLimited(response, answerBytesMax))
      if (response.status < 500 && response.status !== 429) return { status: response.status, text }
      throw new GatewaySilence(`${url}${path} answered ${response.status}`)
    } catch (error) {
      if (signal.aborted || error instanceof GatewaySilence) throw error
      throw new GatewaySilence(`${url}${path} gave no answer`, { cause: error })
    }
  }
  const tokenOf = async (): Promise<string> => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders:read', ...client })
    const { status, text } = await send('/oauth/token', { method: 'POST', body })
    if (status !== 200)
      throw new Error(`${url} gives client ${client.client_id} no token (${status}): ${reasonOf(text)}`)
    return token.parse(JSON.parse(text)).access_token
  }
  const page = async (path: string): Promise<{ status: number; text: string }> => {
    kept ??= await tokenOf()
    return send(path, { headers: { authorization: `Bearer ${kept}` } })
  }
  return {
    after: async (eventId) => {
      const path = `/v1/events?limit=${pageLimit}&after=${encodeURIComponent(eventId ?? '')}`
      let answer = await page(path)
      if (answer.status === unauthorised) {
        kept = null
        answer = await page(path)
      }
      if (answer.status !== 200) throw new Error(`${url}${path} answered ${answer.status}: ${reasonOf(answer.text)}`)
      return jsonParts(jsonMember(answer.text, 'data') ?? '').map(readEvent)
    },
  }
}

const readEvent = (text: string): FeedEvent => {
  const { id, type, order, created_at } = eventHead.parse(JSON.parse(text))
  return { id, type, order, createdAt: created_at, data: jsonMember(text, 'data') ?? 'null' }
}

const reasonOf = (text: string): string => text.slice(0, 300)
