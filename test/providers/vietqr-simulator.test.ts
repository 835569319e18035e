/** The adapter meets the payer's bank app and both notification services: two readings of the same pages that share no code. */
import { expect, test } from 'vitest'
import type { Started } from '../../src/providers/contract.ts'
import { vietqr } from '../../src/providers/vietqr/index.ts'
import type { Subject } from './conformance/subject.ts'
import { openSimulated } from './simulated.ts'
import { kit, referenceOf } from './vietqr.kit.ts'

const subject: Subject = { name: 'vietqr', provider: vietqr, kit }
const codeOf = ({ action }: Started): string => (action.type === 'qr' ? action.payload : '')

const open = () => {
  const town = openSimulated(subject)
  let payments = 0
  return {
    ...town,
    start: async () => {
      payments += 1
      const { started, payment } = await town.start({ merchantReference: referenceOf(payments) })
      return { payment, code: codeOf(started) }
    },
    pay: async (reference: string, code: string, more: object = {}) =>
      (await town.post(`payments/${reference}/complete`, { result: 'success', pay_url: code, ...more })).json(),
    transfer: async (payload: string, more: object = {}) => (await town.post('transfers', { payload, ...more })).json(),
  }
}

test('a scanned code is paid, and either service tells of the exact money', async () => {
  const { start, pay, heard, clock } = open()
  const services = new Set<string>()
  for (let n = 0; n < 8; n++) {
    const { payment, code } = await start()
    const told = await pay(payment.merchantReference, code)
    const { request, reading } = heard[n] ?? {}
    expect(reading).toMatchObject({
      merchantReference: payment.merchantReference,
      outcomes: [
        {
          status: 'captured',
          amount: 150_000n,
          providerReference: told.provider_reference,
          occurredAt: new Date(clock.at),
        },
      ],
      credit: { amount: 150_000n, reference: told.provider_reference },
    })
    services.add(request?.headers.has('x-casso-signature') ? 'casso' : 'sepay')
    clock.at += 61_000
  }
  expect([...services].toSorted()).toEqual(['casso', 'sepay'])
})

test('another amount and other words are told as they are', async () => {
  const { start, transfer, heard } = open()
  const { payment, code } = await start()
  for (const service of ['sepay', 'casso']) {
    await transfer(code, { service, amount: 149_999 })
    await transfer(code, { service, text: 'nop le phi cho me' })
    await transfer(code, { service, text: `nop   ${payment.merchantReference.toLowerCase().split('').join(' ')}` })
  }
  const readings = heard.map(({ reading }) => reading)
  const { merchantReference } = payment
  const named = [merchantReference, null, merchantReference]
  expect(readings.map((reading) => reading?.merchantReference)).toEqual([...named, ...named])
  expect(readings[0]?.outcomes).toMatchObject([{ status: 'captured', amount: 149_999n }])
  expect(readings[1]).toMatchObject({ outcomes: [], credit: { amount: 150_000n } })
})

test('a code that is paid twice is two movements under one reference', async () => {
  const { start, transfer, heard } = open()
  const { payment, code } = await start()
  const [first, second] = [await transfer(code), await transfer(code)]
  expect(first.provider_reference).not.toBe(second.provider_reference)
  for (const { reading } of heard) expect(reading?.merchantReference).toBe(payment.merchantReference)
  expect(heard.map(({ reading }) => reading?.credit?.reference)).toEqual([
    first.provider_reference,
    second.provider_reference,
  ])
})

test('a forged notification is not believed, the genuine one after it is', async () => {
  const { start, pay, fault, heard } = open()
  for (let n = 0; n < 2; n++) {
    const { payment, code } = await start()
    await fault('callback_forged', { merchant_reference: payment.merchantReference })
    await fault('callback_corrupted', { merchant_reference: payment.merchantReference })
    await pay(payment.merchantReference, code)
  }
  expect(heard.map(({ kind }) => kind)).toEqual(['forged', 'forged', 'forged', 'forged'])
})

test('is called again 1, 1, 2, 3, 5, 8 and 13 minutes apart, signed anew, until it answers well', async () => {
  const { start, pay, fault, heard, clock, simulators } = open()
  const { payment, code } = await start()
  await fault('callback_corrupted', { merchant_reference: payment.merchantReference, count: 3 })
  await pay(payment.merchantReference, code)
  for (const minutes of [1, 1, 2, 3, 5]) {
    clock.at += minutes * 60_000 - 1_000
    await simulators.tick()
    clock.at += 1_000
    await simulators.tick()
  }
  expect(heard.map(({ kind }) => kind)).toEqual(['forged', 'forged', 'forged', null])
  const [first, last] = [heard.at(0)?.request.headers, heard.at(-1)?.request.headers]
  expect(first?.get('x-sepay-signature')).not.toBe(last?.get('x-sepay-signature'))
})

test('a notification that comes a day late is signed when it is sent', async () => {
  const { start, pay, fault, heard, clock, simulators } = open()
  const { payment, code } = await start()
  await fault('callback_late', { merchant_reference: payment.merchantReference, delay_seconds: 86_400 })
  await pay(payment.merchantReference, code)
  const paidAt = new Date(clock.at)
  clock.at += 86_400_000
  await simulators.tick()
  expect(heard.map(({ reading }) => reading?.outcomes[0]?.occurredAt)).toEqual([paidAt])
})

test('nobody tells of a transfer that the bank refused, and the code can still be paid', async () => {
  const { start, pay, heard } = open()
  const { payment, code } = await start()
  for (const result of ['insufficient', 'wrong_otp', 'cancelled', 'pending', 'suspicious'])
    await pay(payment.merchantReference, code, { result })
  expect(heard).toEqual([])
  await pay(payment.merchantReference, code)
  expect(heard).toHaveLength(1)
})
