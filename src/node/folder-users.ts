// Which processes use a folder, and who may change it at the moment. Marks are files, so they outlive a killed process;
// a mark counts only while the process that made it is alive, and a reused process id does not bring it back to life.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const lockTimeoutMs = 180_000
const unwrittenMarkTimeoutMs = 5_000

/** One use of a folder by this process. */
export type FolderUse = {
  /** Takes the mark away and says whether some other living use remains. Safe to call twice. */
  leave(): { othersRemain: boolean }
}

/** Marks that this process uses `folder`. Synchronous, so that an exit handler can leave too. */
export function useFolder(folder: string): FolderUse {
  const marks = join(folder, 'users')
  mkdirSync(marks, { recursive: true })
  const mark = join(marks, `${process.pid}-${randomBytes(4).toString('hex')}`)
  writeFileSync(mark, describeProcess(process.pid) ?? '')
  return {
    leave() {
      rmSync(mark, { force: true })
      return { othersRemain: livingMarks(marks) > 0 }
    },
  }
}

/**
 * Runs `work` while no other process holds the lock of `folder`. Waits for a living holder, at most three minutes, and
 * takes over from a dead one. Throws when the wait is over.
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, 'lock')
  const deadline = performance.now() + lockTimeoutMs
  while (!tryLock(lock)) {
    if (performance.now() > deadline) {
      throw new Error(`${lock} is held by process ${readText(lock) ?? '?'}: wait for it, or end it and start again`)
    }
    await pause(25)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function tryLock(lock: string): boolean {
  try {
    writeFileSync(lock, describeProcess(process.pid) ?? '', { flag: 'wx' })
    return true
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  if (!isAbandoned(lock)) return false
  // Of several waiting processes only one succeeds in moving the dead holder's lock aside; all of them then try again.
  const aside = `${lock}.${randomBytes(4).toString('hex')}`
  try {
    renameSync(lock, aside)
    rmSync(aside, { force: true })
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  return false
}

function isAbandoned(lock: string): boolean {
  const holder = readText(lock)
  if (holder === undefined) return false
  if (holder !== '') return !isLiving(holder)
  // Created but not yet written: either this very moment, or its maker was killed in between.
  const made = statSync(lock, { throwIfNoEntry: false })
  return made !== undefined && Date.now() - made.mtimeMs > unwrittenMarkTimeoutMs
}

function livingMarks(marks: string): number {
  let count = 0
  for (const name of readdirSync(marks)) {
    const holder = readText(join(marks, name))
    if (holder === undefined) continue
    if (isLiving(holder)) count += 1
    else rmSync(join(marks, name), { force: true })
  }
  return count
}

/** A mark is `<pid> <moment of its start>`; the second half tells a process from a later one with the same id. */
function isLiving(mark: string): boolean {
  return mark !== '' && describeProcess(Number(mark.split(' ', 1)[0])) === mark
}

function describeProcess(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  if (process.platform === 'linux') {
    // proc(5): the name in brackets may hold spaces; the start is field 22, so the 20th one after the last bracket.
    const fields = readText(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ')
    return fields?.[19] && fields[0] !== 'Z' ? `${pid} ${fields[19]}` : undefined
  }
  const started = spawnSync('ps', ['-p', String(pid), '-o', 'lstart='], { encoding: 'utf8' }).stdout?.trim()
  return started ? `${pid} ${started}` : undefined
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether `error` is a system error with this code, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
