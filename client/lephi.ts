// Generated from openapi.yaml by `npm run client`. Edit scripts/client/, not this file.

export type Token = {
  access_token: string
  token_type: "Bearer"
  expires_in: number
  scope: string
}

export type TokenError = {
  error: string
  error_description: string
}

export type Problem = {
  type: string
  code: "not_found" | "unauthorized" | "insufficient_scope" | "invalid_request" | "invalid_client" | "invalid_scope" | "unsupported_grant_type" | "invalid_input" | "body_too_large" | "unsupported_media_type" | "not_acceptable" | "idempotency_key_required" | "idempotency_key_reused" | "request_in_progress" | "order_already_paid" | "order_not_open" | "order_waived" | "fee_differs_from_schedule" | "code_not_in_catalogue" | "amount_outside_provider_limits" | "provider_not_available" | "provider_unreachable" | "payment_in_progress" | "too_many_attempts" | "nothing_to_refund" | "refund_exceeds_captured" | "refund_in_progress" | "refund_not_awaiting_approval" | "refund_payee_changed" | "refund_by_hand" | "refund_not_under_way" | "line_not_refundable" | "disputed" | "dispute_not_open" | "dispute_not_waiting" | "maker_cannot_approve" | "receipt_replaced" | "receipt_altered" | "receipt_not_issued" | "already_exists" | "discrepancy_not_open" | "discrepancy_not_resolved" | "discrepancy_not_proposed" | "tracing_case_not_open" | "too_many_notes" | "quarantine_not_open" | "period_not_closable" | "period_closed" | "period_has_open_lines" | "period_not_closed" | "period_four_eyes" | "secret_in_use" | "entry_not_sealed" | "insecure_url" | "host_not_allowed" | "too_many_requests" | "overloaded" | "conflict" | "method_not_allowed" | "service_unavailable" | "internal_error"
  /** Vietnamese or English, by Accept-Language. */
  title: string
  status: number
  detail?: string | undefined
  /** JSON pointers into the body; /query/…, /path/… and /headers/… for the rest. */
  errors?: readonly {
    pointer: string
    message: string
  }[] | undefined
  request_id: string
}

export type TokenRequest = {
  grant_type: string
  scope?: string | undefined
  client_id?: string | undefined
  client_secret?: string | undefined
  client_assertion_type?: string | undefined
  client_assertion?: string | undefined
}

export type Order = {
  id: string
  status: "open" | "paid" | "expired" | "cancelled" | "waived"
  dossier_code: string
  procedure_code: string | null
  procedure_name: string | null
  agency_code: string
  amount: number
  amount_paid: number
  amount_refunded: number
  currency: "VND"
  payer: {
    name: string
  }
  lines: readonly {
    /** Its number in the order, from 1. */
    line: number
    fee_code: string | null
    kind: string
    description: string
    unit_amount: number
    quantity: number
    amount: number
    budget_item: string | null
    exemption: {
      rule: string
      evidence: string
    } | null
  }[]
  payee_account: {
    number: string
    bank_bin: string
    holder: string
  } | null
  collection_stage: string | null
  language: "vi" | "en"
  metadata: { readonly [name: string]: string }
  checkout_url: string
  return_url: string
  warnings: readonly {
    code: string
    message: string
  }[]
  paid_by: {
    attempt: string
    provider: string
    provider_reference: string | null
  } | null
  created_at: string
  expires_at: string
  firm_deadline: boolean
  /** With the amount it shows at /where where the money is, without a login. Null for orders placed before there were such codes. */
  tracing_code: string | null
  paid_at: string | null
  next_actions: readonly {
    name: string
    method: string
    href: string
  }[]
}

export type Attempt = {
  id: string
  order: string
  status: "created" | "pending" | "unknown" | "captured" | "failed" | "expired"
  provider: string
  merchant_account: string
  amount: number
  amount_captured: number
  amount_reversed: number
  merchant_reference: string
  provider_reference: string | null
  failure_code: string | null
  fenced_at: string | null
  created_at: string
  expires_at: string
  captured_at: string | null
  action?: {
    type: "redirect"
    url: string
  } | {
    type: "form"
    url: string
    fields: { readonly [name: string]: string }
  } | {
    type: "qr"
    payload: string
    image_url: string
  } | null | undefined
}

export type OrderEntry = {
  id: string
  kind: string
  /** Of bookings that no order owns: `discrepancy:dsc_…`. */
  subject: string | null
  attempt: string | null
  refund: string | null
  memo: string | null
  business_day: string
  occurred_at: string
  posted_at: string
  postings: readonly {
    line: number
    account: string
    merchant_account: string
    /** Debit positive, credit negative. */
    amount: number
  }[]
  /** Its place in the sealed ledger; null for some moments after it was written. */
  chain: {
    place: number
    leaf_hash: string
    /** The day whose signed root covers it. */
    sealed_on: string | null
  } | null
}

export type CallbackEvidence = {
  id: string
  received_at: string
  provider: string
  merchant_account: string
  claimed_reference: string | null
  reading: "genuine" | "forged" | "malformed" | "foreign"
  verdict: string | null
  /** Why it came to nothing, or to nothing new. */
  reason: "signature_fits_no_key" | "not_the_protocol" | "of_another_merchant" | "told_before" | "not_acted_on_yet" | null
  /** Which of the account’s keys its signature fits. */
  key: string | null
  replay_of: string | null
  content_hash: string
  request_id: string
  /** When its bytes were erased, having been kept as long as they had to be. */
  erased_at: string | null
  /** null where it was erased, or the key that encrypted it is gone. */
  message: {
    method: string
    body_type: string | null
    body_bytes: number
    /** null: masked. At most 200. */
    fields: readonly {
      in: "query" | "body"
      name: string
      value: string | null
    }[]
    is_cut: boolean
  } | null
}

export type Refund = {
  id: string
  order: string
  attempt: string
  status: "proposed" | "requested" | "approved" | "sending" | "pending" | "unknown" | "succeeded" | "failed" | "rejected" | "withdrawn"
  source: "order" | "surplus"
  amount: number
  amount_refunded: number
  reason: string
  reason_code: "dossier_rejected" | "overcharged" | "duplicate" | "other" | null
  /** What it returns of which fee line. Empty for a surplus, which paid for no line. */
  lines: readonly {
    line: number
    fee_code: string | null
    kind: string
    amount: number
  }[]
  /** By the provider's own call, by a bank transfer of the agency, or, once the money has gone to the Treasury, as a return of budget revenue. The last two are `pending` until somebody confirms the transfer. */
  method: "provider" | "manual" | "treasury"
  /** Who gets it where it is returned by hand: the last four digits of the account. */
  payee_account: {
    number: string
    bank_bin: string
    /** For people: from the catalogue of banks of that day, else what is generally known; absent where neither knows it. Told where a refund is asked for or read and where its account is named. */
    bank_name?: string | undefined
  } | null
  /** Who gets it: 0 as it was asked for, one more since an account was named. Told when it is approved. */
  payee_version: number
  bank_reference: string | null
  paid_on: string | null
  confirmed_by: string | null
  /** The number of the credit by which the bank gave a confirmed transfer back. */
  bounce_reference: string | null
  /** The day promised when it was approved: so many working days as the agency's `refund_working_days`. */
  promised_on: string | null
  /** The same, counted from when it was handed over. */
  expected_on: string | null
  /** When it was noted that the promised day had passed. */
  overdue_at: string | null
  merchant_reference: string
  provider: string
  provider_reference: string | null
  failure_code: string | null
  made_by: string
  decided_by: string | null
  created_at: string
  succeeded_at: string | null
  /** Told with `bank_name`: `bank_not_in_catalogue` where a catalogue of banks was imported that does not have the bank today. Compare it with the paper; it can be returned all the same. */
  warnings?: readonly {
    code: string
    message: string
  }[] | undefined
}

export type PayeeAccount = {
  number: string
  bank_bin: string
  holder: string
}

export type Dispute = {
  id: string
  order: string
  attempt: string
  merchant_account: string
  agency_code: string
  kind: "chargeback" | "complaint" | "tracing"
  status: "open" | "closed"
  reason: string
  amount: number
  reference: string | null
  respond_by: string
  /** Refunds of the same payment that had been sent, or may have been, when it was opened. */
  sent_refunds: readonly string[]
  opened_by: string
  opened_at: string
  outcome: "won" | "lost" | "withdrawn" | null
  note: string | null
  closed_by: string | null
  closed_at: string | null
  /** What of that had been told when the dispute was opened. */
  reversed_before: number
  release_asked_by: string | null
  release_asked_at: string | null
  release_note: string | null
  released_by: string | null
  released_at: string | null
  /** What it still waited for when it was released. */
  released_amount: number | null
  /** What a source of truth has told reversed of the payment. After a lost chargeback refunds wait until its amount is told beyond `reversed_before`, or it is released. */
  amount_reversed: number
}

export type DisputeCase = {
  id: string
  order: string
  attempt: string
  merchant_account: string
  agency_code: string
  kind: "chargeback" | "complaint" | "tracing"
  status: "open" | "closed"
  reason: string
  amount: number
  reference: string | null
  respond_by: string
  /** Refunds of the same payment that had been sent, or may have been, when it was opened. */
  sent_refunds: readonly string[]
  opened_by: string
  opened_at: string
  outcome: "won" | "lost" | "withdrawn" | null
  note: string | null
  closed_by: string | null
  closed_at: string | null
  /** What of that had been told when the dispute was opened. */
  reversed_before: number
  release_asked_by: string | null
  release_asked_at: string | null
  release_note: string | null
  released_by: string | null
  released_at: string | null
  /** What it still waited for when it was released. */
  released_amount: number | null
  /** What a source of truth has told reversed of the payment. After a lost chargeback refunds wait until its amount is told beyond `reversed_before`, or it is released. */
  amount_reversed: number
  /** The payment as it stands, and what each source of truth has told of its money. */
  evidence: {
    attempt: Attempt
    refunds: readonly Refund[]
    money: readonly {
      kind: "captured" | "reversed" | "refunded" | "bounced"
      refund: string | null
      reference: string
      amount: number
      source: string
      code: string
      occurred_at: string
      received_at: string
    }[]
  }
}

export type Receipt = {
  id: string
  title: string
  kind: "phi" | "le_phi"
  form: string
  serial: string
  /** Without gaps within the agency’s serial, from 1 in each year. */
  number: number
  issued_on: string
  issued_at: string
  collector: {
    agency_code: string
    name: string
    tax_code: string | null
    address: string | null
    phone: string | null
    account: {
      number: string
      bank_bin: string
      holder: string
    } | null
  }
  payer: {
    name: string
  }
  fees: readonly {
    fee_code: string | null
    description: string
    unit_amount: number
    quantity: number
    amount: number
    amount_in_words: string
    budget_item: string | null
  }[]
  amount: number
  amount_in_words: string
  currency: "VND"
  payment: {
    method: string
    attempt: string
    provider: string
    provider_reference: string | null
    merchant_reference: string
    paid_at: string | null
  }
  order: string
  dossier_code: string
  procedure_code: string | null
  procedure_name: string | null
  /** The latest sealed day of the ledger when it was issued, as GET /v1/ledger/seals has it. */
  ledger_root?: {
    day: string
    root: string
  } | null | undefined
  /** The receipt that this one stands in place of. */
  replaces?: {
    id: string
    form: string
    serial: string
    number: number
    issued_on: string
    reason: string
    /** The refunds whose money it is without. */
    left_out?: readonly string[] | undefined
  } | undefined
  url: string
}

export type UndecidedReceipt = {
  id: string
  title: string
  kind: "phi" | "le_phi"
  form: string
  serial: string
  /** Without gaps within the agency’s serial, from 1 in each year. */
  number: number
  issued_on: string
  issued_at: string
  collector: {
    agency_code: string
    name: string
    tax_code: string | null
    address: string | null
    phone: string | null
    account: {
      number: string
      bank_bin: string
      holder: string
    } | null
  }
  payer: {
    name: string
  }
  fees: readonly {
    fee_code: string | null
    description: string
    unit_amount: number
    quantity: number
    amount: number
    amount_in_words: string
    budget_item: string | null
  }[]
  amount: number
  amount_in_words: string
  currency: "VND"
  payment: {
    method: string
    attempt: string
    provider: string
    provider_reference: string | null
    merchant_reference: string
    paid_at: string | null
  }
  order: string
  dossier_code: string
  procedure_code: string | null
  procedure_name: string | null
  /** The latest sealed day of the ledger when it was issued, as GET /v1/ledger/seals has it. */
  ledger_root?: {
    day: string
    root: string
  } | null | undefined
  /** The receipt that this one stands in place of. */
  replaces?: {
    id: string
    form: string
    serial: string
    number: number
    issued_on: string
    reason: string
    /** The refunds whose money it is without. */
    left_out?: readonly string[] | undefined
  } | undefined
  url: string
  undecided_refunds: readonly string[]
  /** True: the stored receipt is not what was signed when it was issued. No other answer has it. */
  altered: boolean
}

export type UnreceiptedOrder = {
  order: string
  dossier_code: string
  agency_code: string
  paid_at: string
  /** Null before the first try. */
  reason: "no_tax_code" | "failed" | null
  tries: number
  next_try_at: string
  /** When `receipt.overdue` told of it. */
  overdue_at: string | null
}

export type ReceiptHistory = {
  id: string
  title: string
  kind: "phi" | "le_phi"
  form: string
  serial: string
  /** Without gaps within the agency’s serial, from 1 in each year. */
  number: number
  issued_on: string
  issued_at: string
  collector: {
    agency_code: string
    name: string
    tax_code: string | null
    address: string | null
    phone: string | null
    account: {
      number: string
      bank_bin: string
      holder: string
    } | null
  }
  payer: {
    name: string
  }
  fees: readonly {
    fee_code: string | null
    description: string
    unit_amount: number
    quantity: number
    amount: number
    amount_in_words: string
    budget_item: string | null
  }[]
  amount: number
  amount_in_words: string
  currency: "VND"
  payment: {
    method: string
    attempt: string
    provider: string
    provider_reference: string | null
    merchant_reference: string
    paid_at: string | null
  }
  order: string
  dossier_code: string
  procedure_code: string | null
  procedure_name: string | null
  /** The latest sealed day of the ledger when it was issued, as GET /v1/ledger/seals has it. */
  ledger_root?: {
    day: string
    root: string
  } | null | undefined
  /** The receipt that this one stands in place of. */
  replaces?: {
    id: string
    form: string
    serial: string
    number: number
    issued_on: string
    reason: string
    /** The refunds whose money it is without. */
    left_out?: readonly string[] | undefined
  } | undefined
  url: string
  status: "issued" | "replaced" | "noticed"
  /** The receipt that stands in its place. */
  replaced_by: string | null
  /** The refund after which it was issued in place of another. */
  refund: string | null
  /** Who put it in place of another; null for a first receipt. */
  made_by: string | null
  notices: readonly {
    id: string
    field: "payer_name" | "address" | "phone" | "procedure_name" | "description" | "amount_in_words" | "refund"
    text: string
    refund: string | null
    made_by: string
    noticed_at: string
  }[]
  /** What went back of the fees on it by refunds that it does not leave out, what the provider or the bank took back of the payment, and whether somebody may still take it back. */
  money: {
    returned: number
    reversed: number
    disputed: boolean
  }
}

export type FoundReceipt = {
  id: string
  title: string
  kind: "phi" | "le_phi"
  form: string
  serial: string
  /** Without gaps within the agency’s serial, from 1 in each year. */
  number: number
  issued_on: string
  issued_at: string
  collector: {
    agency_code: string
    name: string
    tax_code: string | null
    address: string | null
    phone: string | null
    account: {
      number: string
      bank_bin: string
      holder: string
    } | null
  }
  payer: {
    name: string
  }
  fees: readonly {
    fee_code: string | null
    description: string
    unit_amount: number
    quantity: number
    amount: number
    amount_in_words: string
    budget_item: string | null
  }[]
  amount: number
  amount_in_words: string
  currency: "VND"
  payment: {
    method: string
    attempt: string
    provider: string
    provider_reference: string | null
    merchant_reference: string
    paid_at: string | null
  }
  order: string
  dossier_code: string
  procedure_code: string | null
  procedure_name: string | null
  /** The latest sealed day of the ledger when it was issued, as GET /v1/ledger/seals has it. */
  ledger_root?: {
    day: string
    root: string
  } | null | undefined
  /** The receipt that this one stands in place of. */
  replaces?: {
    id: string
    form: string
    serial: string
    number: number
    issued_on: string
    reason: string
    /** The refunds whose money it is without. */
    left_out?: readonly string[] | undefined
  } | undefined
  url: string
  status: "issued" | "replaced" | "noticed"
  /** True: the stored receipt is not what was signed when it was issued. No other answer has it. */
  altered: boolean
}

export type Event = {
  id: string
  type: string
  /** Dense from 1 within its order. */
  sequence: number
  order: string | null
  created_at: string
  /** The object as it was then. */
  data?: unknown | undefined
  /** What its sequence is counted within: the order, or what else it is about. */
  subject: string
  /** The event before it in your feed, whatever its page; null: none. Where it is not the one you had last, you lack one or have one twice. */
  former_event: string | null
  /** Of an event of an order, as its timeline has it, over the hash of the event of that order before; else null. */
  hash: string | null
  /** SHA-256, in hex, of these joined by line feeds: former_event, subject, order, id, type, sequence, created_at, hash, data, each as it is written here and null as nothing. */
  digest: string
}

export type LinkedEvent = {
  id: string
  type: string
  /** Dense from 1 within its order. */
  sequence: number
  order: string | null
  created_at: string
  /** The object as it was then. */
  data?: unknown | undefined
  /** SHA-256, in hex, of these joined by line feeds: former_hash (empty for the first), the order, id, type, sequence, created_at in UTC with milliseconds and Z, data as it is written here. */
  hash: string | null
  former_hash: string | null
}

export type WebhookEndpointWithSecret = {
  id: string
  url: string
  agency_code: string
  /** null: every type. */
  event_types: readonly string[] | null
  created_at: string
  disabled_at: string | null
  /** Until then the former secret signs too. */
  former_secret_until: string | null
  /** Shown this once. */
  secret: string
}

export type WebhookEndpoint = {
  id: string
  url: string
  agency_code: string
  /** null: every type. */
  event_types: readonly string[] | null
  created_at: string
  disabled_at: string | null
  /** Until then the former secret signs too. */
  former_secret_until: string | null
}

export type WebhookDelivery = {
  id: string
  webhook_endpoint: string
  /** The event; also the header webhook-id. */
  webhook_id: string
  event_type: string
  status: "pending" | "delivered" | "failed"
  /** The last 50 tries. */
  attempts: readonly {
    at: string
    response_status: number | null
    error: string | null
  }[]
  next_attempt_at: string | null
  created_at: string
  delivered_at: string | null
}

export type StatementUploaded = {
  id: string
  status: "queued" | "processing" | "imported" | "rejected"
  format: string | null
  duplicate: boolean
}

export type StatementUpload = {
  file: string
  source: "provider" | "bank"
  merchant_account: string
  /** Detected when absent, except `profile`: the merchant account’s `statement_profile` is used only when it is named. */
  format?: "canonical-csv" | "canonical-xlsx" | "profile" | "mt940" | "camt053" | undefined
  dry_run?: "true" | "false" | undefined
}

export type StatementHead = {
  id: string
  status: "queued" | "processing" | "imported" | "rejected"
  /** `larger_process`: the file is larger than is read where the gateway runs on Cloudflare Workers; a process of it on Node takes it up. Nothing of it is stored before. */
  waits_for: "larger_process" | null
  merchant_account: string
  source: "provider" | "bank"
  format: string | null
  file_name: string
  sha256: string
  progress: {
    bytes: number
    total_bytes: number
    lines: number
  }
  /** Rows read, the header not counted. */
  lines: number
  accepted: number
  problem_count: number
  opening_balance: number | null
  closing_balance: number | null
  credits: number
  debits: number
  /** Whether the balances close; null where there are none. */
  closes: boolean | null
  account: string | null
  currency: string | null
  from: string | null
  to: string | null
  /** Why it was rejected. */
  reason: string | null
  created_at: string
  imported_at: string | null
  /** When its file and the texts of its lines were erased, having been kept as long as they had to be. */
  erased_at: string | null
}

export type Statement = {
  id: string
  status: "queued" | "processing" | "imported" | "rejected"
  /** `larger_process`: the file is larger than is read where the gateway runs on Cloudflare Workers; a process of it on Node takes it up. Nothing of it is stored before. */
  waits_for: "larger_process" | null
  merchant_account: string
  source: "provider" | "bank"
  format: string | null
  file_name: string
  sha256: string
  progress: {
    bytes: number
    total_bytes: number
    lines: number
  }
  /** Rows read, the header not counted. */
  lines: number
  accepted: number
  problem_count: number
  opening_balance: number | null
  closing_balance: number | null
  credits: number
  debits: number
  /** Whether the balances close; null where there are none. */
  closes: boolean | null
  account: string | null
  currency: string | null
  from: string | null
  to: string | null
  /** Why it was rejected. */
  reason: string | null
  created_at: string
  imported_at: string | null
  /** When its file and the texts of its lines were erased, having been kept as long as they had to be. */
  erased_at: string | null
  /** The first 1,000; `line` is the physical line of the file. */
  problems: readonly {
    line: number
    column?: string | undefined
    message: string
  }[]
}

export type StatementDraft = {
  /** Also that of the statement which it becomes. */
  id: string
  file_name: string
  sha256: string
  bytes: number
  detected_format: "canonical-csv" | "canonical-xlsx" | "profile" | "mt940" | "camt053"
  merchant_account: string | null
  source: "provider" | "bank" | null
  /** As the uploader chose it; null for detection. */
  format: "canonical-csv" | "canonical-xlsx" | "profile" | "mt940" | "camt053" | null
  created_at: string
  expires_at: string
}

export type StatementDraftUpload = {
  file: string
  source?: "provider" | "bank" | undefined
  merchant_account?: string | undefined
  format?: "auto" | "canonical-csv" | "canonical-xlsx" | "profile" | "mt940" | "camt053" | undefined
}

export type StatementFileRows = {
  /** `structured` for formats that name their own fields: they have no rows to show. */
  kind: "text" | "workbook" | "structured"
  encoding: "utf-8" | "utf-16" | "windows-1258" | "latin1"
  delimiter: "," | ";" | "\t" | "|" | "auto"
  /** Whether it has our own columns and needs no profile. */
  is_canonical: boolean
  /** The first rows as they stand in the file; each cell up to 200 characters. */
  rows: readonly {
    line: number
    cells: readonly string[]
  }[]
  /** A guess at the statement profile, for a person to correct. Columns that were not recognised are absent. */
  suggested_profile: { readonly [name: string]: unknown } | null
}

export type StatementPreview = {
  id: null
  status: "queued" | "processing" | "imported" | "rejected"
  /** `larger_process`: the file is larger than is read where the gateway runs on Cloudflare Workers; a process of it on Node takes it up. Nothing of it is stored before. */
  waits_for: "larger_process" | null
  merchant_account: string
  source: "provider" | "bank"
  format: string | null
  file_name: string
  sha256: string
  progress: {
    bytes: number
    total_bytes: number
    lines: number
  }
  /** Rows read, the header not counted. */
  lines: number
  accepted: number
  problem_count: number
  opening_balance: number | null
  closing_balance: number | null
  credits: number
  debits: number
  /** Whether the balances close; null where there are none. */
  closes: boolean | null
  account: string | null
  currency: string | null
  from: string | null
  to: string | null
  /** Why it was rejected. */
  reason: string | null
  created_at: string
  imported_at: string | null
  /** When its file and the texts of its lines were erased, having been kept as long as they had to be. */
  erased_at: string | null
  /** The first 1,000; `line` is the physical line of the file. */
  problems: readonly {
    line: number
    column?: string | undefined
    message: string
  }[]
  dry_run: true
  /** The first lines as they are read. */
  sample: readonly {
    line: number
    line_type: string | null
    occurred_at: string | null
    business_day: string | null
    merchant_reference: string | null
    provider_reference: string | null
    amount: number
    provider_fee: number | null
    net_amount: number | null
    status: string | null
    payout_reference: string | null
    value_date: string | null
    bank_reference: string | null
    description: string | null
    counterparty: string | null
  }[]
}

export type StatementTrial = {
  source: "provider" | "bank"
  merchant_account: string
  format?: "canonical-csv" | "canonical-xlsx" | "profile" | "mt940" | "camt053" | undefined
  statement_profile?: StatementProfile | undefined
}

export type StatementProfile = {
  encoding?: "utf-8" | "utf-16" | "windows-1258" | "latin1" | undefined
  delimiter?: "," | ";" | "\t" | "|" | "auto" | undefined
  header_row?: number | undefined
  date_format: string
  number_format?: {
    decimal: "." | ","
    thousands: "" | "." | "," | " " | "'"
  } | undefined
  columns: { readonly [name: string]: string }
  values?: {
    line_type?: { readonly [name: string]: "capture" | "refund" | "fee" | "adjustment" } | undefined
    status?: { readonly [name: string]: "success" | "failed" | "pending" } | undefined
  } | undefined
}

export type StatementChoice = {
  source: "provider" | "bank"
  merchant_account: string
  format?: "canonical-csv" | "canonical-xlsx" | "profile" | "mt940" | "camt053" | undefined
}

export type Reconciliation = {
  id: string
  status: "running" | "completed" | "failed"
  merchant_account: string
  from: string
  to: string
  progress: {
    phase: "matching" | "healing" | "done"
    items: number
    /** Lines that told of money which was not known here. */
    healed: number
  }
  /** The list of days off by which lateness was judged. */
  calendar_version: string | null
  /** How sure those days off are, from `from` to the last day on which what the run lists is due: `inferred` where a year of them was not announced yet (`GET /v1/calendar`). Null of a run of before this was noted. */
  calendar_certainty: "announced" | "inferred" | "unknown" | null
  /** By class, each of them; empty until the run is completed. */
  summary: {
    duplicate_line?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    missing_here?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    missing_at_provider?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    status_mismatch?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    refund_mismatch?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    amount_mismatch?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    fee_mismatch?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    date_shift?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    ambiguous?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    short_settled?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    over_settled?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    unknown_credit?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    unknown_debit?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    unsettled?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
    matched?: {
      count: number
      amount_here: number
      amount_there: number
    } | undefined
  }
  failure: string | null
  created_at: string
  completed_at: string | null
}

export type ReconciliationItem = {
  id: string
  class: "duplicate_line" | "missing_here" | "missing_at_provider" | "status_mismatch" | "refund_mismatch" | "amount_mismatch" | "fee_mismatch" | "date_shift" | "ambiguous" | "short_settled" | "over_settled" | "unknown_credit" | "unknown_debit" | "unsettled" | "matched"
  source: "provider" | "bank"
  statement_line: {
    statement: string
    line: number
  } | null
  order: string | null
  attempt: string | null
  refund: string | null
  merchant_reference: string | null
  provider_reference: string | null
  payout_reference: string | null
  bank_reference: string | null
  payout_references: readonly string[]
  amount_here: number | null
  amount_there: number | null
  provider_fee_here: number | null
  provider_fee_there: number | null
  business_day: string | null
  value_date: string | null
  /** The day by which the provider owed it: cut-off, settlement days, working days. Nothing is late before it has passed. */
  expected_on: string | null
  /** What an ambiguous line could have been; never a link. */
  candidates: readonly string[]
  /** The rule, both sides of each field, and the hashes of the rows. */
  proof?: unknown | undefined
}

export type ReconciliationItemSurrounded = {
  id: string
  class: "duplicate_line" | "missing_here" | "missing_at_provider" | "status_mismatch" | "refund_mismatch" | "amount_mismatch" | "fee_mismatch" | "date_shift" | "ambiguous" | "short_settled" | "over_settled" | "unknown_credit" | "unknown_debit" | "unsettled" | "matched"
  source: "provider" | "bank"
  statement_line: {
    statement: string
    line: number
  } | null
  order: string | null
  attempt: string | null
  refund: string | null
  merchant_reference: string | null
  provider_reference: string | null
  payout_reference: string | null
  bank_reference: string | null
  payout_references: readonly string[]
  amount_here: number | null
  amount_there: number | null
  provider_fee_here: number | null
  provider_fee_there: number | null
  business_day: string | null
  value_date: string | null
  /** The day by which the provider owed it: cut-off, settlement days, working days. Nothing is late before it has passed. */
  expected_on: string | null
  /** What an ambiguous line could have been; never a link. */
  candidates: readonly string[]
  /** The rule, both sides of each field, and the hashes of the rows. */
  proof?: unknown | undefined
  /** The row of the file as it was read. */
  row: {
    line: number
    line_type: string | null
    occurred_at: string | null
    business_day: string | null
    merchant_reference: string | null
    provider_reference: string | null
    amount: number
    provider_fee: number | null
    net_amount: number | null
    status: string | null
    payout_reference: string | null
    value_date: string | null
    bank_reference: string | null
    description: string | null
    counterparty: string | null
    statement: string
    file_name: string
  } | null
  /** The attempt and its order as they are now. */
  payment: {
    merchant_reference: string
    provider: string
    status: string
    amount: number
    dossier_code: string
    order_status: string
  } | null
  /** The refund as it is now. */
  refunded: {
    merchant_reference: string
    status: string
    amount: number
  } | null
  /** Of a row of the provider: the bank’s lines that paid its payout, up to 20. */
  bank: readonly {
    item: string
    reconciliation: string
    class: "duplicate_line" | "missing_here" | "missing_at_provider" | "status_mismatch" | "refund_mismatch" | "amount_mismatch" | "fee_mismatch" | "date_shift" | "ambiguous" | "short_settled" | "over_settled" | "unknown_credit" | "unknown_debit" | "unsettled" | "matched"
    statement_line: {
      statement: string
      line: number
    }
    amount: number
    value_date: string | null
    bank_reference: string | null
    description: string | null
    payout_references: readonly string[]
  }[]
  discrepancy: string | null
}

export type Calendar = {
  version: string
  data: readonly CalendarYear[]
}

export type CalendarYear = {
  year: number
  /** Inferred from the Labour Code and the lunar calendar until the year is announced, in the autumn before it. Dates in such a year may move. */
  certainty: "announced" | "inferred"
  source: string
  /** Days that would be worked but for this calendar; weekends are not listed. */
  days_off: readonly string[]
  /** Saturdays that are worked for a day off. */
  days_worked: readonly string[]
}

export type Discrepancy = {
  id: string
  class: string
  /** proposed: a resolution waits for a second person. */
  status: "open" | "proposed" | "resolved"
  /** Who found it: the door, when money came that did not fit its order; a query, when a provider denied what its callback had told; or a reconciliation. */
  source: "door" | "query" | "reconciliation"
  agency_code: string
  merchant_account: string | null
  order: string | null
  attempt: string | null
  refund: string | null
  item: string | null
  reconciliation: string | null
  amount: number
  /** What stands in the ledger’s suspense account for it, booked by the reconciliation: negative where the provider lists more than is booked here. Money that the door holds is booked with its order or credit and is not counted here. */
  in_suspense: number
  owner: string | null
  opened_at: string
  due_on: string | null
  age_working_days: number
  overdue: boolean
  policy: string
  resolution: string | null
  note: string | null
  proposed_by: string | null
  proposed_at: string | null
  resolved_at: string | null
  resolved_by: string | null
  /** What two persons decided stays decided until a second one agrees to open it again. */
  reopening: {
    proposed_by: string
    proposed_at: string | null
    note: string | null
  } | null
  /** Grows with each line of the history. */
  version: number
  history: readonly {
    at: string
    event: string
    by: string
  }[]
}

export type DiscrepancyPolicy = {
  class: string
  source: "door" | "query" | "reconciliation"
  policy: string
  title: string
  /** What the gateway does by itself. */
  automatic: string | null
  /** What it proposes to a person. */
  proposed: string | null
  working_days: number
  /** Where the number of working days comes from. */
  basis: string
  /** Where the money behind an open discrepancy stands. line: in suspense, by the difference between what the provider lists and what is booked here. door: in suspense since the door booked it, if it belongs to no order. settlement: in the booking of the bank’s statement. none: no money is in question. */
  money: "line" | "door" | "settlement" | "none"
  resolutions: readonly {
    resolution: string
    title: string
    decided_by: "one_person" | "second_person"
    suspense: "taken_back" | "stays"
  }[]
}

export type MoneyDecision = {
  order: "open" | "paid" | "expired" | "cancelled" | "waived"
  amount: "equal" | "short" | "over"
  /** paid_by_other_order: another order of the same dossier line is paid. rejected: what is returned then is asked for with the reason `dossier_rejected`, and each fee line follows its price’s `refundable_when_rejected`. */
  dossier: "awaiting" | "late_money_refused" | "paid_by_other_order" | "rejected"
  /** taken: another attempt was captured under the provider’s same number. */
  reference: "own" | "taken"
  booked: "collected" | "suspense"
  /** Of the discrepancy that is opened. */
  class: string | null
  /** What the gateway proposes; a person decides it. */
  proposal: "refund" | null
  /** Until somebody must have dealt with it. */
  working_days: number | null
}

export type TracingCase = {
  id: string
  /** To be given to others: it names the case and ends in a check character. */
  code: string
  /** Whom it goes to and how long there is, in working days: payer_record 3, payer_voucher 5, treasury 2, provider 7, excess_transfer 5 (TT 89/2026/TT-BTC, Điều 37), bank_inquiry 30 (public notes on TT 40/2024/TT-NHNN and a bank’s account rules; the article itself has not been checked). */
  kind: "payer_record" | "payer_voucher" | "treasury" | "provider" | "excess_transfer" | "bank_inquiry"
  status: "open" | "answered" | "closed"
  agency_code: string
  merchant_account: string | null
  discrepancy: string | null
  order: string | null
  statement_line: {
    statement: string
    line: number | null
  } | null
  /** Of what is asked about. Tracing never changes it. */
  amount: number
  currency: "VND"
  finder: string
  cause: string
  counterpart: string
  evidence: readonly {
    kind: "statement_line" | "callback" | "order" | "refund" | "quarantine_entry" | "tracing_case" | "document" | "other"
    reference: string
  }[]
  due_on: string
  basis: string
  age_working_days: number
  overdue: boolean
  opened_by: string
  opened_at: string
  result: string | null
  document: string | null
  answered_by: string | null
  answered_at: string | null
  closed_by: string | null
  closed_at: string | null
  closing_note: string | null
}

export type TracingEvidence = {
  case: TracingCase
  order: {
    id: string
    status: string
    dossier_code: string
    amount: number
    amount_paid: number
    amount_refunded: number
    paid_at: string | null
  } | null
  attempts: readonly Attempt[]
  refunds: readonly Refund[]
  /** What each source of truth has told, in order of arrival. */
  money: readonly {
    kind: "captured" | "reversed" | "refunded"
    attempt: string
    refund: string | null
    reference: string
    amount: number
    source: string
    code: string
    occurred_at: string
    received_at: string
  }[]
  /** The first 200; `callbacks_more` says whether there are more. */
  callbacks: readonly {
    id: string
    merchant_account: string
    received_at: string
    claimed_reference: string | null
    reading: string
    verdict: string | null
    /** SHA-256 of the bytes that came. */
    content_hash: string
    replay_of: string | null
  }[]
  callbacks_more: boolean
  /** The first 200; `statement_lines_more` says whether there are more. Descriptions and counterparties, which name people, are left out. */
  statement_lines: readonly {
    statement: string
    line: number
    file_name: string
    source: string
    file_sha256: string
    row_hash: string
    line_type: string | null
    occurred_at: string | null
    business_day: string | null
    merchant_reference: string | null
    provider_reference: string | null
    bank_reference: string | null
    payout_reference: string | null
    amount: number
    provider_fee: number | null
    net_amount: number | null
    status: string | null
    value_date: string | null
  }[]
  statement_lines_more: boolean
}

export type QuarantineEntry = {
  id: string
  /** unknown_reference: told under a reference that the merchant account does not have; nothing is booked. unknown_credit: money on the agency’s own account, booked to suspense when it was told, with a discrepancy. */
  kind: "unknown_reference" | "unknown_credit"
  status: "open" | "attributed" | "dismissed"
  agency_code: string
  merchant_account: string
  provider: string
  callback: string
  outcome: "captured" | "refunded" | "reversed"
  merchant_reference: string | null
  provider_reference: string | null
  amount: number
  /** What the payer's bank wrote with a credit. */
  text: string | null
  occurred_at: string
  /** Attempts that it might be about when it was opened, at most ten, the likeliest first, with the reasons. Suggestions, never links. */
  candidates: readonly {
    attempt: string
    order: string
    dossier_code: string
    merchant_reference: string
    amount: number
    created_at: string
    score: number
    reasons: readonly string[]
  }[]
  discrepancy: string | null
  attempt: string | null
  opened_at: string
  decided_by: string | null
  decided_at: string | null
  note: string | null
  history: readonly {
    at: string
    event: string
    by: string
  }[]
}

export type AttributedQuarantineEntry = {
  id: string
  /** unknown_reference: told under a reference that the merchant account does not have; nothing is booked. unknown_credit: money on the agency’s own account, booked to suspense when it was told, with a discrepancy. */
  kind: "unknown_reference" | "unknown_credit"
  status: "open" | "attributed" | "dismissed"
  agency_code: string
  merchant_account: string
  provider: string
  callback: string
  outcome: "captured" | "refunded" | "reversed"
  merchant_reference: string | null
  provider_reference: string | null
  amount: number
  /** What the payer's bank wrote with a credit. */
  text: string | null
  occurred_at: string
  /** Attempts that it might be about when it was opened, at most ten, the likeliest first, with the reasons. Suggestions, never links. */
  candidates: readonly {
    attempt: string
    order: string
    dossier_code: string
    merchant_reference: string
    amount: number
    created_at: string
    score: number
    reasons: readonly string[]
  }[]
  discrepancy: string | null
  attempt: string | null
  opened_at: string
  decided_by: string | null
  decided_at: string | null
  note: string | null
  history: readonly {
    at: string
    event: string
    by: string
  }[]
  /** What the one door made of the money: of another amount than the attempt, it does not pay the order. */
  verdict: "accepted" | "already_confirmed" | "amount_mismatch"
}

export type Period = {
  merchant_account: string
  day: string
  status: "open" | "closed"
  /** The close that holds, else the newest one that was opened again. */
  close: {
    id: string
    version: number
    /** SHA-256 of the signed document, hex. */
    sha256: string
    closed_by: string
    closed_at: string
    countersigned_by: string | null
    countersigned_at: string | null
    reopened_by: string | null
    reopened_at: string | null
    reopen_reason: string | null
    /** The day and those before it on which nothing was booked, behind the close before; null: all before. */
    covers: {
      from: string | null
      to: string
    }
    /** What was signed, as JSON. */
    document: { readonly [name: string]: unknown }
    /** Compact JWS over the document; keys in /.well-known/jwks.json. */
    signature: string
    countersignature: string | null
  } | null
  versions: readonly {
    id: string
    version: number
    /** SHA-256 of the signed document, hex. */
    sha256: string
    closed_by: string
    closed_at: string
    countersigned_by: string | null
    countersigned_at: string | null
    reopened_by: string | null
    reopened_at: string | null
    reopen_reason: string | null
  }[]
}

export type PeriodGate = {
  merchant_account: string
  day: string
  status: "open" | "closed"
  /** Whether the day is over in Vietnam: no day closes before. */
  ended: boolean
  /** Whether it can be closed now without carrying any other line. */
  closable: boolean
  covers: {
    from: string | null
    to: string
  } | null
  /** What must come to its end first, and cannot be carried. */
  hindrances: readonly {
    kind: "day" | "statement" | "reconciliation"
    id: string
    what: string
  }[]
  /** How many lines are open and carried by nobody. */
  open_lines: number
  /** The first 500 of them, by day. */
  lines: readonly {
    kind: "discrepancy" | "attempt" | "capture" | "refund" | "credit"
    id: string
    /** Its class or status. */
    what: string
    day: string
    amount: number
    order: string | null
  }[]
  /** Open lines that the close before carries, and that this one would carry on. */
  carried: readonly {
    kind: "discrepancy" | "attempt" | "capture" | "refund" | "credit"
    id: string
    /** Its class or status. */
    what: string
    day: string
    amount: number
    order: string | null
    reason: string
    carried_by: string
    since: string
  }[]
  /** Captures that the provider does not have to list yet. */
  not_due: {
    count: number
    amount: number
  }
  /** What is booked on the days that the close would cover. */
  ledger: {
    entries: number
    totals: { readonly [name: string]: number }
  }
}

export type Report = {
  name: "collections" | "reconciliation" | "discrepancies" | "ledger" | "refunds" | "settlements" | "receipts" | "online-payment-rate" | "provider-scorecard"
  group_by?: "agency" | "budget_item" | "payee_account" | undefined
  title: string
  from: string
  to: string
  as_of: string
  /** Of the business days. */
  time_zone: "UTC+7"
  columns: readonly {
    key: string
    title: string
    type: "text" | "amount" | "count" | "rate" | "date"
  }[]
  rows: readonly { readonly [name: string]: string | number | null }[]
  /** What the rows add up to. `amount`, and whatever else the ledger knows, is compared with it before it is answered. */
  totals: { readonly [name: string]: number }
  /** Rates over all rows, with two decimals; `N/A` where there is nothing to divide by. */
  rates?: { readonly [name: string]: string } | undefined
  /** The same figures by something else, or an equation that they fulfil. */
  summaries: readonly {
    name: string
    title: string
    columns: readonly {
      key: string
      title: string
      type: "text" | "amount" | "count" | "rate" | "date"
    }[]
    rows: readonly { readonly [name: string]: string | number | null }[]
  }[]
  /** With `compare_to`: from the earlier of the two instants to the later. */
  comparison?: {
    from: string
    to: string
    changes: readonly {
      key: string
      change: "added" | "removed" | "changed"
      reason: "late_settlement" | "resolution" | "reconciled" | "receipt_issued" | "correction" | "booked_later" | "other"
      fields: readonly string[]
      before: { readonly [name: string]: string | number | null } | null
      after: { readonly [name: string]: string | number | null } | null
    }[]
  } | undefined
}

export type Overview = {
  from: string
  to: string
  agency_code: string | null
  at: string
  /** In the period, as the report `collections` has it. */
  collected: number
  /** In the period, as the report `refunds` has it. */
  refunded: number
  /** What bank statements show of payouts in the period, as the report `settlements` has it. */
  settled: number
  /** What belongs to no order yet, at present, whenever it came. */
  in_suspense: number
  /** What the discrepancies that are not resolved are about, at present. */
  unmatched: number
  /** Attempts and refunds whose provider has not answered, at present: neither paid nor failed. */
  unknown: {
    amount: number
    attempts: {
      count: number
      amount: number
    }
    refunds: {
      count: number
      amount: number
    }
  }
  /** Placed in the period, by how they stand at present. */
  orders: readonly {
    status: string
    count: number
    amount: number
  }[]
  /** Not resolved at present; ages are calendar days since they were opened. */
  discrepancies: {
    count: number
    amount: number
    overdue: {
      count: number
      amount: number
    }
    by_age: readonly {
      from_days: number
      to_days: number | null
      count: number
      amount: number
    }[]
  }
  /** Every day of the period. */
  by_day: readonly {
    day: string
    collected: number
    refunded: number
    settled: number
  }[]
  by_agency: readonly {
    agency_code: string
    name: string | null
    collected: number
    refunded: number
    settled: number
  }[]
  by_provider: readonly {
    provider: string
    collected: number
    refunded: number
    settled: number
    unknown: number
  }[]
}

export type LedgerSeal = {
  /** The agency at the top of the tree, whose ledger it is. */
  agency_code: string
  /** The business day in which the records got their places in the chain. */
  day: string
  first_place: number
  /** One less than first_place on a day without records. */
  last_place: number
  count: number
  /** SHA-256, lowercase hex. */
  root: string
  /** SHA-256, lowercase hex. */
  chain_hash: string
  /** SHA-256, lowercase hex. */
  previous_root: string | null
  sealed_at: string
  /** 1: entries and facts have places in the chain. 2: events as well. */
  format: number
  kid: string
  /** All of it signed, as one compact JWS; the key is in /.well-known/jwks.json. */
  jws: string
}

export type LedgerProof = {
  entry: string
  place: number
  /** The entry and its postings, byte for byte as they were hashed. */
  canonical: string
  /** SHA-256, lowercase hex. */
  leaf_hash: string
  /** From 0, among the leaves of the day. */
  index: number
  tree_size: number
  /** The hashes beside the way to the root, the nearest to the leaf first. */
  path: readonly string[]
  seal: LedgerSeal
}

export type AuditRecord = {
  id: string
  at: string
  /** A client of ours, or `issuer#subject`; `GET /v1/staff` has the names. */
  actor: string
  is_person: boolean
  action: "order.read" | "orders.found" | "bill.read" | "timeline.read" | "events.read" | "evidence.read" | "refund.read" | "refunds.found" | "refund_payee.read" | "discrepancy.read" | "discrepancies.found" | "dispute.read" | "disputes.found" | "receipt.read" | "receipt.exported" | "receipts.found" | "tracing.read" | "quarantine.read" | "quarantine.found" | "report.read" | "report.exported" | "statement_problems.exported" | "statement_draft.read" | "reconciliation_item.read" | "period.exported" | "ledger_seals.exported" | "audit.read" | "audit.exported" | "hold.placed" | "hold.released" | "client.added" | "catalogue.imported" | "webhook_endpoint.added" | "session.opened" | "session.refused" | "session.ended"
  /** Whose data it was, or else for whom the actor speaks. */
  agency_code: string
  /** An id, or the name of a report or a catalogue. */
  object: string | null
  /** The ids on the page that a list showed. */
  shown: readonly string[]
  rows: number | null
  /** The media type of a file that left. */
  format: string | null
  /** What was asked for. Of names that were searched for only that they were. Of a catalogue its file, with its SHA-256, and how many entries were added and given another end. */
  query: { readonly [name: string]: string }
  request_id: string
  /** Where the request came from: /24 of IPv4, /48 of IPv6. */
  network: string | null
}

export type LegalHold = {
  id: string
  agency_code: string
  kind: "order" | "merchant_account"
  object: string
  reason: string
  placed_by: string
  placed_at: string
  released_by: string | null
  released_at: string | null
  release_reason: string | null
}

export type ProviderContract = {
  provider: string
  title: {
    vi: string
    en: string
  }
  members: readonly {
    name: string
    /** Belongs under `credentials`, and is never shown. */
    secret: boolean
    required: boolean
    type: "text" | "number" | "yes_no" | "list"
    choices: readonly string[] | null
    default: string | number | boolean | null
  }[]
}

export type Agency = {
  agency_code: string
  parent_code: string | null
  name: string
  tax_code: string | null
  budget_unit_code: string | null
  address: string | null
  phone: string | null
  /** What a price that differs from the fee schedule, or a budget item or a relief that is in none of the catalogues that hold, does: nothing, a warning on the order, or a refusal. A procedure that is in none is only warned of, and with `off` not. */
  fee_check: "off" | "warn" | "enforce"
  accepts_late_money: boolean
  /** Refunds above this need a checker; 0: all of them. */
  refund_limit: number
  /** Working days within which an approved refund is promised: a policy of the agency, 7 unless set; no law names a term. */
  refund_working_days: number
  /** What follows the year in the serials of its receipts for phí (TT 91 annex II). Another one begins a series of its own, from number 1, with the next receipt. */
  receipt_serial_phi: string
  /** What follows the year in the serials of its receipts for lệ phí (TT 91 annex II). Another one begins a series of its own, from number 1, with the next receipt. */
  receipt_serial_le_phi: string
  created_at: string
}

export type AgencyInput = {
  agency_code: string
  name: string
  tax_code?: string | null | undefined
  /** Mã đơn vị quan hệ ngân sách (ĐVQHNS), which reports bear in their head. */
  budget_unit_code?: string | null | undefined
  address?: string | null | undefined
  phone?: string | null | undefined
  /** What a price that differs from the fee schedule, or a budget item or a relief that is in none of the catalogues that hold, does: nothing, a warning on the order, or a refusal. A procedure that is in none is only warned of, and with `off` not. */
  fee_check?: "off" | "warn" | "enforce" | undefined
  accepts_late_money?: boolean | undefined
  refund_limit?: number | undefined
  refund_working_days?: number | undefined
  /** What follows the year in the serials of its receipts for phí (TT 91 annex II). Another one begins a series of its own, from number 1, with the next receipt. */
  receipt_serial_phi?: string | undefined
  /** What follows the year in the serials of its receipts for lệ phí (TT 91 annex II). Another one begins a series of its own, from number 1, with the next receipt. */
  receipt_serial_le_phi?: string | undefined
}

export type AgencyPatch = {
  name?: string | undefined
  tax_code?: string | null | undefined
  /** Mã đơn vị quan hệ ngân sách (ĐVQHNS), which reports bear in their head. */
  budget_unit_code?: string | null | undefined
  address?: string | null | undefined
  phone?: string | null | undefined
  /** What a price that differs from the fee schedule, or a budget item or a relief that is in none of the catalogues that hold, does: nothing, a warning on the order, or a refusal. A procedure that is in none is only warned of, and with `off` not. */
  fee_check?: "off" | "warn" | "enforce" | undefined
  accepts_late_money?: boolean | undefined
  refund_limit?: number | undefined
  refund_working_days?: number | undefined
  /** What follows the year in the serials of its receipts for phí (TT 91 annex II). Another one begins a series of its own, from number 1, with the next receipt. */
  receipt_serial_phi?: string | undefined
  /** What follows the year in the serials of its receipts for lệ phí (TT 91 annex II). Another one begins a series of its own, from number 1, with the next receipt. */
  receipt_serial_le_phi?: string | undefined
}

export type OutgoingHosts = {
  agency_code: string
  /** Hosts such as `portal.example.vn`, `*.example.vn` for those below that name, or an IP address. Null: no list of its own. */
  hosts: readonly string[] | null
  /** Every list that binds the agency, those of the agencies above it first. An address must be allowed by each of them. */
  binding: readonly {
    agency_code: string
    hosts: readonly string[]
  }[]
  /** What the list was, the newest first, at most 50. */
  history: readonly {
    hosts: readonly string[] | null
    set_by: string
    set_at: string
  }[]
}

export type OutgoingHostsInput = {
  /** Hosts such as `portal.example.vn`, `*.example.vn` for those below that name, or an IP address. Null: no list of its own. */
  hosts: readonly string[] | null
}

export type MerchantAccount = {
  id: string
  agency_code: string
  provider: string
  title: string
  status: "active" | "disabled"
  settings: { readonly [name: string]: unknown }
  payee_account: {
    number: string
    bank_bin: string
    holder: string
  }
  provider_fee: {
    basis_points?: number | undefined
    fixed?: number | undefined
    minimum?: number | null | undefined
    maximum?: number | null | undefined
    vat_basis_points?: number | undefined
    netted?: boolean | undefined
    tolerance?: number | undefined
  } | null
  cutoff: string
  settlement_days: number
  statement_profile: { readonly [name: string]: unknown } | null
  /** Newest first. Two are valid while a key is rotated. */
  keys: readonly {
    id: string
    created_at: string
    retires_at: string | null
    last_used_at: string | null
  }[]
  created_at: string
}

export type MerchantAccountInput = {
  title: string
  /** Addresses and options, in the provider’s own names; readable. */
  settings?: { readonly [name: string]: string | number | boolean | (readonly string[]) } | undefined
  payee_account: PayeeAccount
  provider_fee?: ProviderFee | undefined
  /** When the provider’s business day ends, UTC+7; 00:00 is midnight. */
  cutoff?: string | undefined
  settlement_days?: number | undefined
  statement_profile?: StatementProfile | null | undefined
  agency_code: string
  provider: string
  /** The provider’s own names, such as tmn_code and hash_secret. Write-only: encrypted, never shown again. */
  credentials: { readonly [name: string]: string | number | boolean | (readonly string[]) }
}

export type ProviderFee = {
  basis_points?: number | undefined
  fixed?: number | undefined
  minimum?: number | null | undefined
  maximum?: number | null | undefined
  vat_basis_points?: number | undefined
  netted?: boolean | undefined
  /** By so many đồng the provider fee of one payment may differ from the contract’s before a person is asked. Its item stays a `fee_mismatch` and its discrepancy is opened, and resolved at once as `within_tolerance`; the money is the file’s either way. 0 when absent. */
  tolerance?: number | undefined
} | null

export type MerchantAccountPatch = {
  title?: string | undefined
  /** Addresses and options, in the provider’s own names; readable. */
  settings?: { readonly [name: string]: string | number | boolean | (readonly string[]) } | undefined
  payee_account?: PayeeAccount | undefined
  provider_fee?: ProviderFee | undefined
  /** When the provider’s business day ends, UTC+7; 00:00 is midnight. */
  cutoff?: string | undefined
  settlement_days?: number | undefined
  statement_profile?: StatementProfile | null | undefined
  status?: "active" | "disabled" | undefined
}

export type KeyRotation = {
  /** The provider’s own names, such as tmn_code and hash_secret. Write-only: encrypted, never shown again. */
  credentials: { readonly [name: string]: string | number | boolean | (readonly string[]) }
  overlap_hours?: number | undefined
}

export type FeeSchedule = {
  id: string
  agency_code: string
  fee_code: string
  name: string
  kind: "phi" | "le_phi" | "phat" | "thue" | "khac"
  unit_amount: number | null
  budget_item: string | null
  legal_basis: string | null
  /** Whether it is returned when the dossier is rejected; null: the agency decides case by case. */
  refundable_when_rejected: boolean | null
  valid_from: string
  valid_to: string | null
  created_at: string
}

export type FeeScheduleInput = {
  agency_code: string
  fee_code: string
  name: string
  kind: "phi" | "le_phi" | "phat" | "thue" | "khac"
  unit_amount: number | null
  budget_item?: string | null | undefined
  legal_basis?: string | null | undefined
  refundable_when_rejected?: boolean | null | undefined
  valid_from: string
  valid_to?: string | null | undefined
}

export type FeeSchedulePatch = {
  valid_to: string | null
}

export type CatalogueEntry = {
  /** Of a procedure the national code, such as 1.001193. */
  code: string
  name: string
  name_en: string | null
  /** What a procedure charges; of other catalogues none. */
  fee_codes: readonly string[]
  /** Whose entry it is; it binds those below that agency too. */
  agency_code: string
  /** The document that says so. */
  source: string | null
  valid_from: string
  valid_to: string | null
}

export type NewClient = {
  client_id: string
  agency_code: string
  name: string
  scopes: readonly string[]
  authentication: "client_secret" | "private_key_jwt"
  created_at: string
  expires_at: string | null
  revoked_at: string | null
  client_secret: string | null
}

export type ClientInput = {
  name: string
  agency_code: string
  scopes: readonly ("orders:read" | "orders:write" | "refunds:write" | "refunds:approve" | "reconciliation:read" | "reconciliation:write" | "reports:read" | "webhooks:write" | "admin")[]
  expires_at?: string | undefined
  /** Public keys for private_key_jwt; the client then has no secret. */
  jwks?: {
    keys: readonly ({
      kty: "OKP"
      crv: "Ed25519"
      x: string
      kid?: string | undefined
      alg?: "EdDSA" | "Ed25519" | "ES256" | "PS256" | "RS256" | undefined
      use?: "sig" | undefined
    } | {
      kty: "EC"
      crv: "P-256"
      x: string
      y: string
      kid?: string | undefined
      alg?: "EdDSA" | "Ed25519" | "ES256" | "PS256" | "RS256" | undefined
      use?: "sig" | undefined
    } | {
      kty: "RSA"
      n: string
      e: string
      kid?: string | undefined
      alg?: "EdDSA" | "Ed25519" | "ES256" | "PS256" | "RS256" | undefined
      use?: "sig" | undefined
    })[]
  } | null | undefined
}

export type Client = {
  client_id: string
  agency_code: string
  name: string
  scopes: readonly string[]
  authentication: "client_secret" | "private_key_jwt"
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

export type StaffMember = {
  /** `issuer#subject`: as deeds name the person. */
  subject: string
  name: string
  role: "accountant" | "checker" | "auditor" | "operator"
  agency_code: string
  last_seen_at: string
}

/** What each operation takes, what it answers, and the codes of its refusals. */
export type Operations = {
  /** A token for a client. POST /oauth/token. No token. */
  issueToken: {
    takes: {
      body: TokenRequest
    }
    answers: Token
    refuses: 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'body_too_large' | 'unsupported_media_type'
  }
  /** The public keys of our tokens, receipts and closes. GET /.well-known/jwks.json. No token. */
  getPublicKeys: {
    takes: {}
    answers: {
      keys: readonly {
        kty: string
        crv: string
        x: string
        kid: string
        alg: string
        use: string
        /** Nothing that says it was signed from then on, in seconds since 1970, is ours. */
        revoked?: {
          revoked_at: number
          reason: "unspecified" | "compromised" | "superseded"
        } | undefined
      }[]
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'overloaded'
  }
  /** Place an order. POST /v1/orders. Scope: orders:write. */
  placeOrder: {
    takes: {
      body: {
        dossier_code: string
        agency_code: string
        procedure_code?: string | null | undefined
        procedure_name?: string | null | undefined
        payer: {
          name: string
          identity_number?: string | null | undefined
          tax_code?: string | null | undefined
          phone?: string | null | undefined
          email?: string | null | undefined
          address?: string | null | undefined
        }
        lines: readonly {
          fee_code?: string | null | undefined
          kind: "phi" | "le_phi" | "phat" | "thue" | "khac"
          description: string
          unit_amount: number
          quantity?: number | null | undefined
          budget_item?: string | null | undefined
          exemption?: {
            rule: string
            evidence: string
          } | null | undefined
        }[]
        collection_stage?: string | null | undefined
        expires_at?: string | null | undefined
        /** True where the deadline must stand as it is. Otherwise a citizen may ask for 24 hours more, three times at most; `order.extended` tells of it. */
        firm_deadline?: boolean | null | undefined
        return_url: string
        language?: "vi" | "en" | null | undefined
        metadata?: { readonly [name: string]: string } | null | undefined
      }
      idempotencyKey: string
    }
    answers: Order
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_required' | 'idempotency_key_reused' | 'request_in_progress' | 'not_found' | 'fee_differs_from_schedule' | 'code_not_in_catalogue' | 'insecure_url'
  }
  /** Find orders. GET /v1/orders. Scope: orders:read. */
  findOrders: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      dossier_code?: string | undefined
      agency_code?: string | undefined
      status?: "open" | "paid" | "expired" | "cancelled" | "waived" | undefined
      created_from?: string | undefined
      created_to?: string | undefined
      provider_reference?: string | undefined
      merchant_reference?: string | undefined
      payer_name?: string | undefined
      amount?: number | undefined
      unknown?: "true" | undefined
    }
    answers: {
      data: readonly Order[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read an order. GET /v1/orders/{id}. Scope: orders:read. */
  readOrder: {
    takes: {
      id: string
    }
    answers: Order
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Cancel an open order. POST /v1/orders/{id}/cancel. Scope: orders:write. */
  cancelOrder: {
    takes: {
      id: string
      body?: {
        reason?: string | null | undefined
      } | undefined
      idempotencyKey?: string | undefined
    }
    answers: Order
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'order_already_paid' | 'order_not_open' | 'conflict'
  }
  /** Start an attempt to pay. POST /v1/orders/{id}/attempts. Scope: orders:write. */
  startAttempt: {
    takes: {
      id: string
      body: {
        provider: string
        bank_code?: string | null | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: Attempt
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'request_in_progress' | 'order_already_paid' | 'order_not_open' | 'order_waived' | 'provider_not_available' | 'provider_unreachable' | 'amount_outside_provider_limits' | 'too_many_attempts' | 'conflict'
  }
  /** List the attempts of an order. GET /v1/orders/{id}/attempts. Scope: orders:read. */
  listAttempts: {
    takes: {
      id: string
    }
    answers: {
      data: readonly Attempt[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** What is still owed for a dossier. GET /v1/bills. Scope: orders:read. */
  inquireBill: {
    takes: {
      dossier_code: string
    }
    answers: {
      dossier_code: string
      /** The sum of all open orders, listed or not. */
      amount_owed: number
      order_count: number
      /** True when only the newest 100 orders are listed. */
      is_cut: boolean
      orders: readonly Order[]
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** The ledger’s entries of an order. GET /v1/orders/{id}/entries. Scope: reports:read or reconciliation:read. */
  listOrderEntries: {
    takes: {
      id: string
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly OrderEntry[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** The raw evidence of an order. GET /v1/orders/{id}/evidence. Scope: reconciliation:read or reconciliation:write. */
  readOrderEvidence: {
    takes: {
      id: string
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly CallbackEvidence[]
      next_cursor: string | null
      told: readonly {
        source: string
        kind: string
        attempt: string
        refund: string | null
        merchant_account: string
        reference: string
        amount: number
        code: string
        occurred_at: string
        received_at: string
      }[]
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Ask for a refund. POST /v1/orders/{id}/refunds. Scope: refunds:write. */
  requestRefund: {
    takes: {
      id: string
      body: {
        amount?: number | null | undefined
        attempt?: string | null | undefined
        /** In words, for who may read refunds here and in reports. Events and the provider are told `reason_code` or our reference only. */
        reason: string
        /** dossier_rejected refuses lines whose price says that they are not returned then (`refundable_when_rejected`). */
        reason_code?: "dossier_rejected" | "overcharged" | "duplicate" | "other" | null | undefined
        /** By the provider's own call where it has one, unless given. treasury: the money has gone to the Treasury, which only a return of budget revenue gets back. */
        method?: "provider" | "manual" | "treasury" | null | undefined
        /** Who gets it where it is returned by hand. Encrypted; answers show the last four digits. */
        payee_account?: {
          number: string
          bank_bin: string
          holder: string
        } | null | undefined
        /** Which fee lines are returned, by number or fee code, and how much of each: all that is left unless given. Without it the amount is shared over what is left of all lines, by the largest remainder. */
        lines?: readonly {
          line: number | string
          amount?: number | null | undefined
        }[] | null | undefined
      }
      idempotencyKey: string
    }
    answers: Refund
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_required' | 'idempotency_key_reused' | 'request_in_progress' | 'nothing_to_refund' | 'refund_exceeds_captured' | 'refund_in_progress' | 'disputed' | 'line_not_refundable' | 'conflict'
  }
  /** List the refunds of an order. GET /v1/orders/{id}/refunds. Scope: orders:read or refunds:write or refunds:approve. */
  listRefunds: {
    takes: {
      id: string
    }
    answers: {
      data: readonly Refund[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Find refunds. GET /v1/refunds. Scope: orders:read or refunds:write or refunds:approve. */
  findRefunds: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      status?: "proposed" | "requested" | "approved" | "sending" | "pending" | "unknown" | "succeeded" | "failed" | "rejected" | "withdrawn" | undefined
      method?: "provider" | "manual" | "treasury" | undefined
      overdue?: "true" | undefined
    }
    answers: {
      data: readonly Refund[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a refund. GET /v1/refunds/{id}. Scope: orders:read or refunds:write or refunds:approve. */
  readRefund: {
    takes: {
      id: string
    }
    answers: Refund
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Approve a refund. POST /v1/refunds/{id}/approve. Scope: refunds:approve. */
  approveRefund: {
    takes: {
      id: string
      body?: {
        payee_version?: number | undefined
      } | undefined
      idempotencyKey?: string | undefined
    }
    answers: Refund
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'maker_cannot_approve' | 'refund_not_awaiting_approval' | 'refund_payee_changed' | 'refund_exceeds_captured' | 'disputed' | 'conflict'
  }
  /** Reject a refund. POST /v1/refunds/{id}/reject. Scope: refunds:approve. */
  rejectRefund: {
    takes: {
      id: string
      body?: { readonly [name: string]: never } | undefined
      idempotencyKey?: string | undefined
    }
    answers: Refund
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'maker_cannot_approve' | 'refund_not_awaiting_approval' | 'refund_payee_changed' | 'refund_exceeds_captured' | 'disputed' | 'conflict'
  }
  /** Say what became of a refund. POST /v1/refunds/{id}/settle. Scope: refunds:approve. */
  settleRefund: {
    takes: {
      id: string
      body: {
        outcome: "succeeded" | "failed"
        amount?: number | null | undefined
        provider_reference?: string | null | undefined
        note: string
      }
      idempotencyKey?: string | undefined
    }
    answers: Refund
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'maker_cannot_approve' | 'refund_not_under_way' | 'refund_by_hand' | 'conflict'
  }
  /** Read who gets a refund by hand. GET /v1/refunds/{id}/payee_account. Scope: refunds:approve. */
  readRefundPayee: {
    takes: {
      id: string
    }
    answers: PayeeAccount
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Say who gets a refund by hand. PUT /v1/refunds/{id}/payee_account. Scope: refunds:write. */
  giveRefundPayee: {
    takes: {
      id: string
      body: PayeeAccount
      idempotencyKey?: string | undefined
    }
    answers: Refund
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'refund_not_awaiting_approval' | 'conflict'
  }
  /** Confirm the transfer of a refund by hand. POST /v1/refunds/{id}/confirm. Scope: refunds:approve. */
  confirmRefund: {
    takes: {
      id: string
      body: {
        bank_reference: string
        paid_on: string
        evidence: string
      }
      idempotencyKey?: string | undefined
    }
    answers: Refund
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'maker_cannot_approve' | 'refund_not_under_way' | 'already_exists' | 'conflict'
  }
  /** Say that the transfer of a refund came back. POST /v1/refunds/{id}/bounce. Scope: refunds:approve. */
  bounceRefund: {
    takes: {
      id: string
      body: {
        bank_reference: string
        returned_on: string
        note: string
      }
      idempotencyKey?: string | undefined
    }
    answers: Refund
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'maker_cannot_approve' | 'refund_not_under_way' | 'already_exists' | 'conflict'
  }
  /** Open a dispute about a payment. POST /v1/orders/{id}/disputes. Scope: refunds:write. */
  openDispute: {
    takes: {
      id: string
      body: {
        attempt?: string | null | undefined
        /** complaint unless given. */
        kind?: "chargeback" | "complaint" | "tracing" | undefined
        reason: string
        amount?: number | null | undefined
        reference?: string | null | undefined
        respond_by: string
      }
      idempotencyKey?: string | undefined
    }
    answers: Dispute
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'already_exists' | 'conflict'
  }
  /** List disputes. GET /v1/disputes. Scope: refunds:write or refunds:approve or reconciliation:read. */
  listDisputes: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      status?: "open" | "closed" | undefined
    }
    answers: {
      data: readonly Dispute[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a dispute with its evidence. GET /v1/disputes/{id}. Scope: refunds:write or refunds:approve or reconciliation:read. */
  readDispute: {
    takes: {
      id: string
    }
    answers: DisputeCase
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Close a dispute. POST /v1/disputes/{id}/close. Scope: refunds:approve. */
  closeDispute: {
    takes: {
      id: string
      body: {
        outcome: "won" | "lost" | "withdrawn"
        note: string
      }
      idempotencyKey?: string | undefined
    }
    answers: Dispute
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'dispute_not_open' | 'maker_cannot_approve' | 'conflict'
  }
  /** Ask for the release of a lost chargeback. POST /v1/disputes/{id}/release. Scope: refunds:write. */
  requestDisputeRelease: {
    takes: {
      id: string
      body: {
        note: string
      }
      idempotencyKey?: string | undefined
    }
    answers: Dispute
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'dispute_not_waiting' | 'already_exists' | 'conflict'
  }
  /** Agree to a release. POST /v1/disputes/{id}/release/approve. Scope: refunds:approve. */
  approveDisputeRelease: {
    takes: {
      id: string
      idempotencyKey?: string | undefined
    }
    answers: Dispute
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'dispute_not_waiting' | 'maker_cannot_approve' | 'conflict'
  }
  /** Refuse a release. POST /v1/disputes/{id}/release/reject. Scope: refunds:approve. */
  rejectDisputeRelease: {
    takes: {
      id: string
      idempotencyKey?: string | undefined
    }
    answers: Dispute
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'dispute_not_waiting' | 'maker_cannot_approve' | 'conflict'
  }
  /** Receipts that were replaced or noticed, or whose money went back. GET /.well-known/receipt-status.json. No token. */
  readReceiptStatus: {
    takes: {}
    answers: {
      /** In seconds since 1970, as `since`. */
      at: number
      since: number | null
      replaced: readonly string[]
      refunded: readonly string[]
      reversed: readonly string[]
      noticed: readonly string[]
      signed: string
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded'
  }
  /** The receipts of a paid order. GET /v1/orders/{id}/receipt. Scope: orders:read. */
  readReceipt: {
    takes: {
      id: string
    }
    answers: {
      receipts: readonly Receipt[]
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'not_acceptable' | 'receipt_not_issued' | 'receipt_altered'
  }
  /** Receipts that somebody must decide about. GET /v1/receipts. Scope: reconciliation:read. */
  listReceiptsInNeed: {
    takes: {
      needs?: "decision" | undefined
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly UndecidedReceipt[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Paid orders whose receipts could not be issued yet. GET /v1/unreceipted_orders. Scope: reconciliation:read. */
  listUnreceiptedOrders: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly UnreceiptedOrder[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** A receipt, and what became of it. GET /v1/receipts/{id}. Scope: orders:read or reconciliation:read. */
  readReceiptHistory: {
    takes: {
      id: string
    }
    answers: ReceiptHistory
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'receipt_altered'
  }
  /** Issue a receipt in place of another. POST /v1/receipts/{id}/replace. Scope: reconciliation:write. */
  replaceReceipt: {
    takes: {
      id: string
      body: {
        reason: string
        /** What is wrong on the former one, besides a name: needed where a name is corrected on the way. */
        wrong?: "tax_code" | "amount" | "other" | undefined
        correction?: {
          payer_name: string
        } | undefined
        /** The refund of this order that is the reason. */
        refund?: string | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: ReceiptHistory
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'receipt_replaced' | 'receipt_altered' | 'receipt_not_issued'
  }
  /** Give notice of a mistake on a receipt. POST /v1/receipts/{id}/notice. Scope: reconciliation:write. */
  noticeReceipt: {
    takes: {
      id: string
      body: {
        field: "payer_name" | "address" | "phone" | "procedure_name" | "description" | "amount_in_words" | "refund"
        text: string
        /** The refund of this order that is the reason. */
        refund?: string | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: ReceiptHistory
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'receipt_replaced' | 'receipt_altered' | 'already_exists' | 'too_many_notes'
  }
  /** Find receipts. GET /v1/issued_receipts. Scope: reconciliation:read. */
  findReceipts: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      dossier_code?: string | undefined
      serial?: string | undefined
      number?: number | undefined
      issued_on?: string | undefined
    }
    answers: {
      data: readonly FoundReceipt[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Pull every event, none lost. GET /v1/events. Scope: orders:read. */
  readEvents: {
    takes: {
      limit?: number | undefined
      after?: string | undefined
    }
    answers: {
      data: readonly Event[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** The timeline of an order. GET /v1/orders/{id}/events. Scope: orders:read. */
  readTimeline: {
    takes: {
      id: string
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly LinkedEvent[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Register where webhooks go. POST /v1/webhook_endpoints. Scope: webhooks:write. */
  createWebhookEndpoint: {
    takes: {
      body: {
        url: string
        event_types?: readonly ("order.created" | "order.paid" | "order.expired" | "order.extended" | "order.cancelled" | "order.waived" | "order.refunded" | "attempt.started" | "attempt.captured" | "attempt.failed" | "refund.requested" | "refund.succeeded" | "refund.failed" | "refund.overdue" | "refund.payee_named" | "dispute.opened" | "dispute.closed" | "dispute.release_requested" | "dispute.release_rejected" | "dispute.released" | "receipt.issued" | "receipt.replaced" | "receipt.noticed" | "receipt.overdue" | "discrepancy.opened" | "discrepancy.resolved" | "discrepancy.proposed" | "discrepancy.rejected" | "discrepancy.reopening_proposed" | "discrepancy.reopening_rejected" | "tracing.opened" | "tracing.answered" | "tracing.closed" | "reconciliation.completed" | "period.closed" | "ledger.sealed" | "period.countersigned" | "period.reopened")[] | null | undefined
        agency_code?: string | null | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: WebhookEndpointWithSecret
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'request_in_progress' | 'not_found' | 'insecure_url' | 'host_not_allowed' | 'conflict'
  }
  /** List webhook endpoints. GET /v1/webhook_endpoints. Scope: webhooks:write. */
  listWebhookEndpoints: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly WebhookEndpoint[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a webhook endpoint. GET /v1/webhook_endpoints/{id}. Scope: webhooks:write. */
  readWebhookEndpoint: {
    takes: {
      id: string
    }
    answers: WebhookEndpoint
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Disable a webhook endpoint for good. DELETE /v1/webhook_endpoints/{id}. Scope: webhooks:write. */
  disableWebhookEndpoint: {
    takes: {
      id: string
    }
    answers: WebhookEndpoint
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** Give a webhook endpoint a new secret. POST /v1/webhook_endpoints/{id}/rotate_secret. Scope: webhooks:write. */
  rotateWebhookSecret: {
    takes: {
      id: string
      idempotencyKey?: string | undefined
    }
    answers: WebhookEndpointWithSecret
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'request_in_progress' | 'conflict' | 'secret_in_use'
  }
  /** Send the webhooks of a time again. POST /v1/webhook_endpoints/{id}/redeliver. Scope: webhooks:write. */
  redeliverWebhooks: {
    takes: {
      id: string
      body: {
        from: string
        to: string
      }
      idempotencyKey?: string | undefined
    }
    answers: {
      redelivered: number
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'conflict'
  }
  /** List webhook deliveries. GET /v1/webhook_deliveries. Scope: webhooks:write. */
  listWebhookDeliveries: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      webhook_endpoint?: string | undefined
      status?: "pending" | "delivered" | "failed" | undefined
      event_type?: "order.created" | "order.paid" | "order.expired" | "order.extended" | "order.cancelled" | "order.waived" | "order.refunded" | "attempt.started" | "attempt.captured" | "attempt.failed" | "refund.requested" | "refund.succeeded" | "refund.failed" | "refund.overdue" | "refund.payee_named" | "dispute.opened" | "dispute.closed" | "dispute.release_requested" | "dispute.release_rejected" | "dispute.released" | "receipt.issued" | "receipt.replaced" | "receipt.noticed" | "receipt.overdue" | "discrepancy.opened" | "discrepancy.resolved" | "discrepancy.proposed" | "discrepancy.rejected" | "discrepancy.reopening_proposed" | "discrepancy.reopening_rejected" | "tracing.opened" | "tracing.answered" | "tracing.closed" | "reconciliation.completed" | "period.closed" | "ledger.sealed" | "period.countersigned" | "period.reopened" | undefined
    }
    answers: {
      data: readonly WebhookDelivery[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Send a webhook again. POST /v1/webhook_deliveries/{id}/redeliver. Scope: webhooks:write. */
  redeliverWebhook: {
    takes: {
      id: string
      idempotencyKey?: string | undefined
    }
    answers: WebhookDelivery
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'conflict'
  }
  /** Upload a statement. POST /v1/statements. Scope: reconciliation:write. */
  uploadStatement: {
    takes: {
      body?: FormData | undefined
      idempotencyKey?: string | undefined
    }
    answers: StatementUploaded | {
      id: null
      status: "queued" | "processing" | "imported" | "rejected"
      /** `larger_process`: the file is larger than is read where the gateway runs on Cloudflare Workers; a process of it on Node takes it up. Nothing of it is stored before. */
      waits_for: "larger_process" | null
      merchant_account: string
      source: "provider" | "bank"
      format: string | null
      file_name: string
      sha256: string
      progress: {
        bytes: number
        total_bytes: number
        lines: number
      }
      /** Rows read, the header not counted. */
      lines: number
      accepted: number
      problem_count: number
      opening_balance: number | null
      closing_balance: number | null
      credits: number
      debits: number
      /** Whether the balances close; null where there are none. */
      closes: boolean | null
      account: string | null
      currency: string | null
      from: string | null
      to: string | null
      /** Why it was rejected. */
      reason: string | null
      created_at: string
      imported_at: string | null
      /** When its file and the texts of its lines were erased, having been kept as long as they had to be. */
      erased_at: string | null
      /** The first 1,000; `line` is the physical line of the file. */
      problems: readonly {
        line: number
        column?: string | undefined
        message: string
      }[]
      dry_run: true
    } | StatementUploaded
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'not_found'
  }
  /** List statements. GET /v1/statements. Scope: reconciliation:read or reconciliation:write. */
  listStatements: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      merchant_account?: string | undefined
      source?: "provider" | "bank" | undefined
      status?: "queued" | "processing" | "imported" | "rejected" | undefined
    }
    answers: {
      data: readonly StatementHead[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a statement and how far its import is. GET /v1/statements/{id}. Scope: reconciliation:read or reconciliation:write. */
  readStatement: {
    takes: {
      id: string
    }
    answers: Statement
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** List the rows of a statement that could not be read. GET /v1/statements/{id}/problems. Scope: reconciliation:read or reconciliation:write. */
  listStatementProblems: {
    takes: {
      id: string
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly {
        line: number
        column?: string | undefined
        message: string
      }[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'not_acceptable'
  }
  /** Upload a file to be looked at before it is imported. POST /v1/statement_drafts. Scope: reconciliation:write. */
  uploadStatementDraft: {
    takes: {
      body?: FormData | undefined
      idempotencyKey?: string | undefined
    }
    answers: StatementDraft
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'not_found'
  }
  /** List files that wait to be imported. GET /v1/statement_drafts. Scope: reconciliation:write. */
  listStatementDrafts: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly StatementDraft[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a draft. GET /v1/statement_drafts/{id}. Scope: reconciliation:write. */
  readStatementDraft: {
    takes: {
      id: string
    }
    answers: StatementDraft
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Throw a draft away. DELETE /v1/statement_drafts/{id}. Scope: reconciliation:write. */
  discardStatementDraft: {
    takes: {
      id: string
      idempotencyKey?: string | undefined
    }
    answers: null
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** Read the first rows of a draft’s file as they stand in it. GET /v1/statement_drafts/{id}/rows. Scope: reconciliation:write. */
  readStatementDraftRows: {
    takes: {
      id: string
      source?: "provider" | "bank" | undefined
      encoding?: "utf-8" | "utf-16" | "windows-1258" | "latin1" | undefined
      delimiter?: "," | ";" | "\t" | "|" | "auto" | undefined
    }
    answers: StatementFileRows
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Try a draft. POST /v1/statement_drafts/{id}/preview. Scope: reconciliation:write. */
  previewStatementDraft: {
    takes: {
      id: string
      body: StatementTrial
      idempotencyKey?: string | undefined
    }
    answers: StatementPreview
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** Import a draft. POST /v1/statement_drafts/{id}/import. Scope: reconciliation:write. */
  importStatementDraft: {
    takes: {
      id: string
      body: StatementChoice
      idempotencyKey?: string | undefined
    }
    answers: StatementUploaded
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** Reconcile a merchant account. POST /v1/reconciliations. Scope: reconciliation:write. */
  startReconciliation: {
    takes: {
      body: {
        merchant_account: string
        from: string
        to: string
      }
      idempotencyKey?: string | undefined
    }
    answers: {
      id: string
      status: "running"
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'not_found'
  }
  /** List reconciliations. GET /v1/reconciliations. Scope: reconciliation:read or reconciliation:write. */
  listReconciliations: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      merchant_account?: string | undefined
      status?: "running" | "completed" | "failed" | undefined
    }
    answers: {
      data: readonly Reconciliation[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a reconciliation. GET /v1/reconciliations/{id}. Scope: reconciliation:read or reconciliation:write. */
  readReconciliation: {
    takes: {
      id: string
    }
    answers: Reconciliation
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** List the items of a reconciliation. GET /v1/reconciliations/{id}/items. Scope: reconciliation:read or reconciliation:write. */
  listReconciliationItems: {
    takes: {
      id: string
      limit?: number | undefined
      cursor?: string | undefined
      class?: "duplicate_line" | "missing_here" | "missing_at_provider" | "status_mismatch" | "refund_mismatch" | "amount_mismatch" | "fee_mismatch" | "date_shift" | "ambiguous" | "short_settled" | "over_settled" | "unknown_credit" | "unknown_debit" | "unsettled" | "matched" | undefined
    }
    answers: {
      data: readonly ReconciliationItem[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Read one item with what stands around it. GET /v1/reconciliations/{id}/items/{item}. Scope: reconciliation:read or reconciliation:write. */
  readReconciliationItem: {
    takes: {
      id: string
      item: string
    }
    answers: ReconciliationItemSurrounded
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Read the working days, year by year, and how sure they are. GET /v1/calendar. Scope: reconciliation:read or reconciliation:write or reports:read. */
  readCalendar: {
    takes: {}
    answers: Calendar
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** List discrepancies. GET /v1/discrepancies. Scope: reconciliation:read or reconciliation:write. */
  listDiscrepancies: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      status?: "open" | "proposed" | "resolved" | "unresolved" | undefined
      class?: "duplicate_line" | "missing_here" | "missing_at_provider" | "status_mismatch" | "refund_mismatch" | "amount_mismatch" | "fee_mismatch" | "date_shift" | "ambiguous" | "short_settled" | "over_settled" | "unknown_credit" | "unknown_debit" | "unsettled" | "paid_twice" | "late_payment" | "reversed" | "reference_reused" | undefined
      merchant_account?: string | undefined
      owner?: string | undefined
      overdue?: "true" | undefined
      order?: string | undefined
      agency_code?: string | undefined
      opened_from?: string | undefined
      opened_to?: string | undefined
    }
    answers: {
      data: readonly Discrepancy[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a discrepancy. GET /v1/discrepancies/{id}. Scope: reconciliation:read or reconciliation:write. */
  readDiscrepancy: {
    takes: {
      id: string
    }
    answers: Discrepancy
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** List what happens to discrepancies, class by class. GET /v1/discrepancy_policies. Scope: reconciliation:read or reconciliation:write or reports:read. */
  listDiscrepancyPolicies: {
    takes: {}
    answers: {
      data: readonly DiscrepancyPolicy[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** List what becomes of money that arrives, case by case. GET /v1/money_decisions. Scope: reconciliation:read or reconciliation:write or reports:read. */
  listMoneyDecisions: {
    takes: {}
    answers: {
      data: readonly MoneyDecision[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Resolve a discrepancy. POST /v1/discrepancies/{id}/resolve. Scope: reconciliation:write. */
  resolveDiscrepancy: {
    takes: {
      id: string
      body: {
        resolution: string
        note: string
        evidence?: readonly {
          kind: "statement_line" | "callback" | "order" | "refund" | "quarantine_entry" | "tracing_case" | "document" | "other"
          reference: string
        }[] | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: Discrepancy
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'discrepancy_not_open'
  }
  /** Approve the resolution, or the opening again, that is proposed. POST /v1/discrepancies/{id}/approve. Scope: reconciliation:write or refunds:approve. */
  approveResolution: {
    takes: {
      id: string
      body?: {
        note?: string | undefined
        version?: number | undefined
      } | undefined
      idempotencyKey?: string | undefined
    }
    answers: Discrepancy
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'discrepancy_not_proposed' | 'maker_cannot_approve' | 'conflict'
  }
  /** Send the resolution, or the opening again, that is proposed back. POST /v1/discrepancies/{id}/reject. Scope: reconciliation:write or refunds:approve. */
  rejectResolution: {
    takes: {
      id: string
      body: {
        note: string
        version?: number | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: Discrepancy
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'discrepancy_not_proposed' | 'conflict'
  }
  /** Open a resolved discrepancy again. POST /v1/discrepancies/{id}/reopen. Scope: reconciliation:write. */
  reopenDiscrepancy: {
    takes: {
      id: string
      body?: {
        note?: string | undefined
      } | undefined
      idempotencyKey?: string | undefined
    }
    answers: Discrepancy
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'discrepancy_not_resolved' | 'already_exists'
  }
  /** Say whose a discrepancy is. POST /v1/discrepancies/{id}/assign. Scope: reconciliation:write. */
  assignDiscrepancy: {
    takes: {
      id: string
      body: {
        owner: string | null
        note?: string | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: Discrepancy
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'discrepancy_not_open'
  }
  /** Add a note with its evidence. POST /v1/discrepancies/{id}/notes. Scope: reconciliation:write. */
  noteDiscrepancy: {
    takes: {
      id: string
      body: {
        note: string
        evidence?: readonly {
          kind: "statement_line" | "callback" | "order" | "refund" | "quarantine_entry" | "tracing_case" | "document" | "other"
          reference: string
        }[] | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: Discrepancy
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'too_many_notes'
  }
  /** Open a tracing case. POST /v1/tracing_cases. Scope: reconciliation:write. */
  openTracing: {
    takes: {
      body: {
        discrepancy?: string | undefined
        order?: string | undefined
        statement_line?: {
          statement: string
          line: number
        } | undefined
        /** Whom it goes to and how long there is, in working days: payer_record 3, payer_voucher 5, treasury 2, provider 7, excess_transfer 5 (TT 89/2026/TT-BTC, Điều 37), bank_inquiry 30 (public notes on TT 40/2024/TT-NHNN and a bank’s account rules; the article itself has not been checked). */
        kind: "payer_record" | "payer_voucher" | "treasury" | "provider" | "excess_transfer" | "bank_inquiry"
        finder: string
        cause: string
        counterpart: string
        evidence?: readonly {
          kind: "statement_line" | "callback" | "order" | "refund" | "quarantine_entry" | "tracing_case" | "document" | "other"
          reference: string
        }[] | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: TracingCase
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'already_exists'
  }
  /** List tracing cases. GET /v1/tracing_cases. Scope: reconciliation:read or reconciliation:write. */
  listTracing: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      status?: "open" | "answered" | "closed" | undefined
      kind?: "payer_record" | "payer_voucher" | "treasury" | "provider" | "excess_transfer" | "bank_inquiry" | undefined
      code?: string | undefined
      order?: string | undefined
      discrepancy?: string | undefined
      overdue?: "true" | undefined
    }
    answers: {
      data: readonly TracingCase[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a tracing case. GET /v1/tracing_cases/{id}. Scope: reconciliation:read or reconciliation:write. */
  readTracing: {
    takes: {
      id: string
    }
    answers: TracingCase
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Read a tracing case with its evidence. GET /v1/tracing_cases/{id}/evidence. Scope: reconciliation:read or reconciliation:write. */
  readTracingEvidence: {
    takes: {
      id: string
    }
    answers: TracingEvidence
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Write down what was answered. POST /v1/tracing_cases/{id}/answer. Scope: reconciliation:write. */
  answerTracing: {
    takes: {
      id: string
      body: {
        result: string
        document?: string | null | undefined
      }
      idempotencyKey?: string | undefined
    }
    answers: TracingCase
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'tracing_case_not_open'
  }
  /** Close a tracing case. POST /v1/tracing_cases/{id}/close. Scope: reconciliation:write. */
  closeTracing: {
    takes: {
      id: string
      body: {
        note: string
      }
      idempotencyKey?: string | undefined
    }
    answers: TracingCase
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'tracing_case_not_open'
  }
  /** List money of no known payment. GET /v1/quarantine. Scope: reconciliation:read or reconciliation:write. */
  listQuarantine: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      status?: "open" | "attributed" | "dismissed" | undefined
      kind?: "unknown_reference" | "unknown_credit" | undefined
      merchant_account?: string | undefined
    }
    answers: {
      data: readonly QuarantineEntry[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a quarantine entry. GET /v1/quarantine/{id}. Scope: reconciliation:read or reconciliation:write. */
  readQuarantine: {
    takes: {
      id: string
    }
    answers: QuarantineEntry
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Say which attempt the money belongs to. POST /v1/quarantine/{id}/attribute. Scope: reconciliation:write. */
  attributeQuarantine: {
    takes: {
      id: string
      body: {
        attempt: string
        note: string
      }
      idempotencyKey?: string | undefined
    }
    answers: AttributedQuarantineEntry
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'quarantine_not_open' | 'conflict'
  }
  /** Say that an entry belongs to no payment. POST /v1/quarantine/{id}/dismiss. Scope: reconciliation:write. */
  dismissQuarantine: {
    takes: {
      id: string
      body: {
        note: string
      }
      idempotencyKey?: string | undefined
    }
    answers: QuarantineEntry
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'quarantine_not_open'
  }
  /** List the business days of a merchant account. GET /v1/periods/{merchant_account}. Scope: reconciliation:read or reconciliation:write. */
  listPeriods: {
    takes: {
      merchant_account: string
      from?: string | undefined
      to?: string | undefined
    }
    answers: {
      data: readonly {
        day: string
        status: "open" | "closed"
        /** Open, after it had been closed. */
        reopened: boolean
        close: {
          id: string
          version: number
          /** SHA-256 of the signed document, hex. */
          sha256: string
          closed_by: string
          closed_at: string
          countersigned_by: string | null
          countersigned_at: string | null
          day: string
        } | null
      }[]
      next_cursor: null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Read a business day of a merchant account. GET /v1/periods/{merchant_account}/{date}. Scope: reconciliation:read or reconciliation:write. */
  readPeriod: {
    takes: {
      merchant_account: string
      date: string
    }
    answers: Period
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'not_acceptable' | 'period_not_closed'
  }
  /** Read what keeps a business day open. GET /v1/periods/{merchant_account}/{date}/gate. Scope: reconciliation:read or reconciliation:write. */
  readPeriodGate: {
    takes: {
      merchant_account: string
      date: string
    }
    answers: PeriodGate
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Close a business day. POST /v1/periods/{merchant_account}/{date}/close. Scope: reconciliation:write. */
  closePeriod: {
    takes: {
      merchant_account: string
      date: string
      body?: {
        carry_forward?: readonly {
          discrepancy?: string | undefined
          /** Attempt, refund or quarantine entry, as the refusal named it, or an item of a reconciliation whose discrepancy is open. */
          item?: string | undefined
          reason: string
        }[] | undefined
        note?: string | undefined
      } | undefined
      idempotencyKey?: string | undefined
    }
    answers: Period
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'not_acceptable' | 'period_not_closable' | 'period_has_open_lines' | 'already_exists' | 'conflict'
  }
  /** Sign a close too. POST /v1/periods/{merchant_account}/{date}/countersign. Scope: reconciliation:write or refunds:approve. */
  countersignPeriod: {
    takes: {
      merchant_account: string
      date: string
      idempotencyKey?: string | undefined
    }
    answers: Period
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'not_acceptable' | 'period_not_closed' | 'period_four_eyes' | 'already_exists' | 'conflict'
  }
  /** Open a closed day again. POST /v1/periods/{merchant_account}/{date}/reopen. Scope: reconciliation:write or refunds:approve. */
  reopenPeriod: {
    takes: {
      merchant_account: string
      date: string
      body: {
        reason: string
      }
      idempotencyKey?: string | undefined
    }
    answers: Period
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'period_not_closed' | 'period_four_eyes' | 'period_closed' | 'conflict'
  }
  /** Make a report. GET /v1/reports/{name}. Scope: reports:read. */
  readReport: {
    takes: {
      name: "collections" | "reconciliation" | "discrepancies" | "ledger" | "refunds" | "settlements" | "receipts" | "online-payment-rate" | "provider-scorecard"
      from: string
      to: string
      agency_code?: string | undefined
      merchant_account?: string | undefined
      as_of?: string | undefined
      compare_to?: string | undefined
      group_by?: "agency" | "budget_item" | "payee_account" | undefined
    }
    answers: Report
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'not_acceptable' | 'conflict'
  }
  /** How the money stands. GET /v1/overview. Scope: reports:read or reconciliation:read. */
  readOverview: {
    takes: {
      from?: string | undefined
      to?: string | undefined
      agency_code?: string | undefined
    }
    answers: Overview
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** The signed roots of the ledger’s days. GET /v1/ledger/seals. Scope: reports:read. */
  listLedgerSeals: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      from?: string | undefined
      to?: string | undefined
      agency_code?: string | undefined
    }
    answers: {
      data: readonly LedgerSeal[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'not_acceptable'
  }
  /** Prove that an entry is in the sealed ledger. GET /v1/ledger/entries/{id}/proof. Scope: reports:read. */
  proveLedgerEntry: {
    takes: {
      id: string
    }
    answers: LedgerProof
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'entry_not_sealed'
  }
  /** Who read personal data, and what left as a file. GET /v1/audit. Scope: reports:read. */
  listAudit: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      from?: string | undefined
      to?: string | undefined
      actor?: string | undefined
      object?: string | undefined
      action?: "order.read" | "orders.found" | "bill.read" | "timeline.read" | "events.read" | "evidence.read" | "refund.read" | "refunds.found" | "refund_payee.read" | "discrepancy.read" | "discrepancies.found" | "dispute.read" | "disputes.found" | "receipt.read" | "receipt.exported" | "receipts.found" | "tracing.read" | "quarantine.read" | "quarantine.found" | "report.read" | "report.exported" | "statement_problems.exported" | "statement_draft.read" | "reconciliation_item.read" | "period.exported" | "ledger_seals.exported" | "audit.read" | "audit.exported" | "hold.placed" | "hold.released" | "client.added" | "catalogue.imported" | "webhook_endpoint.added" | "session.opened" | "session.refused" | "session.ended" | undefined
    }
    answers: {
      data: readonly AuditRecord[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_acceptable'
  }
  /** How long what is kept. GET /v1/retention. Scope: reports:read. */
  readRetention: {
    takes: {}
    answers: {
      data: readonly {
        kind: "payer_details" | "payer_networks" | "payee_accounts" | "payer_words" | "callbacks" | "refused_callbacks" | "statement_files" | "rejected_statements" | "credit_texts" | "staff_sessions" | "audit_records" | "first_answers" | "statement_drafts" | "provider_calls"
        what: string
        /** From when the term is counted. */
        since: string
        at_end: string
        basis: string
        /** Whether a law says it, we read it out of one, or this gateway has set the term because no law names one. */
        certainty: "law" | "inferred" | "policy"
        /** Each holds from its day on, until the next one does. */
        terms: readonly {
          from: string
          days: number | null
          years_from_year_end: number | null
        }[]
        /** What is from before then has been kept long enough today. */
        kept_from: string
      }[]
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** What was erased when. GET /v1/retention_passes. Scope: reports:read. */
  listRetentionPasses: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly {
        id: string
        at: string
        kind: "payer_details" | "payer_networks" | "payee_accounts" | "payer_words" | "callbacks" | "refused_callbacks" | "statement_files" | "rejected_statements" | "credit_texts" | "staff_sessions" | "audit_records" | "first_answers" | "statement_drafts" | "provider_calls"
        cutoff: string
        due: number
        /** Due, and kept: open, not closed in the books, or under a legal hold. */
        held: number
        erased: number
      }[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Place a legal hold on an order. POST /v1/orders/{id}/holds. Scope: admin. */
  holdOrder: {
    takes: {
      id: string
      body: {
        reason: string
      }
      idempotencyKey?: string | undefined
    }
    answers: LegalHold
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** Place a legal hold on a merchant account. POST /v1/merchant_accounts/{id}/holds. Scope: admin. */
  holdMerchantAccount: {
    takes: {
      id: string
      body: {
        reason: string
      }
      idempotencyKey?: string | undefined
    }
    answers: LegalHold
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** List legal holds. GET /v1/legal_holds. Scope: reports:read. */
  listLegalHolds: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      active?: "true" | "false" | undefined
    }
    answers: {
      data: readonly LegalHold[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Release a legal hold. POST /v1/legal_holds/{id}/release. Scope: admin. */
  releaseLegalHold: {
    takes: {
      id: string
      body: {
        reason: string
      }
      idempotencyKey?: string | undefined
    }
    answers: LegalHold
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** What a merchant account of each provider is asked for. GET /v1/provider_contracts. Scope: admin. */
  listProviderContracts: {
    takes: {}
    answers: {
      data: readonly ProviderContract[]
      next_cursor: null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** The methods open to an agency, with health. GET /v1/providers. Scope: orders:read or orders:write. */
  listProviders: {
    takes: {
      agency_code?: string | undefined
    }
    answers: {
      data: readonly {
        provider: string
        merchant_account: string
        title: {
          vi: string
          en: string
        }
        limits: {
          minimum: number
          maximum: number
        }
        capabilities: {
          query: boolean
          refund: boolean
        }
        health: {
          status: "up" | "degraded" | "down" | "unknown"
          since: string | null
          attempts: number
          unanswered: number
          captured: number
          failed: number
          calls: number
          unanswered_calls: number
          success_rate: number | null
          latency_ms: number | null
          latency_max_ms: number | null
          callback_delay_seconds: number | null
        }
      }[]
      next_cursor: null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** A provider tells of a payment. GET /callbacks/{provider}/{merchant_account}. No token. */
  getCallback: {
    takes: {
      provider: string
      merchant_account: string
    }
    answers: string
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'overloaded' | 'not_found'
  }
  /** A provider tells of a payment. POST /callbacks/{provider}/{merchant_account}. No token. */
  postCallback: {
    takes: {
      provider: string
      merchant_account: string
      body?: string | undefined
    }
    answers: string
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'overloaded' | 'body_too_large' | 'unsupported_media_type' | 'not_found'
  }
  /** The citizen's browser comes back. GET /returns/{provider}/{merchant_account}. No token. */
  getReturn: {
    takes: {
      provider: string
      merchant_account: string
    }
    answers: null
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'overloaded'
  }
  /** The citizen's browser comes back. POST /returns/{provider}/{merchant_account}. No token. */
  postReturn: {
    takes: {
      provider: string
      merchant_account: string
      body?: string | undefined
    }
    answers: null
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'overloaded' | 'body_too_large' | 'unsupported_media_type'
  }
  /** Add an agency. POST /v1/agencies. Scope: admin. */
  addAgency: {
    takes: {
      body: AgencyInput
      idempotencyKey?: string | undefined
    }
    answers: Agency
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'request_in_progress' | 'not_found' | 'already_exists'
  }
  /** List agencies. GET /v1/agencies. Scope: admin or orders:read or reconciliation:read or reports:read. */
  listAgencies: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly Agency[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read an agency. GET /v1/agencies/{agency_code}. Scope: admin or orders:read or reconciliation:read or reports:read. */
  readAgency: {
    takes: {
      agency_code: string
    }
    answers: Agency
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Change an agency. PATCH /v1/agencies/{agency_code}. Scope: admin. */
  changeAgency: {
    takes: {
      agency_code: string
      body: AgencyPatch
    }
    answers: Agency
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** Read which hosts an agency may call. GET /v1/agencies/{agency_code}/outgoing_hosts. Scope: admin. */
  readOutgoingHosts: {
    takes: {
      agency_code: string
    }
    answers: OutgoingHosts
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Say which hosts an agency may call. PUT /v1/agencies/{agency_code}/outgoing_hosts. Scope: admin. */
  setOutgoingHosts: {
    takes: {
      agency_code: string
      body: OutgoingHostsInput
      idempotencyKey?: string | undefined
    }
    answers: OutgoingHosts
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'conflict'
  }
  /** Add a merchant account. POST /v1/merchant_accounts. Scope: admin. */
  addMerchantAccount: {
    takes: {
      body: MerchantAccountInput
      idempotencyKey?: string | undefined
    }
    answers: MerchantAccount
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'request_in_progress' | 'not_found' | 'insecure_url' | 'host_not_allowed'
  }
  /** List merchant accounts. GET /v1/merchant_accounts. Scope: admin or reconciliation:read. */
  listMerchantAccounts: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      agency_code?: string | undefined
      provider?: string | undefined
    }
    answers: {
      data: readonly MerchantAccount[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a merchant account. GET /v1/merchant_accounts/{id}. Scope: admin or reconciliation:read. */
  readMerchantAccount: {
    takes: {
      id: string
    }
    answers: MerchantAccount
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Change a merchant account. PATCH /v1/merchant_accounts/{id}. Scope: admin. */
  changeMerchantAccount: {
    takes: {
      id: string
      body: MerchantAccountPatch
    }
    answers: MerchantAccount
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'insecure_url' | 'host_not_allowed' | 'conflict'
  }
  /** Say how the account’s own files are written. PUT /v1/merchant_accounts/{id}/statement_profile. Scope: admin or reconciliation:write. */
  setStatementProfile: {
    takes: {
      id: string
      body: StatementProfile
      idempotencyKey?: string | undefined
    }
    answers: MerchantAccount
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** Rotate the credentials. POST /v1/merchant_accounts/{id}/rotate_key. Scope: admin. */
  rotateMerchantKey: {
    takes: {
      id: string
      body: KeyRotation
      idempotencyKey?: string | undefined
    }
    answers: MerchantAccount
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'secret_in_use' | 'conflict' | 'insecure_url'
  }
  /** End a former key now. POST /v1/merchant_accounts/{id}/keys/{key_id}/retire. Scope: admin. */
  retireMerchantKey: {
    takes: {
      id: string
      key_id: string
      idempotencyKey?: string | undefined
    }
    answers: MerchantAccount
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'secret_in_use'
  }
  /** Add a price of a fee. POST /v1/fee_schedules. Scope: admin. */
  addFeeSchedule: {
    takes: {
      body: FeeScheduleInput
      idempotencyKey?: string | undefined
    }
    answers: FeeSchedule
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'request_in_progress' | 'not_found' | 'already_exists'
  }
  /** List prices. GET /v1/fee_schedules. Scope: admin or orders:read. */
  listFeeSchedules: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      agency_code?: string | undefined
      fee_code?: string | undefined
      on?: string | undefined
    }
    answers: {
      data: readonly FeeSchedule[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a price. GET /v1/fee_schedules/{id}. Scope: admin or orders:read. */
  readFeeSchedule: {
    takes: {
      id: string
    }
    answers: FeeSchedule
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** End a price. PATCH /v1/fee_schedules/{id}. Scope: admin. */
  closeFeeSchedule: {
    takes: {
      id: string
      body: FeeSchedulePatch
    }
    answers: FeeSchedule
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type' | 'already_exists'
  }
  /** List a catalogue of codes. GET /v1/catalogues/{catalogue}. Scope: admin or orders:read. */
  listCatalogue: {
    takes: {
      catalogue: "budget_items" | "procedures" | "reliefs" | "banks"
      limit?: number | undefined
      cursor?: string | undefined
      agency_code?: string | undefined
      code?: string | undefined
      on?: string | undefined
    }
    answers: {
      data: readonly CatalogueEntry[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Add a client. POST /v1/clients. Scope: admin. */
  addClient: {
    takes: {
      body: ClientInput
      idempotencyKey?: string | undefined
    }
    answers: NewClient
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'body_too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'request_in_progress' | 'not_found'
  }
  /** List clients. GET /v1/clients. Scope: admin. */
  listClients: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
    }
    answers: {
      data: readonly Client[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Read a client. GET /v1/clients/{client_id}. Scope: admin. */
  readClient: {
    takes: {
      client_id: string
    }
    answers: Client
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found'
  }
  /** Revoke a client. DELETE /v1/clients/{client_id}. Scope: admin. */
  revokeClient: {
    takes: {
      client_id: string
    }
    answers: null
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope' | 'not_found' | 'body_too_large' | 'unsupported_media_type'
  }
  /** List the people who sign in to the console. GET /v1/staff. Scope: reconciliation:read or reconciliation:write or refunds:approve or reports:read. */
  listStaff: {
    takes: {
      limit?: number | undefined
      cursor?: string | undefined
      subjects?: string | undefined
      role?: "accountant" | "checker" | "auditor" | "operator" | undefined
    }
    answers: {
      data: readonly StaffMember[]
      next_cursor: string | null
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable' | 'too_many_requests' | 'overloaded' | 'unauthorized' | 'insufficient_scope'
  }
  /** Whether the process answers. GET /healthz. No token. */
  getHealth: {
    takes: {}
    answers: {
      status: "ok"
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error' | 'service_unavailable'
  }
  /** Whether requests should be sent to this process. GET /readyz. No token. */
  getReadiness: {
    takes: {}
    answers: {
      status: "ok"
      /** `ok`, `not checked` where an earlier one failed, or what is wrong. */
      checks: {
        process: string
        database: string
        writable: string
        schema: string
        reads: string
        keys: string
        jobs: string
      }
    }
    refuses: 'invalid_request' | 'invalid_input' | 'internal_error'
  }
}

const operations = {
  issueToken: { method: 'POST', path: '/oauth/token', query: [], key: false, type: "application/x-www-form-urlencoded" },
  getPublicKeys: { method: 'GET', path: '/.well-known/jwks.json', query: [], key: false, type: null },
  placeOrder: { method: 'POST', path: '/v1/orders', query: [], key: true, type: "application/json" },
  findOrders: { method: 'GET', path: '/v1/orders', query: ["limit","cursor","dossier_code","agency_code","status","created_from","created_to","provider_reference","merchant_reference","payer_name","amount","unknown"], key: false, type: null },
  readOrder: { method: 'GET', path: '/v1/orders/{id}', query: [], key: false, type: null },
  cancelOrder: { method: 'POST', path: '/v1/orders/{id}/cancel', query: [], key: true, type: "application/json" },
  startAttempt: { method: 'POST', path: '/v1/orders/{id}/attempts', query: [], key: true, type: "application/json" },
  listAttempts: { method: 'GET', path: '/v1/orders/{id}/attempts', query: [], key: false, type: null },
  inquireBill: { method: 'GET', path: '/v1/bills', query: ["dossier_code"], key: false, type: null },
  listOrderEntries: { method: 'GET', path: '/v1/orders/{id}/entries', query: ["limit","cursor"], key: false, type: null },
  readOrderEvidence: { method: 'GET', path: '/v1/orders/{id}/evidence', query: ["limit","cursor"], key: false, type: null },
  requestRefund: { method: 'POST', path: '/v1/orders/{id}/refunds', query: [], key: true, type: "application/json" },
  listRefunds: { method: 'GET', path: '/v1/orders/{id}/refunds', query: [], key: false, type: null },
  findRefunds: { method: 'GET', path: '/v1/refunds', query: ["limit","cursor","status","method","overdue"], key: false, type: null },
  readRefund: { method: 'GET', path: '/v1/refunds/{id}', query: [], key: false, type: null },
  approveRefund: { method: 'POST', path: '/v1/refunds/{id}/approve', query: [], key: true, type: "application/json" },
  rejectRefund: { method: 'POST', path: '/v1/refunds/{id}/reject', query: [], key: true, type: "application/json" },
  settleRefund: { method: 'POST', path: '/v1/refunds/{id}/settle', query: [], key: true, type: "application/json" },
  readRefundPayee: { method: 'GET', path: '/v1/refunds/{id}/payee_account', query: [], key: false, type: null },
  giveRefundPayee: { method: 'PUT', path: '/v1/refunds/{id}/payee_account', query: [], key: true, type: "application/json" },
  confirmRefund: { method: 'POST', path: '/v1/refunds/{id}/confirm', query: [], key: true, type: "application/json" },
  bounceRefund: { method: 'POST', path: '/v1/refunds/{id}/bounce', query: [], key: true, type: "application/json" },
  openDispute: { method: 'POST', path: '/v1/orders/{id}/disputes', query: [], key: true, type: "application/json" },
  listDisputes: { method: 'GET', path: '/v1/disputes', query: ["limit","cursor","status"], key: false, type: null },
  readDispute: { method: 'GET', path: '/v1/disputes/{id}', query: [], key: false, type: null },
  closeDispute: { method: 'POST', path: '/v1/disputes/{id}/close', query: [], key: true, type: "application/json" },
  requestDisputeRelease: { method: 'POST', path: '/v1/disputes/{id}/release', query: [], key: true, type: "application/json" },
  approveDisputeRelease: { method: 'POST', path: '/v1/disputes/{id}/release/approve', query: [], key: true, type: null },
  rejectDisputeRelease: { method: 'POST', path: '/v1/disputes/{id}/release/reject', query: [], key: true, type: null },
  readReceiptStatus: { method: 'GET', path: '/.well-known/receipt-status.json', query: [], key: false, type: null },
  readReceipt: { method: 'GET', path: '/v1/orders/{id}/receipt', query: [], key: false, type: null },
  listReceiptsInNeed: { method: 'GET', path: '/v1/receipts', query: ["needs","limit","cursor"], key: false, type: null },
  listUnreceiptedOrders: { method: 'GET', path: '/v1/unreceipted_orders', query: ["limit","cursor"], key: false, type: null },
  readReceiptHistory: { method: 'GET', path: '/v1/receipts/{id}', query: [], key: false, type: null },
  replaceReceipt: { method: 'POST', path: '/v1/receipts/{id}/replace', query: [], key: true, type: "application/json" },
  noticeReceipt: { method: 'POST', path: '/v1/receipts/{id}/notice', query: [], key: true, type: "application/json" },
  findReceipts: { method: 'GET', path: '/v1/issued_receipts', query: ["limit","cursor","dossier_code","serial","number","issued_on"], key: false, type: null },
  readEvents: { method: 'GET', path: '/v1/events', query: ["limit","after"], key: false, type: null },
  readTimeline: { method: 'GET', path: '/v1/orders/{id}/events', query: ["limit","cursor"], key: false, type: null },
  createWebhookEndpoint: { method: 'POST', path: '/v1/webhook_endpoints', query: [], key: true, type: "application/json" },
  listWebhookEndpoints: { method: 'GET', path: '/v1/webhook_endpoints', query: ["limit","cursor"], key: false, type: null },
  readWebhookEndpoint: { method: 'GET', path: '/v1/webhook_endpoints/{id}', query: [], key: false, type: null },
  disableWebhookEndpoint: { method: 'DELETE', path: '/v1/webhook_endpoints/{id}', query: [], key: false, type: null },
  rotateWebhookSecret: { method: 'POST', path: '/v1/webhook_endpoints/{id}/rotate_secret', query: [], key: true, type: null },
  redeliverWebhooks: { method: 'POST', path: '/v1/webhook_endpoints/{id}/redeliver', query: [], key: true, type: "application/json" },
  listWebhookDeliveries: { method: 'GET', path: '/v1/webhook_deliveries', query: ["limit","cursor","webhook_endpoint","status","event_type"], key: false, type: null },
  redeliverWebhook: { method: 'POST', path: '/v1/webhook_deliveries/{id}/redeliver', query: [], key: true, type: null },
  uploadStatement: { method: 'POST', path: '/v1/statements', query: [], key: true, type: "multipart/form-data" },
  listStatements: { method: 'GET', path: '/v1/statements', query: ["limit","cursor","merchant_account","source","status"], key: false, type: null },
  readStatement: { method: 'GET', path: '/v1/statements/{id}', query: [], key: false, type: null },
  listStatementProblems: { method: 'GET', path: '/v1/statements/{id}/problems', query: ["limit","cursor"], key: false, type: null },
  uploadStatementDraft: { method: 'POST', path: '/v1/statement_drafts', query: [], key: true, type: "multipart/form-data" },
  listStatementDrafts: { method: 'GET', path: '/v1/statement_drafts', query: ["limit","cursor"], key: false, type: null },
  readStatementDraft: { method: 'GET', path: '/v1/statement_drafts/{id}', query: [], key: false, type: null },
  discardStatementDraft: { method: 'DELETE', path: '/v1/statement_drafts/{id}', query: [], key: true, type: null },
  readStatementDraftRows: { method: 'GET', path: '/v1/statement_drafts/{id}/rows', query: ["source","encoding","delimiter"], key: false, type: null },
  previewStatementDraft: { method: 'POST', path: '/v1/statement_drafts/{id}/preview', query: [], key: true, type: "application/json" },
  importStatementDraft: { method: 'POST', path: '/v1/statement_drafts/{id}/import', query: [], key: true, type: "application/json" },
  startReconciliation: { method: 'POST', path: '/v1/reconciliations', query: [], key: true, type: "application/json" },
  listReconciliations: { method: 'GET', path: '/v1/reconciliations', query: ["limit","cursor","merchant_account","status"], key: false, type: null },
  readReconciliation: { method: 'GET', path: '/v1/reconciliations/{id}', query: [], key: false, type: null },
  listReconciliationItems: { method: 'GET', path: '/v1/reconciliations/{id}/items', query: ["limit","cursor","class"], key: false, type: null },
  readReconciliationItem: { method: 'GET', path: '/v1/reconciliations/{id}/items/{item}', query: [], key: false, type: null },
  readCalendar: { method: 'GET', path: '/v1/calendar', query: [], key: false, type: null },
  listDiscrepancies: { method: 'GET', path: '/v1/discrepancies', query: ["limit","cursor","status","class","merchant_account","owner","overdue","order","agency_code","opened_from","opened_to"], key: false, type: null },
  readDiscrepancy: { method: 'GET', path: '/v1/discrepancies/{id}', query: [], key: false, type: null },
  listDiscrepancyPolicies: { method: 'GET', path: '/v1/discrepancy_policies', query: [], key: false, type: null },
  listMoneyDecisions: { method: 'GET', path: '/v1/money_decisions', query: [], key: false, type: null },
  resolveDiscrepancy: { method: 'POST', path: '/v1/discrepancies/{id}/resolve', query: [], key: true, type: "application/json" },
  approveResolution: { method: 'POST', path: '/v1/discrepancies/{id}/approve', query: [], key: true, type: "application/json" },
  rejectResolution: { method: 'POST', path: '/v1/discrepancies/{id}/reject', query: [], key: true, type: "application/json" },
  reopenDiscrepancy: { method: 'POST', path: '/v1/discrepancies/{id}/reopen', query: [], key: true, type: "application/json" },
  assignDiscrepancy: { method: 'POST', path: '/v1/discrepancies/{id}/assign', query: [], key: true, type: "application/json" },
  noteDiscrepancy: { method: 'POST', path: '/v1/discrepancies/{id}/notes', query: [], key: true, type: "application/json" },
  openTracing: { method: 'POST', path: '/v1/tracing_cases', query: [], key: true, type: "application/json" },
  listTracing: { method: 'GET', path: '/v1/tracing_cases', query: ["limit","cursor","status","kind","code","order","discrepancy","overdue"], key: false, type: null },
  readTracing: { method: 'GET', path: '/v1/tracing_cases/{id}', query: [], key: false, type: null },
  readTracingEvidence: { method: 'GET', path: '/v1/tracing_cases/{id}/evidence', query: [], key: false, type: null },
  answerTracing: { method: 'POST', path: '/v1/tracing_cases/{id}/answer', query: [], key: true, type: "application/json" },
  closeTracing: { method: 'POST', path: '/v1/tracing_cases/{id}/close', query: [], key: true, type: "application/json" },
  listQuarantine: { method: 'GET', path: '/v1/quarantine', query: ["limit","cursor","status","kind","merchant_account"], key: false, type: null },
  readQuarantine: { method: 'GET', path: '/v1/quarantine/{id}', query: [], key: false, type: null },
  attributeQuarantine: { method: 'POST', path: '/v1/quarantine/{id}/attribute', query: [], key: true, type: "application/json" },
  dismissQuarantine: { method: 'POST', path: '/v1/quarantine/{id}/dismiss', query: [], key: true, type: "application/json" },
  listPeriods: { method: 'GET', path: '/v1/periods/{merchant_account}', query: ["from","to"], key: false, type: null },
  readPeriod: { method: 'GET', path: '/v1/periods/{merchant_account}/{date}', query: [], key: false, type: null },
  readPeriodGate: { method: 'GET', path: '/v1/periods/{merchant_account}/{date}/gate', query: [], key: false, type: null },
  closePeriod: { method: 'POST', path: '/v1/periods/{merchant_account}/{date}/close', query: [], key: true, type: "application/json" },
  countersignPeriod: { method: 'POST', path: '/v1/periods/{merchant_account}/{date}/countersign', query: [], key: true, type: null },
  reopenPeriod: { method: 'POST', path: '/v1/periods/{merchant_account}/{date}/reopen', query: [], key: true, type: "application/json" },
  readReport: { method: 'GET', path: '/v1/reports/{name}', query: ["from","to","agency_code","merchant_account","as_of","compare_to","group_by"], key: false, type: null },
  readOverview: { method: 'GET', path: '/v1/overview', query: ["from","to","agency_code"], key: false, type: null },
  listLedgerSeals: { method: 'GET', path: '/v1/ledger/seals', query: ["limit","cursor","from","to","agency_code"], key: false, type: null },
  proveLedgerEntry: { method: 'GET', path: '/v1/ledger/entries/{id}/proof', query: [], key: false, type: null },
  listAudit: { method: 'GET', path: '/v1/audit', query: ["limit","cursor","from","to","actor","object","action"], key: false, type: null },
  readRetention: { method: 'GET', path: '/v1/retention', query: [], key: false, type: null },
  listRetentionPasses: { method: 'GET', path: '/v1/retention_passes', query: ["limit","cursor"], key: false, type: null },
  holdOrder: { method: 'POST', path: '/v1/orders/{id}/holds', query: [], key: true, type: "application/json" },
  holdMerchantAccount: { method: 'POST', path: '/v1/merchant_accounts/{id}/holds', query: [], key: true, type: "application/json" },
  listLegalHolds: { method: 'GET', path: '/v1/legal_holds', query: ["limit","cursor","active"], key: false, type: null },
  releaseLegalHold: { method: 'POST', path: '/v1/legal_holds/{id}/release', query: [], key: true, type: "application/json" },
  listProviderContracts: { method: 'GET', path: '/v1/provider_contracts', query: [], key: false, type: null },
  listProviders: { method: 'GET', path: '/v1/providers', query: ["agency_code"], key: false, type: null },
  getCallback: { method: 'GET', path: '/callbacks/{provider}/{merchant_account}', query: [], key: false, type: null },
  postCallback: { method: 'POST', path: '/callbacks/{provider}/{merchant_account}', query: [], key: false, type: "*/*" },
  getReturn: { method: 'GET', path: '/returns/{provider}/{merchant_account}', query: [], key: false, type: null },
  postReturn: { method: 'POST', path: '/returns/{provider}/{merchant_account}', query: [], key: false, type: "*/*" },
  addAgency: { method: 'POST', path: '/v1/agencies', query: [], key: true, type: "application/json" },
  listAgencies: { method: 'GET', path: '/v1/agencies', query: ["limit","cursor"], key: false, type: null },
  readAgency: { method: 'GET', path: '/v1/agencies/{agency_code}', query: [], key: false, type: null },
  changeAgency: { method: 'PATCH', path: '/v1/agencies/{agency_code}', query: [], key: false, type: "application/json" },
  readOutgoingHosts: { method: 'GET', path: '/v1/agencies/{agency_code}/outgoing_hosts', query: [], key: false, type: null },
  setOutgoingHosts: { method: 'PUT', path: '/v1/agencies/{agency_code}/outgoing_hosts', query: [], key: true, type: "application/json" },
  addMerchantAccount: { method: 'POST', path: '/v1/merchant_accounts', query: [], key: true, type: "application/json" },
  listMerchantAccounts: { method: 'GET', path: '/v1/merchant_accounts', query: ["limit","cursor","agency_code","provider"], key: false, type: null },
  readMerchantAccount: { method: 'GET', path: '/v1/merchant_accounts/{id}', query: [], key: false, type: null },
  changeMerchantAccount: { method: 'PATCH', path: '/v1/merchant_accounts/{id}', query: [], key: false, type: "application/json" },
  setStatementProfile: { method: 'PUT', path: '/v1/merchant_accounts/{id}/statement_profile', query: [], key: true, type: "application/json" },
  rotateMerchantKey: { method: 'POST', path: '/v1/merchant_accounts/{id}/rotate_key', query: [], key: true, type: "application/json" },
  retireMerchantKey: { method: 'POST', path: '/v1/merchant_accounts/{id}/keys/{key_id}/retire', query: [], key: true, type: null },
  addFeeSchedule: { method: 'POST', path: '/v1/fee_schedules', query: [], key: true, type: "application/json" },
  listFeeSchedules: { method: 'GET', path: '/v1/fee_schedules', query: ["limit","cursor","agency_code","fee_code","on"], key: false, type: null },
  readFeeSchedule: { method: 'GET', path: '/v1/fee_schedules/{id}', query: [], key: false, type: null },
  closeFeeSchedule: { method: 'PATCH', path: '/v1/fee_schedules/{id}', query: [], key: false, type: "application/json" },
  listCatalogue: { method: 'GET', path: '/v1/catalogues/{catalogue}', query: ["limit","cursor","agency_code","code","on"], key: false, type: null },
  addClient: { method: 'POST', path: '/v1/clients', query: [], key: true, type: "application/json" },
  listClients: { method: 'GET', path: '/v1/clients', query: ["limit","cursor"], key: false, type: null },
  readClient: { method: 'GET', path: '/v1/clients/{client_id}', query: [], key: false, type: null },
  revokeClient: { method: 'DELETE', path: '/v1/clients/{client_id}', query: [], key: false, type: null },
  listStaff: { method: 'GET', path: '/v1/staff', query: ["limit","cursor","subjects","role"], key: false, type: null },
  getHealth: { method: 'GET', path: '/healthz', query: [], key: false, type: null },
  getReadiness: { method: 'GET', path: '/readyz', query: [], key: false, type: null },
} as const satisfies Record<keyof Operations, Place>

type Place = {
  readonly method: string
  readonly path: string
  readonly query: readonly string[]
  readonly key: boolean
  readonly type: string | null
}

export type OperationId = keyof Operations

/** Everything an operation takes, in one object: the parts of its path, its query, `body` and `idempotencyKey`. */
export type Takes<Id extends OperationId> = Operations[Id]['takes']
export type Answers<Id extends OperationId> = Operations[Id]['answers']
export type RefusalOf<Id extends OperationId> = Operations[Id]['refuses']

/** An answer with its HTTP status, or the problem of RFC 9457 by whose `code` a program decides. */
export type Answered<Id extends OperationId> =
  | { readonly ok: true; readonly status: number; readonly headers: Headers; readonly data: Answers<Id> }
  | {
      readonly ok: false
      readonly status: number
      readonly headers: Headers
      readonly problem: Problem & { readonly code: RefusalOf<Id> }
    }

export type ClientOptions = {
  /** Where the gateway is, such as `https://fees.example.vn`, without a slash at its end. */
  baseUrl: string
  /** A bearer token, asked for before every call that is sent; absent for operations that need none. */
  token?: () => string | Promise<string>
  fetch?: (url: string, init: RequestInit) => Response | Promise<Response>
  /** How often a call is sent at most, 3 unless given; a write only again where it has an `idempotencyKey`. */
  triesMax?: number
  /** The longest `Retry-After` that is waited for, 30 unless given: a longer one is handed back as the refusal that it is. */
  waitSecondsMax?: number
  /** How long one try may take, 30 unless given. */
  timeoutSeconds?: number
  wait?: (milliseconds: number) => Promise<void>
}

/** The gateway did not answer, or answered with something that is no answer of it. A write may or may not have been done: send it again with the same key. */
export class NoAnswer extends Error {}

export type GatewayClient = {
  call: <Id extends OperationId>(
    id: Id,
    ...takes: Record<string, never> extends Takes<Id> ? [takes?: Takes<Id>] : [takes: Takes<Id>]
  ) => Promise<Answered<Id>>
}

/** A client of the gateway. `call('placeOrder', { body, idempotencyKey })` is typed by the operation's name in openapi.yaml. */
export const createClient = (options: ClientOptions): GatewayClient => {
  const { triesMax = 3, waitSecondsMax = 30, wait = (ms) => new Promise((done) => setTimeout(done, ms)) } = options
  const send = async (place: Place, takes: Given): Promise<Response> => {
    const mayRepeat = place.method === 'GET' || takes.idempotencyKey !== undefined
    for (let tries = 1; ; tries += 1) {
      const isLast = tries >= triesMax || !mayRepeat
      const answer = await tryOnce(options, place, takes).catch((error: unknown) => {
        if (isLast) throw new NoAnswer(`${place.method} ${place.path} got no answer`, { cause: error })
        return null
      })
      const seconds = answer === null ? tries : secondsToWait(answer)
      if (answer && (isLast || seconds === null || seconds > waitSecondsMax)) return answer
      await answer?.body?.cancel()
      await wait((seconds ?? 0) * 1000)
    }
  }
  return {
    call: async (id, takes?) => read(await send(operations[id], (takes ?? {}) as Given)),
  }
}

type Given = { readonly [name: string]: unknown } & { readonly body?: unknown; readonly idempotencyKey?: string }

/** After how many seconds the same may be asked again; null where the answer would be the same. */
const secondsToWait = (answer: Response): number | null => {
  if (![409, 429, 502, 503].includes(answer.status)) return null
  const told = answer.headers.get('retry-after')
  if (told === null) return answer.status === 409 || answer.status === 502 ? null : 1
  return /^\d{1,9}$/.test(told) ? Number(told) : Math.max(0, (Date.parse(told) - Date.now()) / 1000)
}

const tryOnce = async (options: ClientOptions, place: Place, takes: Given): Promise<Response> => {
  const { baseUrl, token, fetch: ask = fetch, timeoutSeconds = 30 } = options
  const headers = new Headers({ accept: 'application/json, application/problem+json;q=0.9, */*;q=0.1' })
  if (token) headers.set('authorization', `Bearer ${await token()}`)
  if (place.key && takes.idempotencyKey !== undefined) headers.set('idempotency-key', takes.idempotencyKey)
  // A form with a file brings its own boundary.
  if (takes.body !== undefined && place.type && !/^multipart|^\*/.test(place.type))
    headers.set('content-type', place.type)
  const body = bodyOf(place, takes.body)
  return ask(`${baseUrl}${addressOf(place, takes)}`, {
    method: place.method,
    headers,
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  })
}

const addressOf = (place: Place, takes: Given): string => {
  const path = place.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(takes[name])))
  const query = place.query.flatMap((name) => (takes[name] === undefined ? [] : [[name, String(takes[name])]]))
  return query.length > 0 ? `${path}?${new URLSearchParams(query)}` : path
}

const bodyOf = (place: Place, body: unknown): string | FormData | URLSearchParams | undefined => {
  if (body === undefined || body instanceof FormData || typeof body === 'string') return body
  if (place.type === 'application/x-www-form-urlencoded') {
    const members = Object.entries(body as object).filter(([, value]) => value !== undefined)
    return new URLSearchParams(members.map(([name, value]) => [name, String(value)]))
  }
  return JSON.stringify(body)
}

const read = async <Id extends OperationId>(answer: Response): Promise<Answered<Id>> => {
  const { status, headers } = answer
  const text = await answer.text()
  const isJson = /^application\/(problem\+)?json\b/.test(headers.get('content-type') ?? '')
  if (status >= 400 && !isJson) throw new NoAnswer(`somebody else answers ${status}`)
  const data = text === '' ? null : isJson ? JSON.parse(text) : text
  if (status >= 400) return { ok: false, status, headers, problem: data }
  return { ok: true, status, headers, data }
}
