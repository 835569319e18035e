/** An adapter of the piped SHA-256 family and its simulated gateway, from INIT to the query; the same for each protocol of the family. */
import { describe, expect, test } from 'vitest'
import { paymentOf, type Subject } from './conformance/subject.ts'
import { openSimulated } from './simulated.ts'

const urlOf = (started: { action: { type: string; url?: string } }) => started.action.url ?? ''

export const pipedSimulatorCases = (subject: Subject): void => {
  test('a payment is started, captured by its notice and by the query, and named by the return', async () => {
    const town = openSimulated(subject)
    const { payment, started } = await town.start()
    expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'pending', code: '3' }])
    expect(await (await town.open(urlOf(started))).text()).toContain('150.000')
    town.clock.at += 129_000
    const back = new URL((await town.press(urlOf(started), 'success')).headers.get('location') ?? '')
    const { merchantReference } = payment
    const captured = { status: 'captured', amount: 150_000n, merchantReference }
    const occurredAt = new Date('2026-11-22T10:02:09+07:00')
    expect(town.heard).toMatchObject([{ reading: { merchantReference, outcomes: [{ ...captured, occurredAt }] } }])
    expect(await town.client.queryPayment?.(payment)).toMatchObject({ known: true, outcomes: [captured] })
    const returned = { method: 'GET', search: back.search.slice(1), headers: new Headers(), body: new Uint8Array() }
    expect(await town.client.readReturn?.(returned)).toBe(merchantReference)
  })

  test.each([
    ['insufficient', 'failed'],
    ['cancelled', 'failed'],
    ['wrong_otp', 'failed'],
    ['suspicious', 'pending'],
  ])('a payment that ends as %s makes us ask, and the query tells', async (result, status) => {
    const town = openSimulated(subject)
    const { payment, started } = await town.start()
    await town.press(urlOf(started), result)
    expect(town.heard).toMatchObject([{ reading: { outcomes: [], ask: true } }])
    expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status }])
  })

  test('nobody pays: the page closes, and the query tells that it failed', async () => {
    const town = openSimulated(subject)
    const { payment, started } = await town.start()
    town.clock.at += 16 * 60_000
    expect((await town.open(urlOf(started))).status).toBe(400)
    expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'failed' }])
  })

  describe('survives', () => {
    test('another amount than was asked for: the notice proves it, the unsigned query settles nothing', async () => {
      const town = openSimulated(subject)
      const { payment, started } = await town.start()
      await town.fault('wrong_amount', { amount: 140_000 })
      await town.press(urlOf(started), 'success')
      expect(town.heard).toMatchObject([{ reading: { outcomes: [{ status: 'captured', amount: 140_000n }] } }])
      expect(await town.word(town.client.queryPayment?.(payment))).toBe('malformed')
    })

    test('forged and damaged notices', async () => {
      const town = openSimulated(subject)
      const { started } = await town.start()
      await town.fault('callback_forged')
      await town.fault('callback_corrupted')
      await town.press(urlOf(started), 'success')
      expect(town.heard.map(({ kind }) => kind)).toEqual(['forged', expect.stringMatching(/^(forged|malformed)$/)])
    })

    test('a failure before the success, and one after it: neither decides anything', async () => {
      for (const fault of ['callback_failed_then_captured', 'captured_then_failed']) {
        const town = openSimulated(subject)
        const { payment, started } = await town.start()
        await town.fault(fault)
        await town.press(urlOf(started), 'success')
        expect(town.heard.flatMap(({ reading }) => reading?.outcomes ?? [])).toMatchObject([{ status: 'captured' }])
        expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'captured' }])
      }
    })

    test('silence at INIT, before and after the payment is there; the query repeats the time that INIT would have had', async () => {
      for (const fault of ['timeout_before', 'timeout_after']) {
        const town = openSimulated(subject)
        await town.fault(fault, { operation: 'create', delay_seconds: 0 })
        expect(await town.word(town.start()), fault).toBe('unknown')

        const asked = town.client.queryPayment?.({ ...paymentOf(subject), memo: {} })
        if (fault === 'timeout_before') expect(await town.word(asked), fault).toBe('unknown')
        else expect((await asked)?.outcomes).toMatchObject([{ status: 'pending' }])
      }
    })

    test('outages of the query, cached or not', async () => {
      const town = openSimulated(subject)
      const { payment } = await town.start()
      for (const fault of ['http_500', 'cached_500']) {
        await town.fault(fault, { operation: 'query' })
        expect(await town.word(town.client.queryPayment?.(payment)), fault).toBe('unknown')
      }
      expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'pending' }])
    })
  })

  test('a payment that the gateway never saw is not denied, only unanswered', async () => {
    const town = openSimulated(subject)
    const { payment } = await town.start()
    const other = { ...payment, merchantReference: 'LPNEVERSEEN' }
    expect(await town.word(town.client.queryPayment?.(other))).toBe('unknown')
  })

  test('a second payment under one reference is refused, and so are other credentials', async () => {
    const town = openSimulated(subject)
    await town.start()
    expect(await town.word(town.start())).toBe('rejected')
    const stranger = openSimulated(subject, { secret_key: 'another-secret-of-nobody' })
    expect(await stranger.word(stranger.start())).toBe('rejected')
  })
}
