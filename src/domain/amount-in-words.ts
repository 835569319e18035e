// Amounts in words (số tiền bằng chữ), as receipts and payment pages say them, in Vietnamese and English.

/** The largest amount that is put into words: one below a thousand billion thousands. */
const wordsMax = 999_999_999_999_999n

/**
 * The amount in Vietnamese: `Hai mươi mốt nghìn đồng`. `zeroTens` is the word for a missing ten, `linh` (the North, and
 * the default) or `lẻ`. Throws RangeError on a negative amount and beyond 999.999.999.999.999.
 */
export function amountInWords(amount: bigint, zeroTens: 'linh' | 'lẻ' = 'linh'): string {
  const words = amount === 0n ? ['không'] : vietnamese(checked(amount), { hasHigher: false, zeroTens })
  return sentence([...words, 'đồng'])
}

/** The amount in English: `Twenty-one thousand dong`. Throws RangeError as `amountInWords`. */
export function amountInWordsEnglish(amount: bigint): string {
  const words = amount === 0n ? ['zero'] : english(checked(amount))
  return sentence([...words, 'dong'])
}

function checked(amount: bigint): bigint {
  if (amount < 0n || amount > wordsMax) throw new RangeError('only 0 to 999999999999999 đ can be put into words')
  return amount
}

function sentence(words: readonly string[]): string {
  const text = words.join(' ').normalize('NFC')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

type Spoken = { hasHigher: boolean; zeroTens: string }

// Tỷ closes a count of its own: 21.000 tỷ is "hai mươi mốt nghìn tỷ".
const vietnameseScales = [
  { size: 1_000_000_000n, word: 'tỷ' },
  { size: 1_000_000n, word: 'triệu' },
  { size: 1_000n, word: 'nghìn' },
] as const

function vietnamese(amount: bigint, { hasHigher, zeroTens }: Spoken): string[] {
  const words: string[] = []
  let rest = amount
  for (const { size, word } of vietnameseScales) {
    const count = rest / size
    rest %= size
    if (count > 0n) words.push(...vietnamese(count, { hasHigher: hasHigher || words.length > 0, zeroTens }), word)
  }
  if (rest > 0n) words.push(...vietnameseGroup(Number(rest), { hasHigher: hasHigher || words.length > 0, zeroTens }))
  return words
}

const digits = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'] as const

/** Words for 1 to 999. A group that follows a higher one names its hundreds even when there are none. */
function vietnameseGroup(group: number, { hasHigher, zeroTens }: Spoken): string[] {
  const hundreds = Math.floor(group / 100)
  const tens = Math.floor(group / 10) % 10
  const units = group % 10
  const saysHundreds = hundreds > 0 || hasHigher
  const words = saysHundreds ? [digits[hundreds] ?? '', 'trăm'] : []
  if (tens === 0 && units > 0 && saysHundreds) words.push(zeroTens)
  if (tens === 1) words.push('mười')
  if (tens > 1) words.push(digits[tens] ?? '', 'mươi')
  if (units > 0) words.push(vietnameseUnit(tens, units))
  return words
}

function vietnameseUnit(tens: number, units: number): string {
  if (units === 5 && tens > 0) return 'lăm'
  if (units === 1 && tens > 1) return 'mốt'
  if (units === 4 && tens > 1) return 'tư'
  return digits[units] ?? ''
}

const englishScales = [
  { size: 1_000_000_000_000n, word: 'trillion' },
  { size: 1_000_000_000n, word: 'billion' },
  { size: 1_000_000n, word: 'million' },
  { size: 1_000n, word: 'thousand' },
  { size: 1n, word: '' },
] as const
const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tenfold = ' ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')

function english(amount: bigint): string[] {
  return englishScales.flatMap(({ size, word }) => {
    const group = Number((amount / size) % 1_000n)
    return group === 0 ? [] : [...englishGroup(group), ...(word === '' ? [] : [word])]
  })
}

function englishGroup(group: number): string[] {
  const hundreds = Math.floor(group / 100)
  const rest = group % 100
  const words = hundreds > 0 ? [small[hundreds] ?? '', 'hundred'] : []
  if (rest > 0 && rest < 20) words.push(small[rest] ?? '')
  const unit = rest % 10 === 0 ? '' : `-${small[rest % 10]}`
  if (rest >= 20) words.push(`${tenfold[Math.floor(rest / 10)]}${unit}`)
  return words
}
