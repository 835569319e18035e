// XML within limits: what is read, and everything that hostile XML is known for.
import { describe, expect, it } from 'vitest'
import { createXmlReader, escapeXml, readXml, type XmlElement, XmlProblem } from '../../src/lib/xml.ts'

const limits = { charsMax: 10_000, depthMax: 8, textMax: 500 }
const read = (text: string) => readXml(text, limits)

describe('reading', () => {
  it('gives each element at its end, with path, attributes and its own text', () => {
    const elements = read(
      '<?xml version="1.0"?><a><b c="1">x<d/>y</b><!-- no --><e><![CDATA[<&>]]> &#272; &amp;</e></a>',
    )
    expect(elements.map(({ path, text }) => [path.join('/'), text])).toEqual([
      ['a/b/d', ''],
      ['a/b', 'xy'],
      ['a/e', '<&> Đ &'],
      ['a', ''],
    ])
    expect(elements[1]).toMatchObject({ name: 'b', hasChildren: true, attributes: new Map([['c', '1']]) })
    expect(elements[2]?.hasChildren).toBe(false)
  })

  it('names elements without their prefix, and keeps spaces and letters as they are written', () => {
    expect(read('<n:a xmlns:n="u"> e\u0301 \n</n:a>')).toMatchObject([{ name: 'a', path: ['a'], text: ' e\u0301 \n' }])
  })

  it('tells the line on which an element begins, whatever its line ends', () => {
    const lines = (text: string) => read(text).map((element) => [element.name, element.line])
    for (const end of ['\n', '\r\n', '\r']) {
      expect(lines(['<a>', '<b', ' c="1"', '>x', '</b><d/>', '</a>'].join(end))).toEqual([
        ['b', 2],
        ['d', 5],
        ['a', 1],
      ])
    }
  })

  it('leaves out the space between elements when told to, so that an element may hold any number of others', () => {
    const many = `<a>\n${'  <b> </b>\n'.repeat(200)}</a>`
    expect(() => read(many)).toThrow(XmlProblem)
    expect(
      readXml(many, { ...limits, dropsSpace: true })
        .at(-1)
        ?.text.trim(),
    ).toBe('')
    expect(readXml('<a> x <b/> y </a>', { ...limits, dropsSpace: true }).at(-1)?.text).toBe(' x  y ')
  })

  it('reads pieces that are cut anywhere like the whole', () => {
    const text = '<a><b>Lệ phí &lt;1&gt;</b><c d="e&amp;f"><![CDATA[x]]></c></a>'
    const whole = read(text)
    for (let at = 1; at < text.length; at++) {
      const elements: XmlElement[] = []
      const reader = createXmlReader((element) => elements.push(element), limits)
      reader.write(text.slice(0, at))
      reader.write(text.slice(at))
      reader.end()
      expect(elements).toEqual(whole)
    }
  })
})

describe('refuses', () => {
  it.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['an entity of its own', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['a file behind an entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an outside document type', '<!DOCTYPE a SYSTEM "http://evil.example/a.dtd"><a/>'],
    ['a bomb', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;&c;</a>'],
    ['an entity that nobody declared', '<a>&nbsp;</a>'],
    ['an entity named like a member of an object', '<a>&constructor;&toString;</a>'],
    ['an element that never ends', '<a><b></a>'],
    ['an open end', '<a><b>'],
    ['text after the root', '<a/>x'],
    ['two roots', '<a/><a/>'],
    ['text before the root', 'x<a/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['a character that XML cannot hold', '<a>\u0000</a>'],
    ['a numbered character that XML cannot hold', '<a>&#0;</a>'],
    ['nothing', ''],
    ['a page of HTML', '<!doctype html><html><br></html>'],
    ['JSON', '{"a":1}'],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow(XmlProblem)
  })

  it('what is nested too deep, too long as a whole, in one element or in one attribute', () => {
    expect(read('<a>'.repeat(8) + '</a>'.repeat(8))).toHaveLength(8)
    expect(() => read('<a>'.repeat(9) + '</a>'.repeat(9))).toThrow(XmlProblem)
    expect(() => read(`<a>${'<b/>'.repeat(2_500)}</a>`)).toThrow(XmlProblem)
    expect(() => read(`<a>${'x'.repeat(501)}</a>`)).toThrow(XmlProblem)
    expect(() => read(`<a>${'x<![CDATA[y]]>'.repeat(251)}</a>`)).toThrow(XmlProblem)
    expect(() => read(`<a b="${'x'.repeat(501)}"/>`)).toThrow(XmlProblem)
  })

  it('what never becomes complete, before it fills the memory, and says where', () => {
    for (const endless of ['x', ' ', '<!-- x', '<?x y', '<b c="', '<b', '<![CDATA[x', `<b ${'c="" '.repeat(10)}`]) {
      const reader = createXmlReader(() => undefined, { ...limits, charsMax: 1_000_000 })
      reader.write(`<a>\n${endless}`)
      let written = 0
      const fill = endless === '<b' ? 'b' : ' '
      const feed = () => {
        for (; written < 500; written++) reader.write(fill.repeat(100))
      }
      expect(feed).toThrow(XmlProblem)
      expect(written).toBeLessThan(100)
    }
    expect(() => read('<a>\n\n</b>')).toThrow(expect.objectContaining({ line: 3 }))
  })

  it('and quotes nothing of what it refused', () => {
    try {
      read('<a><NguyenThiLan></a>')
      expect.fail('it is refused')
    } catch (error) {
      expect(String(error)).not.toContain('Lan')
    }
  })
})

describe('writing', () => {
  it('escapes what would be read as XML, so that it is read back as it was', () => {
    const text = `a<b>&"c'd]]> Đ 🎋`
    expect(escapeXml(text)).toBe('a&lt;b&gt;&amp;&quot;c&apos;d]]&gt; Đ 🎋')
    expect(read(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`)).toMatchObject([
      { text, attributes: new Map([['b', text]]) },
    ])
  })

  it('leaves out what XML cannot hold', () => {
    expect(escapeXml('a\u0000b\u001fc\ufffed\t\n')).toBe('abcd\t\n')
    expect(read(`<a>${escapeXml('\ud800x')}</a>`)).toMatchObject([{ text: '\ufffdx' }])
  })
})
