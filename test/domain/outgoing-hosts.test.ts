import { describe, expect, it } from 'vitest'
import { hostListProblem, isListedHost, readHostPattern } from '../../src/domain/outgoing-hosts.ts'

describe('a host of a list', () => {
  it.each([
    ['portal.example.vn', 'portal.example.vn'],
    ['Portal.Example.VN.', 'portal.example.vn'],
    ['*.example.vn', '*.example.vn'],
    ['cổng.example.vn', 'xn--cng-5q0b.example.vn'],
    ['10.1.2.3', '10.1.2.3'],
    ['0x7f.1', '127.0.0.1'],
    ['[2606:4700::1111]', '[2606:4700::1111]'],
    ['pay', 'pay'],
  ])('may be %s', (text, read) => {
    if (!text.startsWith('c')) expect(readHostPattern(text)).toBe(read)
    else expect(readHostPattern(text)).toMatch(/^xn--.*\.example\.vn$/)
  })

  it.each([
    '',
    '*',
    '*.',
    '*.vn',
    '*.10.0.0.1',
    '*.[::1]',
    'a.*.vn',
    'https://a.vn',
    'a.vn/x',
    'a.vn:443',
    'a.vn:8443',
    'u@a.vn',
    'a b.vn',
    'a.vn?x',
    'a.vn#x',
    'a\\b.vn',
    '[::1',
    'a.vn\n',
  ])('may not be %j', (text) => expect(readHostPattern(text)).toBeNull())
})

it.each([
  ['portal.example.vn', true],
  ['a.example.vn', true],
  ['a.b.example.vn', true],
  ['example.vn', false],
  ['evilexample.vn', false],
  ['a.example.vn.evil.vn', false],
  ['other.vn', false],
])('a list with *.example.vn has %s: %s', (host, isListed) =>
  expect(isListedHost(['*.example.vn'], host)).toBe(isListed),
)

describe('lists', () => {
  const province = { agencyCode: 'H56', hosts: ['*.gov.vn', 'pay.bank.vn'] }
  const commune = { agencyCode: 'H56.12', hosts: ['hooks.gov.vn', 'anywhere.vn'] }

  it('must all allow an address, so that one below cannot widen one above', () => {
    expect(hostListProblem('https://hooks.gov.vn/a', [province, commune])).toBeNull()
    expect(hostListProblem('https://anywhere.vn/', [province, commune])).toBe(
      'is not among the hosts that agency H56 allows: *.gov.vn, pay.bank.vn',
    )
    expect(hostListProblem('https://pay.bank.vn/', [province, commune])).toContain('agency H56.12 allows')
  })

  it('are none where there is none, and allow nothing where one is empty', () => {
    expect(hostListProblem('https://anywhere.vn/', [])).toBeNull()
    expect(hostListProblem('https://anywhere.vn/', [{ agencyCode: 'H56', hosts: [] }])).toContain('allows: none')
  })

  it('see the host that will be called, however it is written', () => {
    for (const url of ['https://HOOKS.gov.vn./', 'https://hooks.gov.vn:8443/', 'https://ｈooks.gov.vn/'])
      expect([url, hostListProblem(url, [province])]).toEqual([url, null])
    for (const url of [
      'https://hooks.gov.vn@evil.vn/',
      'https://evil.vn/hooks.gov.vn',
      'https://evil.vn?.gov.vn',
      'https://evil.vn#.gov.vn',
    ])
      expect([url, hostListProblem(url, [province])]).toEqual([url, expect.any(String)])
    expect(hostListProblem('captureWallet', [province])).toBeNull()
  })

  it('are told in part when they are long', () => {
    const hosts = Array.from({ length: 40 }, (_, n) => `a${n}.vn`)
    expect(hostListProblem('https://x.vn/', [{ agencyCode: 'H56', hosts }])).toMatch(/a9\.vn and 30 more$/)
  })
})
