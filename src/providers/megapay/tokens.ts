/**
 * MegaPay's tokens: SHA-256, a plain hash and no HMAC, over values put one after the other without a separator, the key last (README.md). Without a separator
 * text can slide from one value to its neighbour and the hash still holds: who believes a token must know every value but one from elsewhere.
 */
import { sha256Hex } from '../../lib/hmac.ts'
import { isSameHex } from '../signed-text.ts'

export type Texts = ReadonlyMap<string, string>
type Values = Readonly<Record<string, string>>

const hash = (values: Values, names: readonly string[], key: string): string =>
  sha256Hex([...names.map((name) => values[name] ?? ''), key].join(''))

/** The token of the form that the payer's browser posts. */
export const requestToken = (values: Values, key: string): string =>
  hash(values, ['timeStamp', 'merTrxId', 'merId', 'amount'], key)

export const statusToken = (values: Values, key: string): string =>
  hash(values, ['timeStamp', 'merTrxId', 'merId', 'payToken'], key)

export const cancelToken = (values: Values, key: string): string =>
  hash(values, ['timeStamp', 'merTrxId', 'trxId', 'merId', 'amount', 'payToken'], key)

/** Proves that the merchant knows the refund password. */
export const cancelHash = ({ merTrxId, password }: { merTrxId: string; password: string }, key: string): string =>
  sha256Hex(`${merTrxId}${password}${key}`)

export const resultNames = ['resultCd', 'timeStamp', 'merTrxId', 'trxId', 'merId', 'amount', 'payToken', 'userFee']

/** The token of everything that tells a result: IPN, return, the data of a status answer. payToken before userFee is an assumption of the page. */
export const resultToken = (result: Texts, key: string): string => {
  // A fee counts when it is above 0; `0`, `00` and none are no fee.
  const hasFee = !/^0*$/.test(result.get('userFee') ?? '')
  const names = resultNames.filter((name) => name !== 'userFee' || hasFee)
  return sha256Hex([...names.map((name) => result.get(name) ?? ''), key].join(''))
}

/** Whether a result is genuine, in constant time and in either letter case. An absent token never is. */
export const isGenuine = (result: Texts, key: string): boolean => {
  const received = result.get('merchantToken')
  return received !== undefined && isSameHex({ expected: resultToken(result, key), received })
}
