// A provider asks whether the end that it told of a payment is stored here.
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { expectAtRest, type Inbox, openInbox } from '../kit/inbox.ts'

let inbox: Inbox
let attempt: Attempt
beforeEach(async () => {
  inbox = await openInbox()
  attempt = await inbox.attempt(await inbox.place())
})
afterEach(() => inbox.close())

const question = (merchantReference = attempt.merchantReference) =>
  inbox.hear({ merchantReference, question: 'settled' })

it('is answered by what was told, and not by what time did', async () => {
  expect(await question(), 'nothing was told').toBe('accepted')
  await inbox.sql`update attempts set fenced_at = now(), status = 'expired' where id = ${attempt.id}`
  expect(await question(), 'it expired by itself').toBe('accepted')
  await inbox.tell(inbox.captured(attempt.merchantReference))
  expect(await question()).toBe('already_confirmed')
  expect(await question('NOSUCHREFERENCE01')).toBe('unknown_order')
  expect(inbox.script.asked, 'and nobody is asked').toEqual([])
  await expectAtRest(inbox)
})

it('a failure that was told is an end too', async () => {
  await inbox.tell(inbox.quiet(attempt.merchantReference, 'failed', 'payment'))
  expect(await question()).toBe('already_confirmed')
})
