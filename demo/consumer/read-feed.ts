// Reads the feed from its beginning to its end and says what is wrong with it: node demo/consumer/read-feed.ts BASE_URL CLIENT_ID CLIENT_SECRET
// Exit code 0: every event is here, once and as it was written; 1: it is not; 2: the command is wrong.
import { eventsOf, type Finding, nothingKept, takeEvent } from './check-events.ts'

const [url, clientId, clientSecret] = process.argv.slice(2)
if (!url || !clientId || !clientSecret) {
  console.error('usage: node demo/consumer/read-feed.ts BASE_URL CLIENT_ID CLIENT_SECRET')
  process.exit(2)
}

const ask = async (path: string, init: RequestInit): Promise<string> => {
  const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(30_000) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return text
}

const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret })
const { access_token } = JSON.parse(await ask('/oauth/token', { method: 'POST', body: form }))
const kept = nothingKept()
const findings: Finding[] = []
let count = 0
for (let isMore = true; isMore; ) {
  const path = `/v1/events?limit=200&after=${kept.last ?? ''}`
  const events = eventsOf(await ask(path, { headers: { authorization: `Bearer ${access_token}` } }))
  const before = kept.last
  for (const event of events) findings.push(...takeEvent(kept, event))
  count += events.length
  // What ends where it began would be read for ever.
  isMore = kept.last !== before
}
for (const { kind, event, detail } of findings) console.log(`${kind} ${event}: ${detail}`)
console.log(
  `${count} events of ${kept.subjects.size} subjects, ${findings.length} findings, the last event is ${kept.last}`,
)
process.exitCode = findings.length > 0 ? 1 : 0
