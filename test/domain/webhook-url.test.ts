import { describe, expect, it } from 'vitest'
import { isPrivateAddress } from '../../src/domain/private-address.ts'
import * as addresses from '../../src/domain/webhook-url.ts'

const webhookUrlProblem = (url: string, mode: 'demo' | 'production', privateHosts: readonly string[] = []) =>
  addresses.webhookUrlProblem(url, { mode, privateHosts })
const accountUrlProblem = (text: string, privateHosts: readonly string[] = []) =>
  addresses.accountUrlProblem(text, privateHosts)

describe('in production', () => {
  it.each([
    'https://portal.example.vn/hooks',
    'https://portal.example.vn:8443/a?b=c',
    'https://[2606:4700::1111]/',
    'https://8.8.8.8/',
  ])('accepts %s', (url) => expect(webhookUrlProblem(url, 'production')).toBeNull())

  it.each([
    'http://portal.example.vn/hooks',
    'http://localhost:3000/',
    'ftp://portal.example.vn/',
    'javascript:alert(1)',
    '/relative',
    'https://user:word@portal.example.vn/',
    'https://portal.example.vn/#here',
    `https://portal.example.vn/${'a'.repeat(2_048)}`,
  ])('refuses %s', (url) => expect(webhookUrlProblem(url, 'production')).not.toBeNull())

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    // The same loopback in the spellings that parsers know.
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[fe80::1]',
    '[fd00::1]',
    '[fc00::1]',
    '[ff02::1]',
    '[2002:7f00:1::]',
    '[2001:db8::1]',
    '[2001::1]',
    '[64:ff9b::a00:1]',
    '[64:ff9b:1::a00:1]',
    '[::10.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[2001:470::5efe:10.0.0.1]',
    '[2001:470::200:5efe:a00:1]',
    '[3fff::1]',
    '[5f00::1]',
    '[ff0e::1]',
    '192.88.99.1',
    '0.1.2.3',
    '①②⑦.0.0.1',
    '１２７.０.０.１',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    '127.0.0.1.',
    '017700000001',
    '0x7f.0x0.0x0.0x1',
    'metadata.google.internal',
    'printer.home',
    'localhost',
    'localhost.',
    'a.localhost',
    'intranet',
    'db.internal',
    'printer.local',
  ])('refuses the private host %s', (host) =>
    expect(webhookUrlProblem(`https://${host}/`, 'production')).toBe('must not be an address of a private network'),
  )

  it.each(['25', '22', '80', '444', '465', '993', '2049', '6667', '10080'])('refuses port %s', (port) =>
    expect(webhookUrlProblem(`https://portal.example.vn:${port}/`, 'production')).toContain('must use port 443'),
  )
  it.each(['443', '1024', '8443', '65535'])('accepts port %s', (port) =>
    expect(webhookUrlProblem(`https://portal.example.vn:${port}/`, 'production')).toBeNull(),
  )

  it('accepts what the operator let in, still by https alone', () => {
    const own = ['*.bank.lan', '10.1.2.3']
    for (const url of ['https://pay.bank.lan/', 'https://10.1.2.3:444/', 'https://10.1.2.3:8443/'])
      expect([webhookUrlProblem(url, 'production', own), accountUrlProblem(url, own)]).toEqual([null, null])
    for (const url of ['http://pay.bank.lan/', 'https://bank.lan/', 'https://10.1.2.4/', 'https://10.1.2.3:6667/'])
      expect(webhookUrlProblem(url, 'production', own)).not.toBeNull()
  })

  it.each(['172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '192.169.0.1', '11.0.0.1'])(
    'accepts the public neighbour %s',
    (host) => expect(webhookUrlProblem(`https://${host}/`, 'production')).toBeNull(),
  )
})

describe('an address in a merchant account', () => {
  it.each(['https://payment.momo.vn', 'https://pay.example.vn/api?a=b', 'captureWallet', '203.162.4.1', ''])(
    'may be %j',
    (text) => expect(accountUrlProblem(text)).toBeNull(),
  )
  it.each([
    'http://pay.example.vn',
    'HTTP://pay.example.vn',
    'https://10.0.0.1',
    'https:10.0.0.1',
    'https:\\\\10.0.0.1',
    ' https://pay.example.vn',
    'ht\ntps://pay.example.vn',
    'https://pay.exa\tmple.vn',
    'https://',
    'https://user:word@pay.example.vn/',
    'https://pay.example.vn:25/',
  ])('may not be %j', (text) => expect(accountUrlProblem(text)).not.toBeNull())
})

it.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['::1', true],
  ['::ffff:10.0.0.1', true],
  ['fe80::1%eth0', true],
  ['2606:4700::1111%eth0', true],
  ['64:ff9b::10.0.0.1', true],
  ['2001:470:0:0:0:5efe:10.0.0.1', true],
  ['2001:0db8::1', true],
  ['8.8.8.8', false],
  ['2606:4700::1111', false],
])('knows whether the resolved address %s is private', (address, isPrivate) =>
  expect(isPrivateAddress(address)).toBe(isPrivate),
)

describe('in demo mode', () => {
  it.each(['http://127.0.0.1:9000/hook', 'http://localhost/hook', 'http://[::1]:9000/', 'https://192.168.1.5/'])(
    'accepts %s',
    (url) => expect(webhookUrlProblem(url, 'demo')).toBeNull(),
  )
  it.each([
    'http://192.168.1.5/',
    'http://portal.example.vn/',
    'http://127.0.0.1.example.vn/',
    'http://localhost.example.vn/',
  ])('refuses %s', (url) => expect(webhookUrlProblem(url, 'demo')).toBe('must use https'))
})
