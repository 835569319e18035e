/** One entry of a camt.053 statement: its parts gathered as they are read, then made one line, or one for each transaction of a batch. Pure. */
import type { XmlElement } from '../lib/xml.ts'
import type { CamtStatement } from './statement-camt-totals.ts'
import { readAmount, readDay, signed, wholeUnits } from './statement-camt-value.ts'

export type CamtProblem = { line: number; column?: string; message: string }

export type CamtEntry = {
  /** The line of `<Ntry>`. */
  line: number
  bookingDate: string | null
  valueDate: string
  currency: string
  /** Of the whole statement; an entry may be in another. */
  accountCurrency: string
  /** Hundred-thousandths, signed: what the account gains. */
  units: bigint
  /** The same in whole đồng; null when there is a rest, or another currency. */
  amount: bigint | null
  isReversal: boolean
  /** Several transactions in one sum, of which the file does not give every amount. */
  isBatch: boolean
  bankReference: string | null
  endToEndId: string | null
  description: string | null
  counterparty: string | null
  /** What the file says of it, as `path=text`, from which a hash of the row is made. */
  cells: readonly string[]
}

/** What was read of an entry or one of its transactions: the texts by path. */
type Parts = { texts: Map<string, string[]>; currencies: Map<string, string>; cells: string[] }

export type OpenEntry = { own: Parts; detail: Parts; details: Parts[]; chars: number }

const newParts = (): Parts => ({ texts: new Map(), currencies: new Map(), cells: [] })
export const newEntry = (): OpenEntry => ({ own: newParts(), detail: newParts(), details: [], chars: 0 })

const entryCharsMax = 8_000_000

/** Notes an element within an entry. Answers false when the entry has become longer than any bank's. */
export const noteEntryPart = (entry: OpenEntry, path: readonly string[], element: XmlElement): boolean => {
  const isDetail = path[0] === 'NtryDtls' && path[1] === 'TxDtls'
  if (isDetail && path.length === 2) {
    entry.details.push(entry.detail)
    entry.detail = newParts()
    entry.chars += 200
    return entry.chars <= entryCharsMax
  }
  if (element.hasChildren) return true
  const parts = isDetail ? entry.detail : entry.own
  const name = path.slice(isDetail ? 2 : 0).join('/')
  const currency = element.attributes.get('Ccy')
  const text = element.text.trim()
  if (currency !== undefined) parts.currencies.set(name, currency.trim())
  const texts = parts.texts.get(name)
  if (texts) texts.push(text)
  else parts.texts.set(name, [text])
  parts.cells.push(`${name}=${currency === undefined ? '' : `${currency} `}${text}`)
  entry.chars += name.length + text.length + 50
  return entry.chars <= entryCharsMax
}

/** The lines of an entry that has ended, or why it is none. What it is worth is added to the statement. */
export const readEntry = (
  entry: OpenEntry,
  line: number,
  statement: CamtStatement,
): Iterable<CamtEntry> | CamtProblem => {
  statement.entries += 1
  const read = readOwn(entry, line)
  if ('message' in read) return read
  const accountCurrency = addToStatement(statement, entry.own, read)
  return splitBatch(entry, { ...read, accountCurrency })
}

type Own = { line: number; indicator: string; units: bigint; currency: string; valueDate: string; parts: Parts }
type OwnOfAccount = Own & { accountCurrency: string }

const readOwn = ({ own: parts, details }: OpenEntry, line: number): Own | CamtProblem => {
  const problem = (column: string, message: string): CamtProblem => ({ line, column, message })
  const status = first(parts, 'Sts', 'Sts/Cd', 'Sts/Prtry')
  if (status !== null && status !== 'BOOK') return problem('Sts', 'the entry is not booked and is left out')
  const amount = readAmount(first(parts, 'Amt') ?? '')
  if (amount === null) return problem('Amt', 'the amount is missing, or is no number with a decimal point')
  if (amount === 0n) return problem('Amt', 'the amount is 0')
  const currency = parts.currencies.get('Amt') ?? ''
  if (!/^[A-Z]{3}$/.test(currency)) return problem('Amt', 'the amount has no currency')
  const indicator = first(parts, 'CdtDbtInd') ?? ''
  const units = signed(amount, indicator)
  if (units === null) return problem('CdtDbtInd', 'CdtDbtInd is CRDT or DBIT')
  const written = first(parts, 'ValDt/Dt', 'ValDt/DtTm', 'BookgDt/Dt', 'BookgDt/DtTm')
  const valueDate = readDay(written ?? '')
  if (!valueDate) return problem('ValDt', 'the entry has no real value date or booking date')
  if ([parts, ...details].some(({ cells }) => cells.some((cell) => cell.includes('\ufffd')))) {
    return { line, message: 'the entry holds bytes that are no text in the encoding of the file' }
  }
  if (currency === 'VND' && !isDong(units)) return problem('Amt', 'the amount is not in whole đồng, at most 15 digits')
  if ([parts, ...details].some(hasLongReference)) return problem('AcctSvcrRef', 'a reference is too long')
  return { line, indicator, units, currency, valueDate, parts }
}

const isDong = (units: bigint): boolean => {
  const whole = wholeUnits(units)
  return whole !== null && whole > -dongMax && whole < dongMax
}

const dongMax = 10n ** 15n
/** ISO 20022 gives references 35 characters; no line holds more than this. */
const referenceMax = 200
const references = ['AcctSvcrRef', 'NtryRef', 'Refs/AcctSvcrRef', 'Refs/EndToEndId']

const hasLongReference = (parts: Parts): boolean =>
  references.some((name) => parts.texts.get(name)?.some((text) => text.length > referenceMax))

/** An entry in another currency counts with the amount that it names in the account's; without one the balances cannot be checked. */
const addToStatement = (statement: CamtStatement, parts: Parts, { units, currency, indicator }: Own): string => {
  const own = statement.currency ?? currency
  statement.currency ??= currency
  const here = currency === own ? units : instructedIn(parts, own, indicator)
  if (here === null) statement.isCheckable = false
  else if (here > 0n) statement.credits += here
  else statement.debits -= here
  return own
}

const instructedIn = (parts: Parts, currency: string, indicator: string): bigint | null => {
  for (const kind of ['InstdAmt', 'TxAmt', 'CntrValAmt']) {
    const name = `AmtDtls/${kind}/Amt`
    const units = parts.currencies.get(name) === currency ? readAmount(first(parts, name) ?? '') : null
    if (units !== null) return signed(units, indicator)
  }
  return null
}

/** One row for each transaction if all have amounts that add up to the entry; else one row for the entry. */
function* splitBatch({ own, details }: OpenEntry, read: OwnOfAccount): Generator<CamtEntry> {
  const amounts = details.length > 1 ? details.map((detail) => detailAmount(detail, read)) : []
  const isWhole = amounts.every((amount) => amount !== null)
  if (amounts.length > 0 && isWhole && amounts.reduce((sum, amount) => sum + (amount ?? 0n), 0n) === read.units) {
    for (const [index, detail] of details.entries())
      yield rowOf(read, [detail], { units: amounts[index] ?? 0n, isSplit: true })
    return
  }
  const announced = Number(first(own, 'NtryDtls/Btch/NbOfTxs') ?? '0')
  const row = rowOf(read, details, { units: read.units, isSplit: false })
  yield { ...row, isBatch: details.length > 1 || announced > 1 }
}

const detailAmount = (detail: Parts, { currency, indicator }: Own): bigint | null => {
  for (const name of ['Amt', 'AmtDtls/TxAmt/Amt', 'AmtDtls/InstdAmt/Amt']) {
    if (detail.currencies.get(name) !== currency) continue
    const units = readAmount(first(detail, name) ?? '')
    const amount = units === null || units === 0n ? null : signed(units, first(detail, 'CdtDbtInd') ?? indicator)
    return amount !== null && currency === 'VND' && !isDong(amount) ? null : amount
  }
  return null
}

type RowTerms = { units: bigint; isSplit: boolean }

const rowOf = (read: OwnOfAccount, details: readonly Parts[], { units, isSplit }: RowTerms): CamtEntry => {
  const { parts, line, currency, accountCurrency, valueDate } = read
  const only = details.length === 1 ? details[0] : undefined
  const ofDetail = only ? first(only, 'Refs/AcctSvcrRef') : null
  const ofEntry = first(parts, 'AcctSvcrRef')
  const endToEndId = only ? first(only, 'Refs/EndToEndId') : null
  return {
    line,
    bookingDate: readDay(first(parts, 'BookgDt/Dt', 'BookgDt/DtTm') ?? ''),
    valueDate,
    currency,
    accountCurrency,
    units,
    amount: currency === 'VND' ? wholeUnits(units) : null,
    isReversal: ['true', '1'].includes(first(parts, 'RvslInd') ?? ''),
    isBatch: false,
    bankReference: (isSplit ? (ofDetail ?? ofEntry) : (ofEntry ?? ofDetail)) ?? first(parts, 'NtryRef'),
    endToEndId: endToEndId === 'NOTPROVIDED' ? null : endToEndId,
    description: describe(parts, details),
    counterparty: only ? counterpartyOf(only, units) : null,
    cells: [...parts.cells, ...details.flatMap((detail) => detail.cells)],
  }
}

const descriptionMax = 2_000

/** The text that references are looked for in: remittance first, then what the bank adds. Cut where a line's description ends. */
const describe = (parts: Parts, details: readonly Parts[]): string | null => {
  const ofDetails = (...names: string[]) =>
    details.flatMap((detail) => names.flatMap((name) => detail.texts.get(name) ?? []))
  const texts = [
    ...ofDetails('RmtInf/Ustrd', 'RmtInf/Strd/CdtrRefInf/Ref'),
    ...ofDetails('AddtlTxInf'),
    ...(parts.texts.get('AddtlNtryInf') ?? []),
  ]
  let text = ''
  for (const each of new Set(texts)) {
    if (text.length > 4 * descriptionMax) break
    if (each !== '') text += text === '' ? each : ` ${each}`
  }
  // What is composed becomes at most four times shorter.
  return text === ''
    ? null
    : text
        .slice(0, 4 * descriptionMax)
        .normalize('NFC')
        .slice(0, descriptionMax)
}

/** Who paid, or was paid; 001.02 has the name in the party itself, 001.08 in its Pty. */
const counterpartyOf = (detail: Parts, units: bigint): string | null => {
  const [near, far] = units > 0n ? ['Dbtr', 'Cdtr'] : ['Cdtr', 'Dbtr']
  const names = [near, far].flatMap((party) => [`RltdPties/${party}/Nm`, `RltdPties/${party}/Pty/Nm`])
  return (
    first(detail, ...names)
      ?.normalize('NFC')
      .slice(0, descriptionMax) ?? null
  )
}

/** The first text that is there and not empty, the places asked in order. */
const first = (parts: Parts, ...names: string[]): string | null => {
  for (const name of names) {
    const text = parts.texts.get(name)?.find((each) => each !== '')
    if (text !== undefined) return text
  }
  return null
}
