/** The receipts of an order as one PDF, as the API gives it. */
import { defineScreen, everybody } from '../screen.ts'

export const orderReceiptFile = defineScreen({
  path: '/orders/:id/receipt',
  roles: everybody,
  view: ({ api, params }) =>
    api.raw(`/v1/orders/${encodeURIComponent(params.id ?? '')}/receipt`, { headers: { accept: 'application/pdf' } }),
})
