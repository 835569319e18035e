// Viettel Money's side: the payment page and what it refuses, the check of the order, the result, the inquiry and the refund.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openTown } from './merchant.ts'

const account = {
  merchant_code: 'LABMC',
  access_code: 'lab-access-code-01',
  hash_key: 'lab-hash-key-01',
  callback_url: 'https://merchant.example.vn/callbacks/viettelmoney/mac_1',
}
type Values = Record<string, string>
const sum = (names: string, values: Values, key = account.hash_key): string =>
  createHmac('sha1', key)
    .update(
      account.access_code +
        names
          .split(' ')
          .map((name) => values[name] ?? '')
          .join(''),
      'utf8',
    )
    .digest('base64')
const names = {
  payment: 'billcode command merchant_code order_id trans_amount version',
  verify: 'billcode merchant_code order_id trans_amount',
  verifyReply: 'billcode error_code merchant_code order_id trans_amount',
  result: 'billcode cust_msisdn error_code merchant_code order_id payment_status trans_amount vt_transaction_id',
  inquiry: 'cmd merchant_code order_id version',
  inquiryAnswer: 'merchant_code order_id payment_status version',
  refund: 'cmd merchant_code order_id originalRequestId refundType trans_amount version',
  refundAnswer: 'error_code merchant_code order_id version',
}

const payUrl = (change: Values = {}, key?: string): string => {
  const values: Values = {
    ...{ billcode: 'H5614250102000101', command: 'PAYMENT', merchant_code: 'LABMC', order_id: 'HS1' },
    ...{ trans_amount: '150000', version: '2.0', ...change },
  }
  const more = { return_url: 'https://merchant.example.vn/returns/viettelmoney/mac_1', desc: 'Lệ phí', ...change }
  const check_sum = sum(names.payment, values, key)
  return `/simulators/viettelmoney/PaymentGateway/payment?${new URLSearchParams({ ...values, ...more, check_sum })}`
}

/** A partner that lets every order of 150,000 đồng be paid; `reply` changes its answer after it was signed, `verifies` before. */
const town = (partner: { amount?: string; verifies?: Values; reply?: Values; key?: string } = {}) => {
  const opened = openTown({ accounts: { viettelmoney: [account] } })
  const checks: Values[] = []
  const results: Values[] = []
  opened.answer = ({ body }) => {
    const sent: Values = Object.fromEntries(new URLSearchParams(body))
    if (sent.payment_status !== undefined) {
      results.push(sent)
      return Response.json({ error_code: '00' })
    }
    checks.push(sent)
    const { billcode = '', merchant_code = '', order_id = '' } = sent
    const order = { billcode, merchant_code, order_id, trans_amount: partner.amount ?? '150000' }
    const isTrue = sent.check_sum?.replaceAll(' ', '+') === sum(names.verify, order)
    const values = { ...order, error_code: isTrue ? '00' : '02', ...partner.verifies }
    return Response.json({ ...values, check_sum: sum(names.verifyReply, values, partner.key), ...partner.reply })
  }
  const press = (url: string, result: string) =>
    opened.app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })
  const call = async (kind: 'inquiry' | 'refund', change: Values = {}, key?: string) => {
    const cmd = kind === 'inquiry' ? 'TRANS_INQUIRY' : 'REFUND_PAYMENT'
    const values: Values = { cmd, merchant_code: 'LABMC', order_id: 'HS1', version: '2.0', ...change }
    const body = new URLSearchParams({ ...values, check_sum: sum(names[kind], values, key) }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const path = '/simulators/viettelmoney/PaymentAPI/webresources/postData'
    const response = await opened.app.request(path, { method: 'POST', headers, body })
    const answer: Values = response.status === 200 ? await response.json() : {}
    return { http: response.status, answer }
  }
  return Object.assign(opened, { checks, results, press, call })
}

describe('the payment page', () => {
  it('shows amount and reference in Vietnamese and says that it is simulated', async () => {
    const response = await town().app.request(payUrl())
    const html = await response.text()
    expect(response.status).toBe(200)
    for (const words of ['<!doctype html>', 'lang="vi"', 'Trang mô phỏng', 'Viettel Money', '150.000', 'HS1', 'Lệ phí'])
      expect(html).toContain(words)
    expect(html).not.toContain('<script')
  })

  it.each([
    ['another key', payUrl({}, 'another-hash-key')],
    ['an unknown merchant', payUrl({ merchant_code: 'NOBODY' })],
    ['another command', payUrl({ command: 'PAY' })],
    ['another version', payUrl({ version: '1.0' })],
    ['an order_id of 21 characters', payUrl({ order_id: 'x'.repeat(21) })],
    ['an order_id with a dash', payUrl({ order_id: 'HS-1' })],
    ['a billcode with diacritics', payUrl({ billcode: 'Hồ' })],
    ['an amount with a leading zero', payUrl({ trans_amount: '0150000' })],
    ['no amount', payUrl({ trans_amount: '' })],
    ['no return address', payUrl({ return_url: '' })],
    ['a parameter twice', `${payUrl()}&trans_amount=1`],
  ])('refuses %s, and asks the partner nothing', async (_what, url) => {
    const one = town()
    const response = await one.app.request(url)
    expect([response.status, one.checks.length]).toEqual([400, 0])
    expect(await response.text()).toContain('Mã lỗi')
  })

  it('knows an order_id once: the same request again is the same payment, another one is refused', async () => {
    const one = town()
    expect((await one.app.request(payUrl())).status).toBe(200)
    expect((await one.app.request(payUrl())).status).toBe(200)
    expect((await one.app.request(payUrl({ billcode: 'OTHER' }))).status).toBe(400)
    expect(one.sim.ledger('viettelmoney')).toHaveLength(1)
  })
})

describe('the check of the order', () => {
  it('signs the amount and does not send it', async () => {
    const one = town()
    await one.app.request(payUrl())
    expect(one.checks).toHaveLength(1)
    expect(Object.keys(one.checks[0] ?? {}).toSorted()).toEqual(['billcode', 'check_sum', 'merchant_code', 'order_id'])
  })

  it.each([
    ['does not know the order', { verifies: { error_code: '01' } }],
    ['has another amount', { amount: '140000' }],
    ['confirms another amount', { verifies: { trans_amount: '140000' } }],
    ['confirms another order', { verifies: { order_id: 'HS2' } }],
    ['signs with another key', { key: 'another-hash-key' }],
    ['changes its word after signing', { verifies: { error_code: '01' }, reply: { error_code: '00' } }],
    ['does not sign', { reply: { check_sum: '' } }],
  ])('lets nobody pay where the partner %s', async (_what, partner) => {
    const one = town(partner)
    expect((await one.app.request(payUrl())).status).toBe(400)
    expect((await one.press(payUrl(), 'success')).status).toBe(400)
    expect([one.sim.ledger('viettelmoney'), one.results]).toEqual([[], []])
  })

  it.each([new Response('x', { status: 500 }), new Response('<html>'), Response.json([])])(
    'lets nobody pay where the partner does not answer',
    async (answer) => {
      const one = town()
      one.answer = () => answer.clone()
      expect((await one.app.request(payUrl())).status).toBe(400)
    },
  )
})

describe('the result', () => {
  it.each([
    ['success', '00', '1'],
    ['cancelled', '24', '2'],
    ['insufficient', '99', '2'],
    ['suspicious', '00', '3'],
  ])('tells %s as %s and %s, once, and the browser the same', async (result, error_code, payment_status) => {
    const one = town()
    const response = await one.press(payUrl(), result)
    const back = Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams)
    expect([response.status, one.results.length]).toEqual([303, 1])
    for (const told of [back, one.results[0] ?? {}]) {
      expect(told).toMatchObject({ error_code, payment_status, order_id: 'HS1', trans_amount: '150000' })
      expect(told.check_sum?.replaceAll(' ', '+')).toBe(sum(names.result, told))
    }
    one.pass(3_600)
    await one.sim.tick()
    expect(one.results).toHaveLength(1)
  })

  it('can be forged: everything is right but the key', async () => {
    const one = town()
    await one.fault('viettelmoney', { fault: 'callback_forged' })
    await one.press(payUrl(), 'success')
    const truth = one.results.map((told) => told.check_sum?.replaceAll(' ', '+') === sum(names.result, told))
    expect(truth).toEqual([false, true])
  })
})

describe('the server address', () => {
  it('tells nothing yet, waiting and paid, signed without amount and number', async () => {
    const one = town()
    const status = async () => {
      const { answer } = await one.call('inquiry')
      expect(answer.check_sum).toBe(sum(names.inquiryAnswer, answer))
      return answer.payment_status
    }
    expect(await status(), 'never heard of').toBe('-1')
    await one.app.request(payUrl())
    expect(await status(), 'shown').toBe('-1')
    await one.complete('viettelmoney', 'HS1', { result: 'pending' })
    expect(await status()).toBe('0')
    await one.complete('viettelmoney', 'HS1')
    expect(await status()).toBe('1')
  })

  it('returns the whole of a payment, once, and no part of it', async () => {
    const one = town()
    await one.press(payUrl(), 'success')
    const originalRequestId = one.results[0]?.vt_transaction_id ?? ''
    const whole = { originalRequestId, refundType: '0', trans_amount: '150000' }
    const code = async (change: Values) => {
      const { answer } = await one.call('refund', { ...whole, ...change })
      expect(answer.check_sum).toBe(sum(names.refundAnswer, answer))
      return answer.error_code
    }
    expect(await code({ refundType: '1', trans_amount: '50000' })).toBe('01')
    expect(await code({ trans_amount: '50000' })).toBe('01')
    expect(await code({ originalRequestId: '1' })).toBe('01')
    expect(await code({ order_id: 'HS2' })).toBe('01')
    expect(await code({})).toBe('00')
    expect(await code({})).toBe('01')
  })

  it('tells nothing that is signed to one with another key, another version or another command', async () => {
    const one = town()
    await one.press(payUrl(), 'success')
    for (const { answer } of [
      await one.call('inquiry', {}, 'another-hash-key'),
      await one.call('inquiry', { version: '1.0' }),
      await one.call('inquiry', { cmd: 'INQUIRY' }),
      await one.call('inquiry', { merchant_code: 'NOBODY' }),
    ])
      expect(answer).not.toHaveProperty('check_sum')
  })

  it('fails and falls silent when that is ordered', async () => {
    const one = town()
    await one.fault('viettelmoney', { fault: 'http_500', operation: 'query' })
    await one.fault('viettelmoney', { fault: 'timeout_before', operation: 'query', delay_seconds: 0 })
    const answers = [await one.call('inquiry'), await one.call('inquiry'), await one.call('inquiry')]
    expect(answers.map(({ http }) => http)).toEqual([500, 504, 200])
  })
})
