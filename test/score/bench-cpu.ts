// Processor time of this process and of the whole database server, which says what work costs also while others use the machine. Linux only: null elsewhere.
import { readdirSync, readFileSync } from 'node:fs'
import type { Sql } from '../../src/store/database.ts'

/** Seconds so far, user and system. */
export type CpuClock = () => number | null

const ticksPerSecond = 100

export const spent = (begun: number | null, ended: number | null): number | null =>
  begun === null || ended === null ? null : ended - begun

/** The children of the postmaster, and what those that have ended left with it. */
export const cpuClock = async (sql: Sql): Promise<CpuClock> => {
  const [row] = await sql`select pg_backend_pid()::int as pid`
  const postmaster = statOf(String(row?.pid))?.parent
  return () => {
    const own = process.cpuUsage()
    const all = postmaster ? statOf(postmaster) : null
    if (!all) return null
    const server = readdirSync('/proc').flatMap((pid) => {
      const stat = /^\d+$/.test(pid) ? statOf(pid) : null
      return stat && stat.parent === postmaster ? [stat.ticks] : []
    })
    return (
      (own.user + own.system) / 1_000_000 + server.reduce((sum, ticks) => sum + ticks, all.ofEnded) / ticksPerSecond
    )
  }
}

/** Fields of proc_pid_stat(5), counted behind the name in brackets. */
const statOf = (pid: string): { parent: string; ticks: number; ofEnded: number } | null => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const at = (index: number) => Number(fields[index])
    return { parent: String(fields[1]), ticks: at(11) + at(12), ofEnded: at(13) + at(14) }
  } catch {
    return null
  }
}
