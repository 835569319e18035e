import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localPath } from '../../../src/pages/console/local-path.ts'

test('keeps a path into the console with its query', () => {
  for (const to of [
    '/console',
    '/console/',
    '/console?from=2026-11-01',
    '/console/orders/ord_1?lang=en',
    '/console/a%2Fb',
  ])
    expect(localPath(to)).toBe(to)
  expect(localPath('/console/orders#entries')).toBe('/console/orders')
})

test.for([
  '',
  'console',
  'https://evil.example/console',
  '//evil.example/console',
  '///evil.example/console',
  '/\\evil.example/console',
  '/console\\..\\..\\x',
  '\\\\evil.example',
  '/\t/evil.example',
  '/console/\n/evil',
  ' /console',
  '/console/../pay/x',
  '/console/%2e%2e/pay/x',
  '/console/..',
  '/consoles',
  '/console.evil',
  '/v1/orders',
  'javascript:alert(1)',
  '/console/sign-in?to=/console/sign-in',
  '/console/signed-in?code=x',
  '/console/sign-out',
  `/console/${'x'.repeat(1_000)}`,
])('leads home instead of to %j', (to) => expect(localPath(to)).toBe('/console'))

test('whatever is asked for, a browser stays in the console', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    'console',
    '..',
    '.',
    '%2e',
    '%2f',
    '%5c',
    '@',
    ':',
    'evil.example',
    '?',
    '#',
    '\t',
    '',
  )
  const to = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.webUrl(),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        to,
        to.map((rest) => `/console${rest}`),
      ),
      (asked) => {
        const led = new URL(localPath(asked), 'https://fees.example.vn/console/sign-in')
        expect(led.origin).toBe('https://fees.example.vn')
        expect(led.pathname).toMatch(/^\/console(\/|$)/)
      },
    ),
    { numRuns: 2_000 },
  )
})
