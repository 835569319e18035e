import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { useFolder, withFolderLock } from '../../src/node/folder-users.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lephi-users-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const deadPid = () => spawnSync(process.execPath, ['--version']).pid

test('the last use to leave is told so, however often it leaves', () => {
  const one = useFolder(folder)
  const two = useFolder(folder)
  expect(one.leave()).toEqual({ othersRemain: true })
  expect(one.leave()).toEqual({ othersRemain: true })
  expect(two.leave()).toEqual({ othersRemain: false })
})

test('the mark of a killed process does not count and is cleared away', async () => {
  const use = useFolder(folder)
  await writeFile(join(folder, 'users', 'dead'), `${deadPid()} 1`)
  expect(use.leave()).toEqual({ othersRemain: false })
  expect(await readdir(join(folder, 'users'))).toEqual([])
})

test('a living process that got the id of a dead one does not count either', async () => {
  const use = useFolder(folder)
  await writeFile(join(folder, 'users', 'reused'), `${process.pid} 1`)
  expect(use.leave()).toEqual({ othersRemain: false })
})

test('the lock lets one in at a time', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    inside += 1
    most = Math.max(most, inside)
    await readdir(folder)
    inside -= 1
  }
  await Promise.all(Array.from({ length: 5 }, () => withFolderLock(folder, work)))
  expect(most).toBe(1)
  expect(await readdir(folder)).toEqual([])
})

test('the lock is let go when the work fails', async () => {
  const failing = withFolderLock(folder, () => Promise.reject(new Error('no luck')))
  await expect(failing).rejects.toThrow('no luck')
  expect(await withFolderLock(folder, async () => 'in')).toBe('in')
})

test('the lock of a killed process is taken over', async () => {
  await writeFile(join(folder, 'lock'), `${deadPid()} 1`)
  const holder = await withFolderLock(folder, () => readFile(join(folder, 'lock'), 'utf8'))
  expect(holder).toMatch(new RegExp(`^${process.pid} `))
})
