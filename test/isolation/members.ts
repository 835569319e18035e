// Every name that a request can have, by what it names. Whatever names something that an agency owns is tried with another agency's.

/** What a member names. `plain`: nothing that anybody owns. */
export type Named =
  | 'plain'
  | 'agency'
  | 'merchant account'
  | 'order'
  | 'attempt'
  | 'refund'
  | 'discrepancy'
  | 'statement'
  | 'line'
  | 'webhook endpoint'
  | 'dossier'
  | 'reference'
  | 'payer'
  | 'tracing case'
  | 'person or client'
  | 'object'
  | 'event'
  | 'cursor'

/** By name, wherever it stands. */
const names: Readonly<Record<string, Named>> = {
  ...{
    agency_code: 'agency',
    merchant_account: 'merchant account',
    order: 'order',
    attempt: 'attempt',
    refund: 'refund',
  },
  ...{ discrepancy: 'discrepancy', statement: 'statement', item: 'line', webhook_endpoint: 'webhook endpoint' },
  ...{ dossier_code: 'dossier', provider_reference: 'reference', merchant_reference: 'reference', payer_name: 'payer' },
  ...{ code: 'tracing case', owner: 'person or client', actor: 'person or client' },
  ...{ subjects: 'person or client', object: 'object', after: 'event', cursor: 'cursor' },
  ...plain(
    'limit status from to kind class source format encoding delimiter overdue unknown on needs name names role action method group_by as_of compare_to',
    'created_from created_to opened_from opened_to issued_on serial number amount event_type event_types provider bank_code from_line date year years',
    'reason reason_code note text field wrong resolution version payee_version outcome evidence cause counterpart finder result document respond_by',
    'hosts active bank_reference paid_on returned_on overlap_hours expires_at valid_from valid_to value_date url file file_name dry_run line lines unit_amount quantity budget_item',
    'description exemption rule fee_code procedure_code procedure_name payer identity_number tax_code phone email address collection_stage firm_deadline',
    'return_url language metadata title settings credentials payee_account bank_bin holder provider_fee basis_points fixed minimum maximum vat_basis_points',
    'header_row date_format number_format decimal thousands line_type',
    'netted tolerance cutoff settlement_days statement_profile columns values scopes jwks keys kty crv x y n e kid alg use fee_check accepts_late_money',
    'refund_limit refund_working_days receipt_serial_phi receipt_serial_le_phi budget_unit_code legal_basis refundable_when_rejected carry_forward',
    'catalogue correction statement_line reference grant_type scope client_id client_secret client_assertion_type client_assertion',
  ),
}

/** Where a name means something else: `operationId pointer`. */
const exceptions: Readonly<Record<string, Named>> = {
  // A dossier is the portal's, and its code may stand on orders of several agencies.
  'placeOrder /json/dossier_code': 'plain',
  // What a person writes about a discrepancy is kept as it was written, and nothing is read by it.
  'assignDiscrepancy /json/owner': 'plain',
  // Codes of catalogues are the state's, and stand in those of several agencies.
  'listCatalogue /query/code': 'plain',
  // Numbers of banks and providers are theirs: world.ts confirms transfers of the same number in every agency.
  'settleRefund /json/provider_reference': 'plain',
  'noticeReceipt /json/correction/payer_name': 'plain',
  'replaceReceipt /json/correction/payer_name': 'plain',
}

export const namedBy = (operationId: string, pointer: string): Named | undefined => {
  const name = pointer.split('/').findLast((step) => step !== '*') ?? ''
  return exceptions[`${operationId} ${pointer}`] ?? names[name]
}

function plain(...lists: string[]): Record<string, Named> {
  return Object.fromEntries(lists.flatMap((list) => list.split(' ')).map((name) => [name, 'plain' as const]))
}
