// Payments of one agency: placed, paid or not, as the portal, the citizen and the provider make them.
import type { TestApp } from '../kit/app.ts'
import { signedVnpayCallback, type VnpayAccount } from '../kit/vnpay-callback.ts'
import { idOf, type Office, type Read } from './office.ts'

export type Paid = { order: string; attempt: string; reference: string; providerReference: string; dossier: string }

export type Till = {
  place: (more?: object) => Promise<Read>
  attempt: (order: string) => Promise<Read>
  /** The provider tells of money under a reference; answers its own number for it. */
  tell: (reference: string, amount: number) => Promise<string>
  /** An order that is paid, in the amount that is due unless another is told. */
  pay: (more?: { amount?: number; order?: object }) => Promise<Paid>
}

const price = 150_000
let count = 0

export const openTill = (gateway: TestApp, office: Office, account: VnpayAccount): Till => {
  const place: Till['place'] = (more = {}) => {
    count += 1
    return office.ask('/v1/orders', {
      json: {
        dossier_code: `${office.agency}-261122-${String(count).padStart(4, '0')}`,
        agency_code: office.agency,
        procedure_name: `Thủ tục ${office.word}`,
        payer: { name: `Nguyễn ${office.word}`, phone: '0912345678', identity_number: '038190001234' },
        lines: [{ kind: 'le_phi', description: `Lệ phí ${office.word}`, unit_amount: price }],
        expires_at: '2027-01-15T00:00:00+07:00',
        return_url: `https://${office.word.toLowerCase()}.example.vn/back`,
        metadata: { note: office.word },
        ...more,
      },
    })
  }
  const attempt: Till['attempt'] = (order) =>
    office.ask(`/v1/orders/${order}/attempts`, { json: { provider: 'vnpay' } })
  const tell: Till['tell'] = async (reference, amount) => {
    count += 1
    const providerReference = `77${String(count).padStart(6, '0')}`
    const path = signedVnpayCallback(account, reference, amount, providerReference)
    const answer = await gateway.request(path)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    await gateway.deps.settled()
    return providerReference
  }
  const pay: Till['pay'] = async ({ amount = price, order: more } = {}) => {
    const order = await place(more)
    const begun = await attempt(idOf(order))
    const reference = String(begun.merchant_reference)
    const providerReference = await tell(reference, amount)
    return {
      order: idOf(order),
      attempt: idOf(begun),
      reference,
      providerReference,
      dossier: String(order.dossier_code),
    }
  }
  return { place, attempt, tell, pay }
}
