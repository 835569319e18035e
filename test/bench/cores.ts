// The sender on a core of its own, so that ten times the load does not take from the gateway what strangers' machines would pay: both share one machine here, and a sender of
// thousands a second costs half a core.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

export type Cores = {
  /** What this process starts from now on, and itself, run there only (Linux: a child has its parent's cores). */
  keepTo: (who: 'served' | 'sender') => void
  /** Who runs where, for the figure's heading. */
  said: string
}

/** The last core for the sender, all others for what it measures. On one core, or without `taskset`, everything shares everything, and that is said. */
export const separateCores = (): Cores => {
  const last = cpus().length - 1
  const set = (list: string): boolean => {
    try {
      execFileSync('taskset', ['-acp', list, String(process.pid)], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
  const served = last === 1 ? '0' : `0-${last - 1}`
  if (last < 1 || !set(`0-${last}`)) return { keepTo: () => {}, said: 'the sender shares the cores' }
  return {
    keepTo: (who) => void set(who === 'served' ? served : String(last)),
    said: `gateway and PostgreSQL on core ${served}, the sender on core ${last}`,
  }
}

/** Processor time in seconds of a process and of all below it that are still there: `own` of that process, `below` of the others. Linux: proc(5), /proc/pid/stat, in hundredths. */
export const processorSeconds = (root: number): { own: number; below: number } => {
  const all = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => {
      const line = readStat(name)
      return line ? [{ pid: Number(name), ...line }] : []
    })
  const inside = new Set([root])
  for (let before = 0; before < inside.size; ) {
    before = inside.size
    for (const { pid, parent } of all) if (inside.has(parent)) inside.add(pid)
  }
  const sum = (only: (pid: number) => boolean) =>
    all.filter(({ pid }) => inside.has(pid) && only(pid)).reduce((seconds, one) => seconds + one.seconds, 0)
  return { own: sum((pid) => pid === root), below: sum((pid) => pid !== root) }
}

const readStat = (pid: string): { parent: number; seconds: number } | null => {
  try {
    // The name of the command, which may hold anything, ends with the last bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 }
  } catch {
    return null
  }
}
