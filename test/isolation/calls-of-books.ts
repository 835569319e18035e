// Statements, reconciliation, discrepancies, quarantine, periods, reports, the ledger and the record of reading: see calls.ts.
import { reportNames } from '../../src/domain/report-columns.ts'
import { providerFile } from '../kit/statements.ts'
import type { At, Call, Try } from './calls.ts'

const one = (name: string, body?: (at: At) => unknown): Try => ({
  call: (at) => ({ path: { id: at('/path/id', name) }, ...(body ? { json: body(at) } : {}) }),
})
const shown = (name: string): Try => ({ ...one(name), shows: name })
const period = (date: string, body?: (at: At) => unknown, more: Partial<Try> = {}): Try => ({
  call: (at): Call => ({
    path: { merchant_account: at('/path/merchant_account', 'account'), date },
    ...(body ? { json: body(at) } : {}),
  }),
  ...more,
})
const note = () => ({ note: 'test' })
const ofAccount = { call: (at: At) => ({ query: { merchant_account: at('/query/merchant_account', 'account') } }) }
const file = (n: number) => providerFile([{ reference: `TRIED${n}`, amount: 1_000 }])
const upload = (n: number): Try => ({
  call: (at) => ({
    multipart: {
      members: { source: 'provider', merchant_account: at('/multipart/merchant_account', 'account') },
      text: file(n),
    },
  }),
})
const choice = (at: At) => ({ source: 'provider', merchant_account: at('/json/merchant_account', 'account') })
const days = { from: '2026-11-20', to: '2026-11-24' }

export const bookCalls: Readonly<Record<string, readonly Try[]>> = {
  uploadStatement: [upload(1)],
  listStatements: [{ ...ofAccount, shows: 'statement' }],
  readStatement: [shown('statement')],
  listStatementProblems: [one('statement.faulty')],
  uploadStatementDraft: [upload(2)],
  listStatementDrafts: [{ call: () => ({}), shows: 'draft' }],
  readStatementDraft: [shown('draft')],
  readStatementDraftRows: [{ ...one('draft'), shows: 'word' }],
  previewStatementDraft: [{ ...one('draft', choice), shows: 'word' }],
  importStatementDraft: [one('draft.toImport', choice)],
  discardStatementDraft: [one('draft.toDiscard')],
  startReconciliation: [
    {
      call: (at) => ({
        json: { merchant_account: at('/json/merchant_account', 'account'), from: '2026-11-22', to: '2026-11-22' },
      }),
    },
  ],
  listReconciliations: [{ ...ofAccount, shows: 'reconciliation' }],
  readReconciliation: [shown('reconciliation')],
  listReconciliationItems: [{ ...one('reconciliation'), shows: 'item' }],
  readReconciliationItem: [
    {
      call: (at) => ({ path: { id: at('/path/id', 'reconciliation'), item: at('/path/item', 'item') } }),
      shows: 'item',
    },
  ],
  listDiscrepancies: [
    {
      call: (at) => ({
        query: {
          merchant_account: at('/query/merchant_account', 'account'),
          order: at('/query/order', 'order.wrong'),
          agency_code: at('/query/agency_code', 'agency'),
        },
      }),
      shared: { '/query/agency_code': 'one’s own is below the agency above' },
      shows: 'order.wrong',
    },
    { call: (at) => ({ query: { owner: at('/query/owner', 'client.maker') } }) },
  ],
  readDiscrepancy: [shown('discrepancy.toRead')],
  resolveDiscrepancy: [one('discrepancy.toResolve', () => ({ resolution: 'attributed', note: 'test' }))],
  approveResolution: [one('discrepancy.toApprove', note)],
  rejectResolution: [one('discrepancy.toReject', note)],
  reopenDiscrepancy: [one('discrepancy.toReopen', note)],
  assignDiscrepancy: [one('discrepancy.toAssign', () => ({ owner: 'cli_test' }))],
  noteDiscrepancy: [one('discrepancy.toNote', () => ({ note: 'test', evidence: [] }))],
  listDiscrepancyPolicies: [{ call: () => ({}) }],
  listMoneyDecisions: [{ call: () => ({}) }],
  readCalendar: [{ call: () => ({}) }],
  openTracing: [
    {
      call: (at) => ({
        json: {
          discrepancy: at('/json/discrepancy', 'discrepancy.toTrace'),
          kind: 'provider',
          finder: 'x',
          cause: 'x',
          counterpart: 'x',
        },
      }),
      says: { '/json/discrepancy': 422 },
    },
    {
      says: { '/json/order': 422 },
      call: (at) => ({
        json: { order: at('/json/order', 'order.open'), kind: 'provider', finder: 'x', cause: 'x', counterpart: 'x' },
      }),
    },
    {
      says: { '/json/statement_line/statement': 422 },
      call: (at) => ({
        json: {
          statement_line: { statement: at('/json/statement_line/statement', 'statement'), line: 3 },
          kind: 'provider',
          finder: 'x',
          cause: 'x',
          counterpart: 'x',
        },
      }),
    },
  ],
  listTracing: [
    {
      call: (at) => ({ query: { code: at('/query/code', 'tracing.code'), order: at('/query/order', 'order.paid') } }),
      shows: 'tracing',
    },
    { call: (at) => ({ query: { discrepancy: at('/query/discrepancy', 'discrepancy.toTrace') } }) },
  ],
  readTracing: [shown('tracing')],
  readTracingEvidence: [{ ...one('tracing'), shows: 'attempt.paid' }],
  answerTracing: [one('tracing.toAnswer', () => ({ result: 'test' }))],
  closeTracing: [one('tracing.toClose', note)],
  listQuarantine: [{ ...ofAccount, shows: 'quarantine' }],
  readQuarantine: [shown('quarantine')],
  attributeQuarantine: [
    {
      ...one('quarantine.toJoin', (at) => ({ attempt: at('/json/attempt', 'attempt.toJoin'), note: 'test' })),
      says: { '/json/attempt': 422 },
    },
  ],
  dismissQuarantine: [one('quarantine.toDismiss', note)],
  listPeriods: [
    {
      call: (at) => ({ path: { merchant_account: at('/path/merchant_account', 'account') }, query: days }),
      shows: 'client.maker',
    },
  ],
  readPeriod: [period('2026-11-20', undefined, { shows: 'account' })],
  readPeriodGate: [period('2026-11-22', undefined, { shows: 'attempt.toBounce' })],
  countersignPeriod: [period('2026-11-20')],
  reopenPeriod: [period('2026-11-20', () => ({ reason: 'test' }), { hand: 'checker' })],
  closePeriod: [
    {
      call: (at) => ({
        path: { merchant_account: at('/path/merchant_account', 'account.other'), date: '2026-11-20' },
        json: note(),
      }),
    },
    period(
      '2026-11-22',
      (at) => ({
        carry_forward: [
          { discrepancy: at('/json/carry_forward/*/discrepancy', 'discrepancy.toCarry'), reason: 'test' },
          { item: at('/json/carry_forward/*/item', 'attempt.pending'), reason: 'test' },
        ],
      }),
      {
        own: 409,
        says: { '/json/carry_forward/*/discrepancy': 409, '/json/carry_forward/*/item': 409 },
      },
    ),
  ],
  readReport: reportNames.map((name) => ({
    isLarge: true,
    shared: {
      '/query/merchant_account':
        'an account of an agency above takes the money of those below it, and they may ask for theirs',
    },
    call: (at) => ({
      path: { name },
      query: {
        ...days,
        agency_code: at('/query/agency_code', 'agency'),
        merchant_account: at('/query/merchant_account', 'account'),
      },
    }),
  })),
  readOverview: [{ call: (at) => ({ query: { ...days, agency_code: at('/query/agency_code', 'agency') } }) }],
  listLedgerSeals: [
    {
      shared: { '/query/agency_code': 'one ledger is sealed for a whole province' },
      call: (at) => ({ query: { agency_code: at('/query/agency_code', 'agency') } }),
    },
  ],
  proveLedgerEntry: [one('entry')],
  listAudit: [
    {
      call: (at) => ({ query: { object: at('/query/object', 'order.paid'), actor: at('/query/actor', 'reader') } }),
      shows: 'order.paid',
    },
  ],
}
