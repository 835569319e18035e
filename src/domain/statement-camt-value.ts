/** Amounts, signs and days as camt.053 writes them. Null for what is not written so; nothing here is ever a float. */
import { businessDay, isBusinessDayText, parseRfc3339 } from '../lib/time.ts'

/** An amount in hundred-thousandths, which holds every amount that ISO 20022 can write (five decimals). */
export type CamtAmount = { units: bigint; currency: string }

const amountShape = /^(\d{1,18})(?:\.(\d{1,5}))?$/
const unitsPerWhole = 100_000n

export const readAmount = (text: string): bigint | null => {
  const [, whole, decimals = ''] = amountShape.exec(text.trim()) ?? []
  return whole === undefined ? null : BigInt(whole) * unitsPerWhole + BigInt(decimals.padEnd(5, '0'))
}

/** Whole đồng; null when there is a rest. */
export const wholeUnits = (units: bigint): bigint | null =>
  units % unitsPerWhole === 0n ? units / unitsPerWhole : null

/** CdtDbtInd alone: that an entry is a reversal (RvslInd) is in this sign already, so it is never turned round again. */
export const signed = (units: bigint, indicator: string): bigint | null => {
  if (indicator === 'CRDT') return units
  return indicator === 'DBIT' ? -units : null
}

/** The day of a Dt or DtTm. A time without offset is Vietnamese; one with an offset is brought there. */
export const readDay = (text: string): string | null => {
  const written = text.trim()
  const day = written.replace(/(?:Z|[+-]\d\d:\d\d)$/, '')
  if (isBusinessDayText(day)) return day
  const instant = parseRfc3339(/(?:Z|[+-]\d\d:\d\d)$/.test(written) ? written : `${written}+07:00`)
  return instant && businessDay(instant)
}
