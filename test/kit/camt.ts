// Bank statements in camt.053 for tests, in the shapes of 001.02 and 001.08, with a namespace prefix or without.

export type CamtRow = {
  amount?: string
  currency?: string
  sign?: string
  status?: string
  reversal?: boolean
  day?: string
  reference?: string
  endToEndId?: string
  text?: string
  name?: string
  /** What stands in `<NtryDtls>` instead of the one transaction of the members above. */
  details?: string
}

export type CamtFile = {
  version?: '02' | '08'
  prefix?: string
  account?: string
  currency?: string
  opening?: string | null
  closing?: string | null
  rows: readonly CamtRow[]
  id?: string
  more?: string
}

const balance = (code: string, amount: string, currency: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount.replace('-', '')}</Amt>` +
  `<CdtDbtInd>${amount.startsWith('-') ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>`

const party = (row: CamtRow, version: string): string => {
  if (row.name === undefined) return ''
  const inner = version === '08' ? `<Pty><Nm>${row.name}</Nm></Pty>` : `<Nm>${row.name}</Nm>`
  const tag = row.sign === 'DBIT' ? 'Cdtr' : 'Dbtr'
  return `<RltdPties><${tag}>${inner}</${tag}></RltdPties>`
}

/** One entry, whose `<Ntry>` begins a line. */
export const camtEntry = (row: CamtRow, version = '02'): string => {
  const status = row.status ?? 'BOOK'
  const details =
    row.details ??
    `<TxDtls><Refs><EndToEndId>${row.endToEndId ?? 'NOTPROVIDED'}</EndToEndId></Refs>${party(row, version)}` +
      `${row.text === undefined ? '' : `<RmtInf><Ustrd>${row.text}</Ustrd></RmtInf>`}</TxDtls>`
  return [
    `<Ntry><Amt Ccy="${row.currency ?? 'VND'}">${row.amount ?? '79000'}</Amt><CdtDbtInd>${row.sign ?? 'CRDT'}</CdtDbtInd>`,
    row.reversal ? '<RvslInd>true</RvslInd>' : '',
    version === '08' ? `<Sts><Cd>${status}</Cd></Sts>` : `<Sts>${status}</Sts>`,
    `<BookgDt><Dt>2026-11-22</Dt></BookgDt><ValDt><Dt>${row.day ?? '2026-11-23'}</Dt></ValDt>`,
    row.reference === undefined ? '' : `<AcctSvcrRef>${row.reference}</AcctSvcrRef>`,
    `<NtryDtls>${details}</NtryDtls></Ntry>`,
  ].join('\n')
}

export const camtStatement = (file: CamtFile): string => {
  const { version = '02', currency = 'VND' } = file
  const [opening, closing] = [file.opening, file.closing]
  return [
    `<Stmt><Id>${file.id ?? 'S1'}</Id>`,
    `<Acct><Id><Othr><Id>${file.account ?? '113366668888'}</Id></Othr></Id><Ccy>${currency}</Ccy></Acct>`,
    opening == null ? '' : balance('OPBD', opening, currency),
    closing == null ? '' : balance('CLBD', closing, currency),
    file.more ?? '',
    ...file.rows.map((row) => camtEntry(row, version)),
    '</Stmt>',
  ].join('\n')
}

export const camtDocument = (statements: string, version = '02', prefix = ''): string => {
  const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
  const text =
    `<Document ${name}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}">\n<BkToCstmrStmt>` +
    `<GrpHdr><MsgId>M1</MsgId></GrpHdr>\n${statements}\n</BkToCstmrStmt></Document>\n`
  const tagged = prefix === '' ? text : text.replace(/<(\/?)(?=[A-Z])/g, `<$1${prefix}:`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tagged}`
}

export const camtFile = (file: CamtFile): string => camtDocument(camtStatement(file), file.version, file.prefix)
