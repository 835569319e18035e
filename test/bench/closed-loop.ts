// So many callers, each with one connection and one request at a time: what a pool of portal's connections does, and what pgbench's clients do.
import { connect } from 'node:net'
import { wholeAnswer } from './open-loop.ts'

type Asked = {
  callers: number
  requests: readonly string[]
  patienceMs?: number
  /** Handed the text of each answer's body, in the order in which they came. */
  read?: (body: string) => void
}

export type Closed = { perSecond: number; p50: number; p99: number; statuses: Record<number, number> }

/** Sends all requests, each caller the next one as soon as its last was answered. A request that is not answered within `patienceMs` ends the run with an Error. */
export const runClosed = async (
  { host, port }: { host: string; port: number },
  { callers, requests, patienceMs = 30_000, read }: Asked,
): Promise<Closed> => {
  let at = 0
  const waits: number[] = []
  const statuses: Record<number, number> = {}
  const beganAt = performance.now()
  const caller = async () => {
    const socket = connect({ host, port, noDelay: true })
    let rest: Buffer = Buffer.alloc(0)
    let answered = Promise.withResolvers<{ status: number }>()
    socket.on('data', (bytes) => {
      rest = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes
      const answer = wholeAnswer(rest)
      if (!answer) return
      read?.(rest.toString('utf8', rest.indexOf('\r\n\r\n') + 4, answer.length))
      rest = rest.subarray(answer.length)
      answered.resolve(answer)
    })
    socket.on('error', (error) => answered.reject(error))
    socket.on('close', () => answered.reject(new Error('the connection was closed')))
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('not answered in time')))
    try {
      for (let request = requests[at++]; request !== undefined; request = requests[at++]) {
        answered = Promise.withResolvers()
        const sentAt = performance.now()
        socket.write(request)
        const { status } = await answered.promise
        waits.push(performance.now() - sentAt)
        statuses[status] = (statuses[status] ?? 0) + 1
      }
    } finally {
      answered.promise.catch(() => undefined)
      socket.destroy()
    }
  }
  await Promise.all(Array.from({ length: Math.min(callers, requests.length) }, caller))
  const seconds = (performance.now() - beganAt) / 1_000
  waits.sort((a, b) => a - b)
  const quantile = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
  return { perSecond: requests.length / seconds, p50: quantile(0.5), p99: quantile(0.99), statuses }
}
