// Resident memory of a process while something is measured (Linux: proc(5), /proc/pid/status).
import { readFileSync } from 'node:fs'

/** Looks once a second until `end`, which answers the most that it saw, in MiB. */
export const watchMemory = (pid: number): { end: () => number } => {
  let peak = 0
  const look = () => {
    try {
      const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
      peak = Math.max(peak, Math.round(Number(kib ?? 0) / 1_024))
    } catch {
      // It has ended; whoever measures it is told so by what they wait for.
    }
  }
  look()
  const timer = setInterval(look, 1_000).unref()
  return {
    end: () => {
      clearInterval(timer)
      look()
      return peak
    },
  }
}
