/** The adapter meets the simulator: two readings of one protocol that share no code, from INIT to the query. */
import { expect, test } from 'vitest'
import { vnptpay } from '../../src/providers/vnptpay/index.ts'
import type { Subject } from './conformance/subject.ts'
import { pipedSimulatorCases } from './piped-simulator.cases.ts'
import { openSimulated } from './simulated.ts'
import { kit } from './vnptpay.kit.ts'

const subject: Subject = { name: 'vnptpay', provider: vnptpay, kit }

pipedSimulatorCases(subject)

test('an answer to an IPN is what VNPT takes for an answer: 00, merchant, order, time and signature', async () => {
  const town = openSimulated(subject)
  const { payment, started } = await town.start()
  await town.press(started.action.type === 'redirect' ? started.action.url : '', 'success')
  expect(JSON.parse(town.answers[0] ?? '')).toEqual({
    ...{ RESPONSE_CODE: '00', DESCRIPTION: 'Success', MERCHANT_ORDER_ID: payment.merchantReference },
    MERCHANT_SERVICE_ID: expect.stringMatching(/^\d{6}$/),
    CREATE_DATE: expect.stringMatching(/^\d{14}$/),
    SECURE_CODE: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})
