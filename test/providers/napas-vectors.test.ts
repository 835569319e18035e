/** NAPAS's 9 vectors, each through the notification and through the browser's return. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ProviderError } from '../../src/providers/contract.ts'
import { napas } from '../../src/providers/napas/index.ts'
import { checkSum } from '../../src/providers/napas/result.ts'
import { portsOf } from './conformance/subject.ts'
import { kit } from './napas.kit.ts'

const vector = z.object({
  name: z.string(),
  kind: z.literal('RESULT'),
  secrets: z.object({ clientSecret: z.string() }),
  params: z.object({ data: z.string() }),
  ...{ signingString: z.string(), signature: z.string(), valid: z.boolean(), accept: z.boolean().optional() },
})
const file: unknown = JSON.parse(readFileSync(new URL('../vectors/napas.json', import.meta.url), 'utf8'))
const { vectors } = z.object({ vectors: z.array(vector) }).parse(file)

/** What the rows that are genuine and no success must become. */
const otherwise: Readonly<Record<string, object>> = {
  'result failed': { status: 'pending', code: 'PAY FAILURE' },
  'result is a refund': { status: 'reversed', amount: 150_000n, code: 'REFUND_DOMESTIC SUCCESS' },
}

test('are all there', () => {
  expect(vectors).toHaveLength(9)
  expect(vectors.filter(({ valid }) => valid)).toHaveLength(5)
  expect(vectors.filter(({ accept }) => accept === false).map(({ name }) => name)).toEqual(Object.keys(otherwise))
})

test.each(vectors)('$name', async ({ name, params, secrets, signature, signingString, valid }) => {
  expect(params.data + secrets.clientSecret).toBe(signingString)
  expect(checkSum(params.data, secrets.clientSecret) === signature.toLowerCase()).toBe(valid)
  const client = napas.connect({ ...kit.account, client_secret: secrets.clientSecret }, portsOf())
  const sealed = JSON.stringify({ data: params.data, checksum: signature })
  const arrived = (body: string) => ({
    ...{ method: 'POST', search: '', headers: new Headers() },
    body: new TextEncoder().encode(body),
  })
  const result = await client
    .readCallback(arrived(sealed))
    .catch((error: unknown) => (error instanceof ProviderError ? error.kind : error))
  const returned = await client.readReturn?.(arrived(String(new URLSearchParams({ napasResult: sealed }))))
  if (!valid) return expect([result, returned]).toEqual(['forged', null])
  const captured = { status: 'captured', amount: 150_000n, code: 'PAY SUCCESS' }
  expect(result).toMatchObject({ outcomes: [otherwise[name] ?? captured] })
  expect(returned).toMatch(/^LAB000[12]$/)
})
