// What only the deployment can hold: on Workers names are resolved by Cloudflare, so that the configuration must keep calls on the public internet.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'

test.for(['wrangler.toml', 'wrangler.office.toml'])(
  '%s: calls go to the public internet alone, hosts of its own zone included',
  async (file) => {
    const text = await readFile(join(packageRoot(), file), 'utf8')
    const [, flags = ''] = /^compatibility_flags = \[(.*)\]$/m.exec(text) ?? []
    expect(flags.split(',').map((flag) => flag.trim())).toContain('"global_fetch_strictly_public"')
    // No binding that leads into a private network.
    expect(text).not.toMatch(/^\[\[(vpc_services|vpc_networks|mtls_certificates)\]\]/m)
    // The one that leads to the office is no way for a call of a caller's choice.
    const services = [...text.matchAll(/^service = "(.*)"$/gm)].map(([, name]) => name)
    expect(services).toEqual(file === 'wrangler.toml' ? ['lephi-office'] : [])
  },
)
