// Orders, attempts, refunds, disputes, receipts, events: see calls.ts.
import type { At, Call, Try } from './calls.ts'

const path =
  (name: string, more: (at: At) => Omit<Call, 'path'> = () => ({})) =>
  (at: At): Call => ({
    path: { id: at('/path/id', name) },
    ...more(at),
  })
const json =
  (body: (at: At) => unknown) =>
  (at: At): Omit<Call, 'path'> => ({ json: body(at) })
const payee = { number: '0123456789', bank_bin: '970436', holder: 'NGUYEN VAN A' }

export const moneyCalls: Readonly<Record<string, readonly Try[]>> = {
  placeOrder: [
    {
      call: (at) => ({
        json: {
          dossier_code: 'D-1',
          agency_code: at('/json/agency_code', 'agency'),
          payer: { name: 'Trần Văn B' },
          lines: [{ kind: 'phi', description: 'x', unit_amount: 1_000 }],
          return_url: 'https://portal.example.vn/back',
        },
      }),
    },
  ],
  findOrders: [
    {
      call: (at) => ({
        query: {
          dossier_code: at('/query/dossier_code', 'order.paid.dossier'),
          agency_code: at('/query/agency_code', 'agency'),
          provider_reference: at('/query/provider_reference', 'attempt.paid.provider'),
          merchant_reference: at('/query/merchant_reference', 'attempt.paid.reference'),
          payer_name: at('/query/payer_name', 'word'),
        },
      }),
      shared: { '/query/agency_code': 'one’s own is below the agency above' },
      shows: 'order.paid',
    },
  ],
  readOrder: ['order.paid', 'order.open', 'order.cancelled', 'order.expired', 'order.waived', 'order.wrong'].map(
    (name) => ({ call: path(name), shows: name }),
  ),
  cancelOrder: [
    {
      call: path(
        'order.toCancel',
        json(() => ({ reason: 'test' })),
      ),
    },
  ],
  startAttempt: [
    {
      call: path(
        'order.toAttempt',
        json(() => ({ provider: 'vnpay' })),
      ),
    },
  ],
  listAttempts: [{ call: path('order.paid'), shows: 'attempt.paid' }],
  inquireBill: [
    {
      call: (at) => ({ query: { dossier_code: at('/query/dossier_code', 'order.open.dossier') } }),
      shows: 'order.open',
    },
  ],
  listOrderEntries: [{ call: path('order.paid'), shows: 'entry' }],
  readOrderEvidence: [{ call: path('order.paid'), shows: 'attempt.paid.reference' }],
  readTimeline: [{ call: path('order.paid'), shows: 'event' }],
  readEvents: [
    {
      call: (at) => ({ query: { after: at('/query/after', 'event') } }),
      says: { '/query/after': 422 },
      shows: 'order.wrong',
    },
  ],
  requestRefund: [
    {
      call: path(
        'order.paid',
        json(() => ({ amount: 1_000, reason: 'test', method: 'manual', payee_account: payee })),
      ),
    },
    {
      call: path(
        'order.wrong',
        json((at) => ({
          attempt: at('/json/attempt', 'attempt.wrong'),
          amount: 1_000,
          reason: 'test',
        })),
      ),
    },
  ],
  listRefunds: [{ call: path('order.toApprove'), shows: 'refund.toApprove' }],
  findRefunds: [{ call: () => ({}), shows: 'refund.toApprove' }],
  readRefund: [{ call: path('refund.done'), shows: 'refund.done' }],
  readRefundPayee: [{ call: path('refund.toApprove') }],
  giveRefundPayee: [
    {
      call: path(
        'refund.toName',
        json(() => payee),
      ),
      hand: 'maker',
    },
  ],
  approveRefund: [
    {
      call: path(
        'refund.toApprove',
        json(() => ({ payee_version: 0 })),
      ),
    },
  ],
  rejectRefund: [
    {
      call: path(
        'refund.toReject',
        json(() => ({})),
      ),
    },
  ],
  confirmRefund: [
    {
      call: path(
        'refund.toConfirm',
        json(() => ({ bank_reference: 'FT-Confirm', paid_on: '2026-11-23', evidence: 'test' })),
      ),
    },
  ],
  bounceRefund: [
    {
      call: path(
        'refund.toBounce',
        json(() => ({ bank_reference: 'FT-Bounce', returned_on: '2026-11-23', note: 'test' })),
      ),
    },
  ],
  settleRefund: [
    {
      call: path(
        'refund.toSettle',
        json(() => ({ outcome: 'failed', provider_reference: 'FT-3', note: 'test' })),
      ),
    },
  ],
  openDispute: [
    {
      call: path(
        'order.toDispute',
        json((at) => ({ attempt: at('/json/attempt', 'attempt.toDispute'), reason: 'test', respond_by: '2026-12-31' })),
      ),
    },
  ],
  listDisputes: [{ call: () => ({}), shows: 'dispute.toClose' }],
  readDispute: [{ call: path('dispute.toRelease'), shows: 'dispute.toRelease' }],
  closeDispute: [
    {
      call: path(
        'dispute.toClose',
        json(() => ({ outcome: 'won', note: 'test' })),
      ),
    },
  ],
  requestDisputeRelease: [
    {
      call: path(
        'dispute.toRelease',
        json(() => ({ note: 'test' })),
      ),
    },
  ],
  approveDisputeRelease: [{ call: path('dispute.toAgree') }],
  rejectDisputeRelease: [{ call: path('dispute.toRefuse') }],
  readReceipt: [{ call: path('order.paid'), shows: 'receipt' }],
  readReceiptHistory: [{ call: path('receipt'), shows: 'receipt' }],
  replaceReceipt: [
    {
      call: path(
        'receipt.toReplace',
        json((at) => ({ reason: 'test', refund: at('/json/refund', 'refund.toReplace') })),
      ),
      says: { '/json/refund': 422 },
    },
  ],
  noticeReceipt: [
    {
      call: path(
        'receipt.named',
        json(() => ({ field: 'payer_name', text: 'test' })),
      ),
    },
    {
      call: path(
        'receipt.toNotice',
        json((at) => ({ field: 'refund', text: 'test', refund: at('/json/refund', 'refund.toNotice') })),
      ),
      says: { '/json/refund': 422 },
    },
  ],
  listReceiptsInNeed: [{ call: () => ({ query: { needs: 'decision' } }), shows: 'refund.done' }],
  listUnreceiptedOrders: [{ call: () => ({}), shows: 'order.unreceipted' }],
  findReceipts: [
    { call: (at) => ({ query: { dossier_code: at('/query/dossier_code', 'order.paid.dossier') } }), shows: 'receipt' },
  ],
}
