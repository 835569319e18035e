// Agencies, merchant accounts, prices, clients, people and webhook endpoints: see calls.ts.
import type { At, Try } from './calls.ts'

const one = (name: string, body?: (at: At) => unknown, more: Partial<Try> = {}): Try => ({
  call: (at) => ({ path: { id: at('/path/id', name) }, ...(body ? { json: body(at) } : {}) }),
  ...more,
})
const ofAgency = (at: At) => ({ query: { agency_code: at('/query/agency_code', 'agency') } })
const ownIsBelow = { '/query/agency_code': 'one’s own is below the agency above' }
const payee = { number: '0123456789', bank_bin: '970436', holder: 'KHO BAC' }
const vnpay = {
  credentials: { tmn_code: 'TESTTMN1', hash_secret: 'FAKEVNPAYSECRETDONOTUSE000000001' },
  settings: { payment_url: 'https://pay.example/pay', api_url: 'https://pay.example/api' },
}

export const setupCalls: Readonly<Record<string, readonly Try[]>> = {
  addAgency: [{ call: (at) => ({ json: { agency_code: at('/json/agency_code', 'agency.new'), name: 'x' } }) }],
  listAgencies: [{ call: () => ({}), shows: 'word' }],
  readAgency: [{ call: (at) => ({ path: { agency_code: at('/path/agency_code', 'agency.child') } }), shows: 'word' }],
  changeAgency: [
    { call: (at) => ({ path: { agency_code: at('/path/agency_code', 'agency.child') }, json: { phone: '0237 1' } }) },
  ],
  readOutgoingHosts: [
    { call: (at) => ({ path: { agency_code: at('/path/agency_code', 'agency.child') } }), shows: 'client.maker' },
  ],
  setOutgoingHosts: [
    {
      call: (at) => ({
        path: { agency_code: at('/path/agency_code', 'agency.child') },
        json: { hosts: ['portal.example.vn', 'pay.example', 'other.example.vn'] },
      }),
    },
  ],
  readRetention: [{ call: () => ({}) }],
  listRetentionPasses: [{ call: () => ({}) }],
  holdOrder: [one('order.open', () => ({ reason: 'test' }))],
  holdMerchantAccount: [one('account', () => ({ reason: 'test' }))],
  listLegalHolds: [{ call: () => ({}), shows: 'hold' }],
  releaseLegalHold: [one('hold', () => ({ reason: 'test' }))],
  addMerchantAccount: [
    {
      call: (at) => ({
        json: {
          agency_code: at('/json/agency_code', 'agency.child'),
          provider: 'vnpay',
          title: 'x',
          payee_account: payee,
          ...vnpay,
        },
      }),
    },
  ],
  listMerchantAccounts: [{ shared: ownIsBelow, call: ofAgency, shows: 'account' }],
  readMerchantAccount: [one('account', undefined, { shows: 'account' })],
  changeMerchantAccount: [one('account.other', () => ({ title: 'x' }))],
  setStatementProfile: [
    one('account.other', () => ({ date_format: 'yyyy-MM-dd', columns: { value_date: 'a', amount: 'b' } })),
  ],
  rotateMerchantKey: [one('account', () => ({ credentials: vnpay.credentials, overlap_hours: 1 }))],
  retireMerchantKey: [
    { call: (at) => ({ path: { id: at('/path/id', 'account.other'), key_id: at('/path/key_id', 'key.former') } }) },
  ],
  addFeeSchedule: [
    {
      call: (at) => ({
        json: {
          agency_code: at('/json/agency_code', 'agency'),
          fee_code: 'X',
          name: 'x',
          kind: 'phi',
          unit_amount: 1,
          valid_from: '2026-01-01',
        },
      }),
    },
  ],
  listFeeSchedules: [{ shared: ownIsBelow, call: ofAgency, shows: 'fee' }],
  readFeeSchedule: [one('fee', undefined, { shows: 'fee' })],
  closeFeeSchedule: [one('fee.open', () => ({ valid_to: '2027-12-31' }))],
  listCatalogue: [
    { call: (at) => ({ path: { catalogue: 'budget_items' }, ...ofAgency(at) }), shows: 'catalogue.code' },
    {
      call: () => ({ path: { catalogue: 'budget_items' }, query: { on: '2026-11-23' } }),
      shows: 'catalogue.code',
    },
  ],
  addClient: [
    {
      call: (at) => ({ json: { name: 'x', agency_code: at('/json/agency_code', 'agency'), scopes: ['orders:read'] } }),
    },
  ],
  listClients: [{ call: () => ({}), shows: 'client' }],
  readClient: [{ call: (at) => ({ path: { client_id: at('/path/client_id', 'client') } }), shows: 'client' }],
  revokeClient: [{ call: (at) => ({ path: { client_id: at('/path/client_id', 'client.toRevoke') } }) }],
  listStaff: [
    { call: () => ({}), shows: 'person' },
    {
      shared: { '/query/subjects': 'who decided about an office’s money has a name for it, also who works above it' },
      call: (at) => ({ query: { subjects: encodeURIComponent(at('/query/subjects', 'person')) } }),
      shows: 'person',
    },
  ],
  listProviderContracts: [{ call: () => ({}) }],
  listProviders: [{ call: ofAgency, shows: 'account' }],
  createWebhookEndpoint: [
    {
      call: (at) => ({
        json: { url: 'https://portal.example.vn/hooks', agency_code: at('/json/agency_code', 'agency') },
      }),
    },
    {
      // Of an agency with a list of hosts, which it is told of and nobody else.
      own: 422,
      call: (at) => ({
        json: { url: 'https://portal.example.vn/hooks', agency_code: at('/json/agency_code', 'agency.child') },
      }),
    },
  ],
  listWebhookEndpoints: [{ call: () => ({}), shows: 'endpoint' }],
  readWebhookEndpoint: [one('endpoint', undefined, { shows: 'endpoint' })],
  rotateWebhookSecret: [one('endpoint.toRotate')],
  redeliverWebhooks: [
    one('endpoint.again', () => ({ from: '2026-11-22T00:00:00+07:00', to: '2026-11-25T00:00:00+07:00' })),
  ],
  disableWebhookEndpoint: [one('endpoint.toDisable')],
  listWebhookDeliveries: [
    { call: (at) => ({ query: { webhook_endpoint: at('/query/webhook_endpoint', 'endpoint') } }), shows: 'endpoint' },
  ],
  redeliverWebhook: [one('delivery')],
}
