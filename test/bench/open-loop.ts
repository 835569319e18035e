// Requests at a rate that does not depend on the answers, as strangers send them: over kept connections of our own, read no further than a status line needs, so that the
// sender is not what gets tired first. Each wait counts from when the request was due, not from when it could be sent.
import { connect, type Socket } from 'node:net'

export type Shot = { request: string; kind: string }
/** `at`: when it was answered, in milliseconds since the load began. */
export type Told = { kind: string; status: number; ms: number; at: number }

export type OpenLoop = {
  /** Sends `perSecond` for so many seconds, and waits for the answers `patienceMs` at most. Those that were never answered have status 0. */
  run: (load: {
    perSecond: number
    seconds: number
    next: (index: number) => Shot
    patienceMs?: number
  }) => Promise<Told[]>
  close: () => void
}

type Line = { socket: Socket; isBusy: boolean; rest: Buffer; answered: ((status: number) => void) | null }

const stepMs = 5

export const createOpenLoop = ({
  host,
  port,
  connectionsMax,
}: {
  host: string
  port: number
  connectionsMax: number
}): OpenLoop => {
  const idle: Line[] = []
  const lines = new Set<Line>()
  const open = (): Line => {
    const socket = connect({ host, port, noDelay: true })
    const line: Line = { socket, isBusy: false, rest: Buffer.alloc(0), answered: null }
    const end = () => {
      lines.delete(line)
      const at = idle.indexOf(line)
      if (at >= 0) idle.splice(at, 1)
      line.answered?.(0)
      line.answered = null
      socket.destroy()
    }
    socket.on('error', end)
    socket.on('close', end)
    socket.on('data', (bytes) => {
      line.rest = line.rest.length > 0 ? Buffer.concat([line.rest, bytes]) : bytes
      const answer = wholeAnswer(line.rest)
      if (!answer) return
      line.rest = line.rest.subarray(answer.length)
      const told = line.answered
      line.answered = null
      if (answer.isLast) end()
      else idle.push(line)
      told?.(answer.status)
    })
    lines.add(line)
    return line
  }
  const send = (request: string): Promise<number> => {
    const line = idle.pop() ?? (lines.size < connectionsMax ? open() : null)
    // No connection is free: a caller whose network gives up.
    if (!line) return Promise.resolve(0)
    return new Promise((resolve) => {
      line.answered = resolve
      line.socket.write(request)
    })
  }
  return {
    run: async ({ perSecond, seconds, next, patienceMs = 15_000 }) => {
      const told: Told[] = []
      const waiting: Promise<void>[] = []
      const beganAt = performance.now()
      const count = Math.round(perSecond * seconds)
      for (let index = 0; index < count; ) {
        const due = Math.min(count, Math.ceil(((performance.now() - beganAt) / 1_000) * perSecond))
        for (; index < due; index += 1) {
          const dueAt = beganAt + (index / perSecond) * 1_000
          const { request, kind } = next(index)
          const tell = (status: number) => {
            const now = performance.now()
            told.push({ kind, status, ms: now - dueAt, at: now - beganAt })
          }
          waiting.push(send(request).then(tell))
        }
        await new Promise((resolve) => setTimeout(resolve, stepMs))
      }
      const late = new Promise((resolve) => setTimeout(resolve, patienceMs).unref())
      await Promise.race([Promise.all(waiting), late])
      return [...told]
    },
    close: () => {
      for (const { socket } of lines) socket.destroy()
    },
  }
}

/** Length and status of the answer at the front, once all of it is here. */
export const wholeAnswer = (bytes: Buffer): { length: number; status: number; isLast: boolean } | null => {
  const head = bytes.indexOf('\r\n\r\n')
  if (head < 0) return null
  const text = bytes.toString('latin1', 0, head).toLowerCase()
  const status = Number(text.slice(9, 12))
  const isLast = text.includes('\r\nconnection: close')
  const [, announced] = /\r\ncontent-length: (\d+)/.exec(text) ?? []
  if (announced !== undefined) {
    const length = head + 4 + Number(announced)
    return bytes.length >= length ? { length, status, isLast } : null
  }
  if (!text.includes('\r\ntransfer-encoding: chunked')) return { length: head + 4, status, isLast }
  const end = bytes.indexOf('0\r\n\r\n', head + 4)
  return end < 0 ? null : { length: end + 5, status, isLast }
}
