/** What the pages say in English: complete, and as plain as the Vietnamese. */
import type { Copy } from './copy.ts'

export const en: Copy = {
  service: 'Payment of public-service fees',
  skip: 'Skip to main content',
  otherLanguage: 'Tiếng Việt',
  states: {
    waived: {
      title: 'No fee to pay',
      text: ({ rules }) =>
        `${rules ? `This dossier is exempt (under ${rules}).` : 'The fee for this dossier is 0 VND.'} You do not need to pay.`,
    },
    waiting: {
      title: 'Waiting for payment',
      text: ({ deadline, isBeforeAcceptance }) =>
        `Please pay before ${deadline}.${isBeforeAcceptance ? ' The dossier is not accepted until it is paid.' : ''}`,
    },
    confirming: {
      title: 'Being confirmed',
      text: () => 'The bank has not told the result yet. **Please do not pay again.** You will be told the result.',
    },
    failed: {
      title: 'Payment did not go through',
      text: () => 'Your account was not charged, or the bank will return the money.',
    },
    wrong_amount: {
      title: 'The amount does not match',
      text: ({ received, due }) => `Received ${received}, due ${due}. The agency will contact you.`,
    },
    contested: {
      title: 'The payment is being looked into',
      text: ({ amount }) =>
        `The provider tells of ${amount}, but under the transaction number of another payment. **Please do not pay again.** The agency is looking into it and will contact you.`,
    },
    paid: {
      title: 'Payment successful',
      text: ({ amount, dossier, at, reference }) =>
        `Received ${amount} for dossier ${dossier} at ${at}. Transaction ${reference}.`,
    },
    receipt_pending: {
      title: 'Money received, receipt being made',
      text: ({ amount, dossier, at, reference }) =>
        `Received ${amount} for dossier ${dossier} at ${at}. Transaction ${reference}. The electronic receipt will be sent today.`,
    },
    paid_twice: {
      title: 'Two payments received',
      text: ({ surplus, dossier }) =>
        `Dossier ${dossier} is paid in full. The surplus of ${surplus} will be returned as the rules say.`,
    },
    late: {
      title: 'Money received after the request closed',
      text: ({ amount }) =>
        `Received ${amount} after this request for payment had closed. The money will be returned as the rules say.`,
    },
    reversed: {
      title: 'The money was taken back',
      text: ({ amount, dossier }) =>
        `The provider says that it took back ${amount} of dossier ${dossier}. The agency will contact you; do not pay again yet.`,
    },
    refunding: {
      title: 'Refund under way',
      text: ({ amount, account, by }) =>
        `${amount} is being returned to ${account ? `account ${account}` : 'where you paid from'}${by ? `, planned by the end of ${by}` : ''}. There is nothing for you to do.`,
    },
    partly_refunded: {
      title: 'Partly refunded',
      text: ({ amount, paid, at }) => `${amount} of the ${paid} paid was returned on ${at}.`,
    },
    refunded: {
      title: 'Refunded',
      text: ({ amount, at }) => `${amount} was returned to where you paid from on ${at}.`,
    },
    expired: {
      title: 'The request has expired',
      text: () =>
        'If you have sent money, it is recorded all the same and you will be told. For a new request, go back to your dossier.',
    },
    cancelled: {
      title: 'Payment cancelled',
      text: ({ reason }) =>
        `${reason ? `Reason: ${reason}. ` : ''}If you have sent money, it is recorded all the same and you will be told.`,
    },
  },
  order: {
    heading: 'Your dossier',
    dossier: 'Dossier code',
    procedure: 'Procedure',
    agency: 'Paid to',
    payer: 'Payer',
    tracing: 'Tracing code',
    account: "Agency's account",
    amount: 'Amount',
    inWords: 'In words',
    lines: 'Details',
    line: 'Item',
    total: 'Total',
    exempt: (rule) => `Exempt under ${rule}`,
    kinds: { phi: 'Fee (phí)', le_phi: 'Fee (lệ phí)', phat: 'Fine', thue: 'Tax', khac: 'Other' },
  },
  choose: {
    heading: 'Choose where to pay',
    pay: (amount) => `Pay ${amount}`,
    health: {
      up: 'Working normally',
      degraded: 'Having trouble: it has often not answered lately',
      down: 'Cannot be reached at the moment. Please choose another, or try again in a few minutes',
      unknown: 'No trouble reported',
    },
    unreached: 'Could not be reached just now',
    limits: (minimum, maximum) => `Not for this payment: it only takes ${minimum} to ${maximum}`,
    suggestion: (provider) => `One provider has trouble at the moment. We suggest ${provider}.`,
    none: 'There is no way to pay this online at the moment. Please call the hotline or pay where you filed the dossier.',
    large: 'Above 10 million VND your bank may ask for a face check. Take the time you need.',
    deadline: (long, left) => `Pay by ${long} (${left}).`,
    soon: 'The time is nearly over. Money that arrives later is recorded all the same.',
    soonStrict:
      'The time is nearly over. Money that comes later does not count for the dossier and will be returned. If you cannot finish in time, please do not begin; call the agency.',
    extend: 'I need more time',
    extendHint:
      '24 hours more for this page, without signing in; what you have chosen is kept. A date by which the law wants the fee paid, if there is one, stays as it is.',
    extended: (until) => `You have more time. Please pay by ${until}.`,
    firm: 'The agency has set this deadline; it cannot be extended here.',
    again: 'Try again',
    leaves: 'You will be taken to the page of the provider that you choose.',
  },
  confirming: {
    check: 'Check again',
    checked: 'We have just asked the provider: there is no result yet.',
    checkedJustNow: 'We asked a few seconds ago. Please wait a little before you check again.',
    goOn: (provider) => `Go on with your unfinished payment at ${provider}`,
    goOnHint: 'If you had not finished paying, go on with the same payment; it cannot be charged twice.',
    another: 'Choose another provider',
    anotherWarning:
      'The earlier payment has no final result yet. Should both be charged, the surplus will be returned. Pay again only if you have looked at your account and nothing was taken.',
    refreshing: 'This page updates by itself.',
    stopRefreshing: 'Stop updating',
  },
  problems: {
    no_choice: 'Please choose where to pay.',
    provider_unreachable: 'This provider cannot be reached. No money has moved. Please choose another one.',
    provider_not_available:
      'This provider takes no payments at the moment. No money has moved. Please choose another one.',
    amount_outside_provider_limits: 'This provider does not take this amount. Please choose another one.',
    too_many_attempts: 'There were too many tries. Please call the hotline for help.',
    no_more_time: 'The time cannot be extended any further. Please pay by the deadline shown, or call the agency.',
    conflict: 'Your request is being worked on. Please try again in a few seconds.',
  },
  trail: {
    heading: 'Where is my money?',
    placed: 'Payment was asked for',
    attempt: {
      waiting: (provider) => `Begun at ${provider}: waiting for the result`,
      silent: (provider) => `Begun at ${provider}: no answer yet`,
      failed: (provider) => `Begun at ${provider}: ${provider} says it did not go through`,
      unreached: (provider) => `${provider} could not be reached: nothing was begun`,
      expired: (provider) => `Begun at ${provider}: its time ran out, no money moved`,
    },
    captured: (amount, provider, reference) => `Received ${amount} through ${provider}, transaction ${reference}`,
    refund: {
      asked: (amount) => `Refund of ${amount}: waiting for approval`,
      underWay: (amount) => `Refund of ${amount}: under way`,
      done: (amount) => `Refunded ${amount}`,
      failed: (amount) => `Refund of ${amount} is not done yet: the agency is working on it`,
    },
  },
  receipts: { link: { phi: 'See the receipt (phí)', le_phi: 'See the receipt (lệ phí)' }, fallback: 'See the receipt' },
  back: (host) => `Back to ${host}`,
  caution: {
    heading: 'Beware of fraud',
    points: (host) => [
      'Compare procedure, payee, amount and dossier code before you pay.',
      `The address of this page is ${host}.`,
      'Never send money to an account that came in a message or a phone call.',
    ],
  },
  hotline: {
    heading: 'Need help?',
    agency: 'The agency',
    national: 'National public-service hotline',
    province: 'Thanh Hóa public-service centre',
    secrets: 'We never ask for passwords or OTP codes.',
  },
  leaving: {
    title: (provider) => `On the way to ${provider}`,
    stay: 'Do not close this page.',
    button: (provider) => `Go on to ${provider}`,
  },
  qr: {
    title: 'Scan the QR code to pay',
    text: "Open your bank's app and scan the code. Amount and message are in the code; please leave them as they are.",
    phone: 'Reading this on a phone?',
    phoneSteps: [
      'Save the picture of the code with the button above.',
      "Open your bank's app, choose to scan a code, and take the saved picture from your gallery.",
      'Compare account holder, amount and message, then confirm.',
      'Come back to this page: the result appears by itself.',
    ],
    save: 'Save the QR code as a picture',
    app: 'Demo: open the simulated bank app',
    apps: 'Open a bank’s app on this phone',
    appsNote: (host) =>
      `The app opens with the transfer filled in, by way of ${host}. Compare account holder, amount and text before you confirm.`,
    alt: 'QR code to pay with',
    after: 'I have paid: see the result',
  },
  transfer: {
    heading: "Or type it into your bank's app",
    bank: 'Bank',
    account: 'Account number',
    holder: 'Account holder',
    purpose: 'Transfer message',
    copy: (what) => `Copy the ${what.toLowerCase()}`,
    copied: (what) => `${what} copied`,
    note: 'Please type amount and message exactly: your payment is recognised by this message.',
  },
  unknownReturn: {
    title: 'We could not recognise the payment',
    text: 'This page cannot tell whether the money has been paid.',
    steps: [
      'Open the payment page from your dossier again to see the true result.',
      'Please do not pay again before you have seen it.',
      'If your account was charged, the money is recorded all the same. For questions, call the hotline below.',
    ],
  },
  front: {
    title: 'LePhi',
    text: 'Cashless payment of public-service fees.',
    pay: 'To pay, open the link in your dossier on the public-service portal. This page has no field for account numbers or passwords.',
    docs: 'Documentation for developers',
  },
  errors: {
    altered: {
      title: 'This receipt cannot be shown',
      text: 'What is stored does not fit the signature of its issue. This was recorded; please contact the agency.',
    },
    not_found: {
      title: 'Page not found',
      text: 'There is nothing at this address. Please open the link in your dossier again.',
    },
    foreign: {
      title: 'Request not taken',
      text: 'This request came from another site. Please open the link in your dossier again.',
    },
    unreadable: { title: 'The request cannot be read', text: 'Please go back and try again.' },
    busy: { title: 'The system is busy', text: 'Please try again in a few minutes.' },
    broken: {
      title: 'Something went wrong on our side',
      text: 'It is not your fault. If you have sent money, it is recorded all the same. Please try again later.',
    },
  },
  requestId: 'Request code, to name when you call',
  receiptPdf: 'Download the receipt (PDF)',
  receiptNote: "You can print or save this page with your browser's Print.",
  receiptLabels: {
    title_phi: 'Receipt for fees (phí)',
    title_le_phi: 'Receipt for fees (lệ phí)',
    form: 'Form',
    serial: 'Serial',
    number: 'Number',
    date: 'Date of issue',
    collector: 'Collector',
    taxCode: 'Tax code',
    address: 'Address',
    phone: 'Telephone',
    account: 'Account',
    payer: 'Payer',
    content: 'Item',
    amount: 'Amount',
    total: 'Total',
    words: 'In words',
    method: 'Form of payment',
    dossier: 'Dossier',
    procedure: 'Procedure',
    reference: 'Transaction',
    ledger_root: 'Seal of the ledger',
    replaced: 'Another receipt stands in its place',
    returned: 'Of the fees on it this much was returned',
    reversed: 'Of the payment this much was taken back by the provider or the bank',
    disputed: 'The payment is in dispute and may be taken back',
    code: 'Scan to check the signature',
  },
}
