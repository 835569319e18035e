// What the portal sends for a payment that is followed, and what one trace of it is: the same wherever the gateway runs.
import { expect } from 'vitest'
import type { CollectedSpan } from './collector.ts'

export const portalsTrace = '4bf92f3577b34da6a3ce929d0e0e4736'
export const portalsSpan = '00f067aa0ba902b7'
export const payer = {
  name: 'Nguyễn Thị Lan',
  identity_number: '038190001234',
  phone: '0912345678',
  email: 'lan@example.vn',
}

export const tracedOrder = {
  dossier_code: 'H56.12.03-261122-0007',
  agency_code: 'H56.12.03',
  payer,
  lines: [{ kind: 'le_phi', description: 'Lệ phí hộ tịch', unit_amount: 150_000, quantity: 1 }],
  return_url: 'https://portal.example.vn/7',
}

/** Of an order that the portal placed under its own trace. */
export const expectOneTrace = (spans: readonly CollectedSpan[], order: string): void => {
  const own = spans.filter(({ traceId }) => traceId === portalsTrace)
  const [placed] = own.filter(({ name }) => name === 'POST /v1/orders')
  expect([placed?.parentSpanId, placed?.kind]).toEqual([portalsSpan, 2])
  const names = own.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['payment start', 'provider start', 'outcome by callback', 'webhook delivery']),
  )
  // Each of them is of that order, and hangs below the call that placed it.
  const by = new Map(own.map((span) => [span.spanId, span]))
  for (const span of own) {
    let top = span
    for (let above = by.get(top.parentSpanId ?? ''); above; above = by.get(top.parentSpanId ?? '')) top = above
    expect(top.spanId).toBe(placed?.spanId)
  }
  const outcome = own.find(({ name }) => name === 'outcome by callback')
  expect(outcome?.attributes).toContainEqual({ key: 'lephi.order', value: { stringValue: order } })
  // The callback has a trace of its own, which is neither the stranger's nor lost.
  const callback = spans.find(({ name }) => name === 'POST /callbacks/{provider}/{merchant_account}')
  expect(outcome?.links).toEqual([expect.objectContaining({ traceId: callback?.traceId, spanId: callback?.spanId })])
  expect([portalsTrace, 'e'.repeat(32)]).not.toContain(callback?.traceId)
}
