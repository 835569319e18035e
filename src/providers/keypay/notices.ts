/** KeyPay's callback: a JSON body that proves which payment it is about, and not what became of it. */
import { jsonObject } from '../call.ts'
import { type CallbackReading, type FindPayment, type IncomingRequest, ProviderError } from '../contract.ts'
import { wireText } from '../json-fields.ts'
import { readText } from '../signed-text.ts'
import type { Account } from './account.ts'
import { isReference, signedPayment } from './messages.ts'
import { isSigned } from './signature.ts'

const bytesMax = 64 * 1024

/**
 * A genuine callback is a reason to ask: its `status` is outside the check sum, so an old one could be sent again with another. The check sum is computed over
 * the amount and surcharge that we stored, so amounts in the body have no say, and a reference that we do not know cannot be proven: `forged`.
 */
export const readNotice = async (
  request: IncomingRequest,
  { account, findPayment }: { account: Account; findPayment: FindPayment },
): Promise<CallbackReading> => {
  const { reference, clientId, received } = readFields(request)
  if (!isReference(reference)) throw new ProviderError('malformed', 'transaction_id is absent or has another shape')
  const payment = await findPayment(reference)
  if (!payment) throw new ProviderError('forged', 'no payment is stored whose amount could prove the callback')
  const signed = { ...signedPayment(payment, { account, command: account.callback_command }), client_id: clientId }
  if (!isSigned('payment', signed, { received, key: account.client_key_2 })) {
    throw new ProviderError('forged', 'the check sum does not hold')
  }
  if (clientId !== account.client_id) throw new ProviderError('rejected', 'the client_id is another one')
  return { merchantReference: reference, outcomes: [], ask: true }
}

/** The reference that an unproven callback names; null where it names none. */
export const claimedTransaction = (request: IncomingRequest): string | null => {
  try {
    const { reference } = readFields(request)
    return isReference(reference) ? reference : null
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

const readFields = ({ method, body }: Pick<IncomingRequest, 'method' | 'body'>) => {
  if (method !== 'POST') throw new ProviderError('malformed', 'KeyPay calls by POST')
  const members = jsonObject(readText(body, { bytesMax }))
  if (!members) throw new ProviderError('malformed', 'the body is not a JSON object')
  const [reference, clientId] = [wireText(members.transaction_id), wireText(members.client_id)]
  const received = wireText(members.check_sum)
  if (reference === null || clientId === null || received === null) {
    throw new ProviderError('malformed', 'a member is neither text nor a number')
  }
  return { reference, clientId, received }
}
