// What only the deployment can hold: on Workers names are resolved by Cloudflare, so that the configuration must keep calls on the public internet.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'

test('the Worker calls the public internet alone, hosts of its own zone included', async () => {
  const text = await readFile(join(packageRoot(), 'wrangler.toml'), 'utf8')
  const [, flags = ''] = /^compatibility_flags = \[(.*)\]$/m.exec(text) ?? []
  expect(flags.split(',').map((flag) => flag.trim())).toContain('"global_fetch_strictly_public"')
  // No binding that leads into a private network.
  expect(text).not.toMatch(/^\[\[(vpc_services|vpc_networks|mtls_certificates|services)\]\]/m)
})
