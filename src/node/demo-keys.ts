// The demo's own secrets. One master key is generated and kept in the data directory; all that the demo hands out (client secrets, provider
// credentials, ids) is derived from it, so that a second start finds the same ones although the database keeps only hashes of them.
import { createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createIdSource } from '../lib/id.ts'
import type { SealingKey } from '../lib/sealed-box.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** The name says that production must refuse it, see config.ts. */
const demoKeyId = 'demo'

/** The key in `<dataDir>/master-key`, made on the first start. Throws when the file is there but is no key: a new one would open nothing. */
export async function keepDemoMasterKey(dataDir: string): Promise<SealingKey> {
  const path = join(dataDir, 'master-key')
  const stored = await readPrivateFile(path)
  if (stored === null) {
    const key = randomBytes(32)
    await writePrivateFile(path, `${key.toString('base64')}\n`)
    return { id: demoKeyId, key }
  }
  const key = Buffer.from(stored.trim(), 'base64')
  if (key.length !== 32)
    throw new Error(`${path} is not a key of 32 bytes in base64: restore it, or remove ${dataDir} to begin anew`)
  return { id: demoKeyId, key }
}

/** Secrets and ids by name: the same ones for the same master key. */
export type DemoSecrets = {
  /** `bytes` (1 to 64) unguessable bytes in base64url. */
  secret: (name: string, bytes: number) => string
  /** An id of the usual shape. */
  id: (prefix: string, name: string) => string
}

/** Derives from a master key by HMAC-SHA512, so that no derived value tells another or the key itself. */
export function createDemoSecrets(masterKey: SealingKey): DemoSecrets {
  const bytesOf = (name: string) => createHmac('sha512', masterKey.key).update(`lephi demo\n${name}`).digest()
  return {
    secret: (name, bytes) => bytesOf(`secret\n${name}`).subarray(0, bytes).toString('base64url'),
    id: (prefix, name) => {
      const seed = bytesOf(`id\n${prefix}\n${name}`)
      let at = 0
      const random = (count: number) => {
        at += count
        return seed.subarray(at - count, at)
      }
      return createIdSource({ now: () => seededAt, random })(prefix)
    },
  }
}

/** Ids sort by time; those of the seed come before all that is made later. */
const seededAt = new Date('2026-01-01T00:00:00Z')
