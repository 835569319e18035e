/** A provider's call as the evidence that is kept of it: every byte that was signed or signs, and nothing of the way it came. */
import type { IncomingRequest } from '../providers/contract.ts'

const evidenceHeaders = ['content-type', 'content-length', 'user-agent', 'x-forwarded-for', 'x-request-id']

/** The record of a request. */
export const writeEvidence = ({ method, search, headers, body }: IncomingRequest): string => {
  const signed = [...headers].filter(
    ([name]) => evidenceHeaders.includes(name) || name.includes('signature') || name.includes('timestamp'),
  )
  return JSON.stringify({
    method,
    search,
    headers: signed,
    body: btoa(Array.from(body, (byte) => String.fromCharCode(byte)).join('')),
  })
}

/** The request as it was stored by writeEvidence. Throws when the bytes are not such a record. */
export const readEvidence = (text: string): IncomingRequest => {
  const { method, search, headers, body } = JSON.parse(text) as {
    method: string
    search: string
    headers: [string, string][]
    body: string
  }
  return {
    method,
    search,
    headers: new Headers(headers),
    body: Uint8Array.from(atob(body), (character) => character.charCodeAt(0)),
  }
}
