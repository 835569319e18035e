// Values that two runtimes tell each other as text: what JSON knows, amounts and instants.

/** Undefined members are left out, as in JSON. */
export const encode = (value: unknown): string => JSON.stringify(tagged(value))

export const decode = (text: string): unknown => JSON.parse(text, (_, each: unknown) => untagged(each))

/** Before JSON.stringify, which makes a text of a Date before anybody is asked. */
const tagged = (value: unknown): unknown => {
  if (typeof value === 'bigint') return { $amount: String(value) }
  if (value instanceof Date) return { $instant: value.toISOString() }
  if (Array.isArray(value)) return value.map(tagged)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, tagged(each)]))
}

const untagged = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if ('$amount' in value) return BigInt(String(value.$amount))
  if ('$instant' in value) return new Date(String(value.$instant))
  return value
}
