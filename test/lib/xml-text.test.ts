// The encodings of XML files: as their first bytes show, as they declare, and cut anywhere.
import { describe, expect, it } from 'vitest'
import { createXmlDecoder } from '../../src/lib/xml-text.ts'

const decode = (bytes: Uint8Array, size: number): string => {
  const decoder = createXmlDecoder()
  let text = ''
  for (let at = 0; at < bytes.length; at += size) text += decoder.write(bytes.subarray(at, at + size))
  return text + decoder.end()
}
const utf16 = (text: string, isLittle: boolean, mark: boolean): Uint8Array =>
  new Uint8Array(
    [...(mark ? ['\ufeff'] : []), ...text.split('')].flatMap((letter) => {
      const code = letter.charCodeAt(0)
      return isLittle ? [code & 255, code >> 8] : [code >> 8, code & 255]
    }),
  )

describe('the text of an XML file', () => {
  const text = `<?xml version="1.0"?><a>Lệ phí 🎋${'x'.repeat(300)}</a>`
  it.each([
    ['UTF-8', new TextEncoder().encode(text)],
    ['UTF-8 with a byte order mark', new TextEncoder().encode(`\ufeff${text}`)],
    ['UTF-16, little end first', utf16(text, true, true)],
    ['UTF-16, big end first', utf16(text, false, true)],
    ['UTF-16 without a mark', utf16(text, true, false)],
    ['UTF-16 without a mark, big end first', utf16(text, false, false)],
  ])('in %s is read, cut anywhere', (_, bytes) => {
    for (const size of [1, 7, 256, 10_000]) expect(decode(bytes, size)).toBe(text)
  })

  it('is read in the encoding that it declares, and in UTF-8 when nobody knows that one', () => {
    const latin = (encoding: string) =>
      new Uint8Array([...`<?xml version="1.0" encoding='${encoding}'?><a>\u00fc</a>`].map((c) => c.charCodeAt(0)))
    expect(decode(latin('ISO-8859-1'), 10)).toContain('<a>ü</a>')
    expect(decode(latin('x-unheard-of'), 10)).toContain('<a>\ufffd</a>')
    expect(decode(new Uint8Array(0), 1)).toBe('')
    expect(decode(new TextEncoder().encode('<a/>'), 1)).toBe('<a/>')
  })
})
