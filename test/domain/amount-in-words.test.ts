import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountInWords, amountInWordsEnglish } from '../../src/domain/amount-in-words.ts'

const vectors = `
0 Không đồng
10 Mười đồng
11 Mười một đồng
15 Mười lăm đồng
21 Hai mươi mốt đồng
24 Hai mươi tư đồng
25 Hai mươi lăm đồng
54 Năm mươi tư đồng
101 Một trăm linh một đồng
105 Một trăm linh năm đồng
110 Một trăm mười đồng
115 Một trăm mười lăm đồng
221 Hai trăm hai mươi mốt đồng
1001 Một nghìn không trăm linh một đồng
8000 Tám nghìn đồng
21000 Hai mươi mốt nghìn đồng
55000 Năm mươi lăm nghìn đồng
105005 Một trăm linh năm nghìn không trăm linh năm đồng
204000 Hai trăm linh bốn nghìn đồng
1000001 Một triệu không trăm linh một đồng
1050000 Một triệu không trăm năm mươi nghìn đồng
2345678 Hai triệu ba trăm bốn mươi lăm nghìn sáu trăm bảy mươi tám đồng
15021000 Mười lăm triệu không trăm hai mươi mốt nghìn đồng
1000000000 Một tỷ đồng
1000000005 Một tỷ không trăm linh năm đồng
2005000000 Hai tỷ không trăm linh năm triệu đồng
1234567891 Một tỷ hai trăm ba mươi tư triệu năm trăm sáu mươi bảy nghìn tám trăm chín mươi mốt đồng
21000000000000 Hai mươi mốt nghìn tỷ đồng
1 Một đồng
14 Mười bốn đồng
404 Bốn trăm linh bốn đồng
1001000000000 Một nghìn không trăm linh một tỷ đồng
1000000000001 Một nghìn tỷ không trăm linh một đồng
999999999999999 Chín trăm chín mươi chín nghìn chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín đồng
`
  .trim()
  .split('\n')
  .map((line): [bigint, string] => [BigInt(line.split(' ', 1)[0] ?? ''), line.slice(line.indexOf(' ') + 1)])

describe('an amount in words', () => {
  it.each(vectors)('%s is %s', (amount, words) => expect(amountInWords(amount)).toBe(words.normalize('NFC')))

  it('can say lẻ as the South does', () => {
    expect(amountInWords(105_005n, 'lẻ')).toBe('Một trăm lẻ năm nghìn không trăm lẻ năm đồng')
  })

  it('reads back as the amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999_999n }), (amount) => {
        expect(readBack(amountInWords(amount))).toBe(amount)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([-1n, 1_000_000_000_000_000n])('refuses %s', (amount) => {
    expect(() => amountInWords(amount)).toThrow(RangeError)
    expect(() => amountInWordsEnglish(amount)).toThrow(RangeError)
  })
})

describe('an amount in English words', () => {
  it.each([
    [0n, 'Zero dong'],
    [8_000n, 'Eight thousand dong'],
    [21_000n, 'Twenty-one thousand dong'],
    [15_040n, 'Fifteen thousand forty dong'],
    [1_000_001n, 'One million one dong'],
    [
      999_999_999_999n,
      'Nine hundred ninety-nine billion nine hundred ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine dong',
    ],
    [21_000_000_000_110n, 'Twenty-one trillion one hundred ten dong'],
  ])('%s is %s', (amount, words) => expect(amountInWordsEnglish(amount)).toBe(words))

  it('differs for different amounts', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
        fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
        (a, b) => {
          expect(amountInWordsEnglish(a) === amountInWordsEnglish(b)).toBe(a === b)
        },
      ),
    )
  })
})

const digit: Record<string, bigint> = {
  ...{
    không: 0n,
    một: 1n,
    mốt: 1n,
    hai: 2n,
    ba: 3n,
    bốn: 4n,
    tư: 4n,
    năm: 5n,
    lăm: 5n,
    sáu: 6n,
    bảy: 7n,
    tám: 8n,
    chín: 9n,
  },
}
const scale: Record<string, bigint> = { nghìn: 1_000n, triệu: 1_000_000n }

/** The amount that the words say, read word by word and apart from how they were made. */
function readBack(words: string): bigint {
  let billions = 0n
  let total = 0n
  let group = 0n
  let last = 0n
  for (const word of words.toLowerCase().split(' ').slice(0, -1)) {
    const value = digit[word]
    const factor = scale[word]
    if (value !== undefined) {
      last = value
      group += value
    } else if (word === 'mười') group += 10n
    else if (word === 'mươi') group += last * 9n
    else if (word === 'trăm') group += last * 99n
    else if (word === 'tỷ') {
      billions = total + group
      total = 0n
      group = 0n
    } else if (factor !== undefined) {
      total += group * factor
      group = 0n
    }
  }
  return billions * 1_000_000_000n + total + group
}
