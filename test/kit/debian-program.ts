// Where a program of the system's packages is.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian puts those of servers where an ordinary user's PATH does not lead. */
export const findDebianProgram = (name: string): string | null =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? null
