/** Providers calling us in their own words, and citizens' browsers coming back. The URL chooses the merchant account, and so the key. */
import { z } from '@hono/zod-openapi'
import { Refusal } from '../domain/refusal.ts'
import { type IncomingRequest, receiveCallback } from '../flows/receive-callback.ts'
import { receiveReturn } from '../flows/receive-return.ts'
import { type Circumstances, definePublicRoute } from './route.ts'

const bytesMax = 64 * 1024
const params = z.strictObject({ provider: z.string().max(40), merchant_account: z.string().max(60) })
/** A browser is sent on from wherever it comes back to; an address that names nothing leads to a page that says so. */
const returnParams = z.strictObject({ provider: z.string(), merchant_account: z.string() })

const incoming = ({ request, body }: Circumstances): IncomingRequest => ({
  method: request.method,
  // The raw text: signatures are over what was received, and parsing twice would turn %2B into a space.
  search: request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '',
  headers: request.headers,
  body,
})

const callback = (method: 'get' | 'post') =>
  definePublicRoute({
    method,
    path: '/callbacks/{provider}/{merchant_account}',
    operationId: `${method}Callback`,
    summary: 'A provider tells of a payment',
    description: "Answered in the provider's own words. Its bytes are stored before anything is made of them.",
    tag: 'Providers',
    limit: 'none',
    request: { params },
    ...(method === 'post' ? { raw: { contentTypes: ['*/*'], bytesMax, isWhole: true as const } } : {}),
    responses: {
      200: { description: "The provider's own form of answer.", contentTypes: ['*/*'] },
      default: { description: 'The same, where the provider wants another status.', contentTypes: ['*/*'] },
    },
    errors: ['not_found'],
    handle: async ({
      params: { provider, merchant_account },
      ...around
    }: Circumstances & { params: z.output<typeof params> }) => {
      const { deps, requestId } = around
      const request = incoming(around)
      const answer = await receiveCallback(deps, { provider, merchantAccountId: merchant_account, request, requestId })
      if (!answer) throw new Refusal('not_found', 'There is no such provider.')
      return answer
    },
  })

const comeBack = (method: 'get' | 'post') =>
  definePublicRoute({
    method,
    path: '/returns/{provider}/{merchant_account}',
    operationId: `${method}Return`,
    summary: "The citizen's browser comes back",
    description: 'Proves nothing: it makes us ask the provider, and sends the browser to the checkout page.',
    tag: 'Providers',
    limit: 'none',
    request: { params: returnParams },
    ...(method === 'post' ? { raw: { contentTypes: ['*/*'], bytesMax, isWhole: true as const } } : {}),
    responses: { 303: { description: 'To the checkout page.' } },
    handle: async ({
      params: { provider, merchant_account },
      ...around
    }: Circumstances & { params: z.output<typeof returnParams> }) => {
      const { deps } = around
      const request = incoming(around)
      const path = await receiveReturn(deps, { provider, merchantAccountId: merchant_account, request })
      return new Response(null, {
        status: 303,
        headers: { location: `${deps.publicUrl}${path}`, 'cache-control': 'no-store' },
      })
    },
  })

export const callbackRoutes = [callback('get'), callback('post'), comeBack('get'), comeBack('post')]
