// demo.json: what a person or a program needs to use the demo, readable by its owner only. Its shape is part of the gateway's contract.
import { join } from 'node:path'
import { z } from 'zod'
import { roles } from '../domain/staff.ts'
import { demoClients } from './demo-province.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

const client = z.strictObject({ client_id: z.string(), client_secret: z.string() })

const demoFile = z.strictObject({
  base_url: z.string(),
  clients: z.record(z.enum(demoClients), client),
  agency_code: z.string(),
  /** Credentials under the provider's own names. */
  merchant_accounts: z.record(
    z.string(),
    z.strictObject({ id: z.string(), credentials: z.record(z.string(), z.unknown()) }),
  ),
  /** Who can sign in to the console: nobody needs a password. */
  console_users: z
    .array(z.strictObject({ subject: z.string(), name: z.string(), role: z.enum(roles), agency_code: z.string() }))
    .optional(),
})

export type DemoFile = z.output<typeof demoFile>

export const demoFilePath = (dataDir: string): string => join(dataDir, 'demo.json')

export async function writeDemoFile(dataDir: string, demo: DemoFile): Promise<void> {
  await writePrivateFile(demoFilePath(dataDir), `${JSON.stringify(demo, null, 2)}\n`)
}

/** Null when there is none. Throws when it is not a demo.json. */
export async function readDemoFile(dataDir: string): Promise<DemoFile | null> {
  const text = await readPrivateFile(demoFilePath(dataDir))
  return text === null ? null : demoFile.parse(JSON.parse(text))
}
