// An open page hears at once that its order has changed; without scripts it reloads itself; nobody holds more streams than there are.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liveScript } from '../../src/pages/live-script.ts'
import { addAttempt } from '../kit/orders.ts'
import { type Stage, startStage } from './kit.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage({ live: { everyMs: 10, looks: 20, streamsMax: 4, perOrderMax: 2 } })
})
afterAll(() => stage.close())

const eventsIn = (html: string): string => /data-live="([^"]*)"/.exec(html)?.[1] ?? ''
const open = async () => {
  const order = await stage.order()
  const attempt = await addAttempt(stage.deps, order.id, stage.accounts.alpha, { provider: 'alpha', status: 'pending' })
  const html = await (await stage.get(order.path)).text()
  return { ...order, attempt, html, events: eventsIn(html) }
}

describe('a page that waits', () => {
  it('reloads itself where no script runs, and hears of news where one does', async () => {
    const { html, path } = await open()
    expect(html).toMatch(/<noscript><meta http-equiv="refresh" content="10;url=\/pay\/[^"]*n=1"\/><\/noscript>/)
    expect(html).toContain(`<script>${liveScript}</script>`)
    expect(html).toMatch(/<div id="live" class="unseen" role="status"><\/div>/)
    const stopped = await (await stage.get(`${path}?auto=off`)).text()
    expect(stopped).not.toMatch(/http-equiv="refresh"|<script|data-live/)
  })

  it('is told once that the order has changed, and nothing of what has', async () => {
    const { events, attempt } = await open()
    const answer = await stage.get(events)
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store, no-transform')
    const heard = answer.text()
    await stage.tell(attempt.merchantReference)
    expect(await heard).toMatch(/^(retry: 2000\n:\n\n)*event: changed\ndata: \d+\n\n$/)
  })

  it('is told at once when the change came while nobody listened', async () => {
    const { events, attempt } = await open()
    await stage.tell(attempt.merchantReference)
    expect(await (await stage.get(events)).text()).toMatch(/^event: changed/)
  })

  it('is left in peace while nothing changes: the stream ends by itself', async () => {
    const { events } = await open()
    expect(await (await stage.get(events)).text()).toBe('retry: 2000\n:\n\n'.repeat(20))
  })

  it('gets no stream beyond the limit, and its place back when it goes', async () => {
    const { events } = await open()
    const streams = [await stage.get(events), await stage.get(events)]
    const refused = await stage.get(events)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '20'])
    for (const { body } of streams) await body?.cancel()
    const again = await stage.get(events)
    expect(again.status).toBe(200)
    await again.body?.cancel()
  })

  it('hears nothing under a token that is none, and nothing needs to be heard of an order that is over', async () => {
    expect((await stage.get('/pay/AAAAAAAAAAAAAAAAAAAAAA/events')).status).toBe(404)
    expect((await stage.get("/pay/'%20or%201=1/events")).status).toBe(404)
    const { path, attempt } = await open()
    await stage.tell(attempt.merchantReference)
    await stage.deps.settled()
    await stage.sql`update orders set status = 'cancelled' where checkout_token = ${path.slice(5)}`
    expect(eventsIn(await (await stage.get(path)).text())).toBe('')
  })
})
