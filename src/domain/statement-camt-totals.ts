/** What a camt.053 statement says of itself: account, currency, balances, and whether they agree with its entries. A gap is told and never repaired. */
import type { XmlElement } from '../lib/xml.ts'
import { readAmount, signed } from './statement-camt-value.ts'

/** A balance in hundred-thousandths, signed; `code` is OPBD, PRCD, CLBD and others. */
export type CamtBalance = { code: string; units: bigint; currency: string }

export type CamtStatement = {
  line: number
  id: string | null
  account: string | null
  currency: string | null
  balances: CamtBalance[]
  /** OPBD, else PRCD; and CLBD. */
  opening: bigint | null
  closing: bigint | null
  /** Money in and out of the entries that were read, both positive, in the statement's currency. */
  credits: bigint
  debits: bigint
  /** All entries, read or not. */
  entries: number
  /** Whether opening, entries read and closing agree; null when there is something missing for it. */
  closes: boolean | null
  /** The bank says that this was sent before (CpyDplctInd). */
  isCopy: boolean
  isCheckable: boolean
  texts: Map<string, string>
}

export const newStatement = (): CamtStatement => ({
  line: 0,
  id: null,
  account: null,
  currency: null,
  balances: [],
  opening: null,
  closing: null,
  credits: 0n,
  debits: 0n,
  entries: 0,
  closes: null,
  isCopy: false,
  isCheckable: true,
  texts: new Map(),
})

const balancesMax = 100
const kept =
  /^(?:StmtPgntn\/(?:PgNb|LastPgInd)|Bal\/(?:Tp\/CdOrPrtry\/(?:Cd|Prtry)|Amt|CdtDbtInd)|TxsSummry\/Ttl(?:Ntries\/NbOfNtries|(?:Cdt|Dbt)Ntries\/Sum))$/

/** Notes an element of a statement that is not within an entry. */
export const noteStatementPart = (statement: CamtStatement, path: string, element: XmlElement): void => {
  const text = element.text.trim()
  if (path === 'Bal') noteBalance(statement)
  if (path === 'Id') statement.id = text
  if (path === 'CpyDplctInd') statement.isCopy = true
  if (path === 'Acct/Id/IBAN' || path === 'Acct/Id/Othr/Id') statement.account ??= text || null
  if (path === 'Acct/Ccy') statement.currency = text || null
  if (!kept.test(path)) return
  statement.texts.set(path, text)
  if (path === 'Bal/Amt') statement.texts.set('Bal/Ccy', element.attributes.get('Ccy')?.trim() ?? '')
}

const noteBalance = (statement: CamtStatement): void => {
  const { texts } = statement
  const units = readAmount(texts.get('Bal/Amt') ?? '')
  const value = units === null ? null : signed(units, texts.get('Bal/CdtDbtInd') ?? '')
  const code = texts.get('Bal/Tp/CdOrPrtry/Cd') ?? texts.get('Bal/Tp/CdOrPrtry/Prtry') ?? ''
  const currency = texts.get('Bal/Ccy') ?? ''
  if (value !== null && statement.balances.length < balancesMax)
    statement.balances.push({ code, units: value, currency })
  // Entries that name no currency of the account are in that of its balances.
  if (currency !== '') statement.currency ??= currency
  for (const path of [...texts.keys()]) if (path.startsWith('Bal/')) texts.delete(path)
}

/** The statement as a whole, and what is wrong with it. */
export const readStatementEnd = (
  statement: CamtStatement,
  line: number,
): { statement: CamtStatement; problems: string[] } => {
  const find = (code: string) =>
    statement.balances.find((balance) => balance.code === code && balance.currency === statement.currency)?.units ??
    null
  const opening = find('OPBD') ?? find('PRCD')
  const closing = find('CLBD')
  const isCheckable = statement.isCheckable && opening !== null && closing !== null
  const closes = isCheckable ? opening + statement.credits - statement.debits === closing : null
  const whole: CamtStatement = { ...statement, line, opening, closing, closes }
  return { statement: whole, problems: problemsOf(whole) }
}

/** Which page this is, of a message or a statement that the bank has cut into several files. */
export const pageProblems = (page: string | undefined, isLast: string | undefined): string[] => [
  ...(page !== undefined && Number(page) > 1
    ? [`this is page ${Number(page)}; the pages before it are other files`]
    : []),
  ...(isLast === 'false' || isLast === '0' ? ['this is not the last page; the pages after it are other files'] : []),
]

const problemsOf = ({ closes, isCopy, entries, credits, debits, texts }: CamtStatement): string[] => {
  const count = texts.get('TxsSummry/TtlNtries/NbOfNtries')
  const sums: [string, bigint][] = [
    ['TxsSummry/TtlCdtNtries/Sum', credits],
    ['TxsSummry/TtlDbtNtries/Sum', debits],
  ]
  const isOff = sums.some(([path, sum]) => {
    const announced = readAmount(texts.get(path) ?? '')
    return announced !== null && announced !== sum
  })
  return [
    ...(closes === false
      ? ['the balances do not close: opening balance and entries do not give the closing balance']
      : []),
    ...(count !== undefined && /^\d{1,15}$/.test(count) && Number(count) !== entries
      ? ['the statement announces another number of entries than it has']
      : []),
    ...(isOff ? ['the statement announces other sums than its entries have'] : []),
    ...pageProblems(texts.get('StmtPgntn/PgNb'), texts.get('StmtPgntn/LastPgInd')),
    ...(isCopy ? ['the bank marks the statement as a copy of one that was sent before'] : []),
  ]
}
