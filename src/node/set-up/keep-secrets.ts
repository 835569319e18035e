// Secrets of new programs, in a file that only its owner reads: each is written before the next one is made, for it is told once.
import { rm } from 'node:fs/promises'
import { z } from 'zod'
import type { NewSecret } from '../../flows/set-up/enter-clients.ts'
import { readPrivateFile, writePrivateFile } from '../private-file.ts'

const file = z.array(
  z.strictObject({ name: z.string(), agency_code: z.string(), client_id: z.string(), client_secret: z.string() }),
)

/** Writes the file as it is at once, so that one that cannot be written is found out before there is a secret. Throws an Error that names the file. */
export const openSecrets = async (path: string): Promise<(secret: NewSecret) => Promise<void>> => {
  const text = await readPrivateFile(path)
  const parsed = file.safeParse(text === null ? [] : parse(text))
  if (!parsed.success) throw new Error(`${path} is none of ours: move it away, or name another with --secrets`)
  const secrets: NewSecret[] = [...parsed.data]
  const write = () => writePrivateFile(path, `${JSON.stringify(secrets, null, 2)}\n`)
  await write()
  // Where no program is new there is nothing to keep.
  if (text === null) await rm(path)
  return async (secret) => {
    secrets.push(secret)
    await write()
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
