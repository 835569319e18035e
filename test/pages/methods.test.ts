import { describe, expect, it } from 'vitest'
import type { Method } from '../../src/flows/list-methods.ts'
import { languageOf, rankHtml } from '../../src/pages/language.ts'
import { offersOf, suggestionOf } from '../../src/pages/methods.ts'
import { longTime, money, shortTime, timeLeft } from '../../src/pages/wording.ts'

const method = (provider: string, more: Partial<Method['health']> = {}, maximum = 1_000_000n): Method => ({
  provider,
  merchant_account: `mac_${provider}`,
  title: { vi: provider, en: provider },
  limits: { minimum: 10_000n, maximum },
  capabilities: { query: true, refund: true },
  health: {
    status: 'up',
    since: null,
    attempts: 1,
    unanswered: 0,
    captured: 0,
    failed: 0,
    calls: 0,
    unanswered_calls: 0,
    success_rate: null,
    latency_ms: null,
    latency_max_ms: null,
    callback_delay_seconds: null,
    ...more,
  },
})

describe('the ways to pay', () => {
  const about = { amount: 150_000n, unreached: ['d'] }
  const offers = offersOf(
    [
      method('a', {}, 149_999n),
      method('b', { status: 'degraded' }),
      method('c'),
      method('d'),
      method('e', { captured: 9 }),
      method('f', { status: 'down' }),
    ],
    about,
  )

  it('come good ones first, then those in trouble, then those that do not take the amount', () => {
    expect(offers.map(({ provider, standing }) => `${provider} ${standing}`)).toEqual([
      'c good',
      'e good',
      'b troubled',
      'd troubled',
      'f down',
      'a outside_limits',
    ])
  })

  it('suggest the one that proved itself most when another has trouble, and none otherwise', () => {
    expect(suggestionOf(offers)?.provider).toBe('e')
    expect(suggestionOf(offersOf([method('c'), method('e')], about))).toBeNull()
    expect(suggestionOf(offersOf([method('b', { status: 'degraded' })], about))).toBeNull()
    expect(suggestionOf(offersOf([method('f', { status: 'down' }), method('c')], about))?.provider).toBe('c')
  })

  it('take an amount at either limit', () => {
    for (const amount of [10_000n, 1_000_000n])
      expect(offersOf([method('a')], { amount, unreached: [] })[0]?.standing).toBe('good')
    for (const amount of [9_999n, 1_000_001n])
      expect(offersOf([method('a')], { amount, unreached: [] })[0]?.standing).toBe('outside_limits')
  })
})

describe('languages', () => {
  it('are Vietnamese unless the address, the order or the browser asks for English', () => {
    expect(languageOf({})).toBe('vi')
    expect(languageOf({ accepted: 'fr,de;q=0.5' })).toBe('vi')
    expect(languageOf({ accepted: 'en-US,en;q=0.9' })).toBe('en')
    expect(languageOf({ accepted: 'en;q=0.8,vi-VN' })).toBe('vi')
    expect(languageOf({ accepted: 'en,vi' })).toBe('vi')
    expect(languageOf({ order: 'vi', accepted: 'en' })).toBe('vi')
    expect(languageOf({ asked: 'en', order: 'vi' })).toBe('en')
    expect(languageOf({ asked: '"><b>', order: 'vi' })).toBe('vi')
  })

  it('of an Accept header tell people from programs', () => {
    expect(rankHtml('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')).toBe(1)
    expect(rankHtml('application/json')).toBe(-1)
    expect(rankHtml('text/html;q=0.5, application/problem+json')).toBe(-1)
    expect([rankHtml('*/*'), rankHtml(undefined), rankHtml(',;;q=,'.repeat(500))]).toEqual([0, 0, 0])
  })
})

describe('wording', () => {
  it('writes amounts so that no reader takes a dot for a decimal point', () => {
    expect([money(1_234_567n, 'vi'), money(1_234_567n, 'en'), money(0n, 'en')]).toEqual([
      '1.234.567 đ',
      '1,234,567 VND',
      '0 VND',
    ])
  })

  it("writes times of Vietnam's clock, across midnight and new year", () => {
    const instant = new Date('2026-12-31T17:05:00Z')
    expect(shortTime(instant, 'vi')).toBe('00:05, 01/01/2027')
    expect(shortTime(instant, 'en')).toBe('00:05, 1 January 2027')
    expect(longTime(instant, 'vi')).toBe('0 giờ 05, thứ Sáu ngày 1 tháng 1 năm 2027')
    expect(longTime(new Date('2026-11-22T01:00:00Z'), 'vi')).toBe('8 giờ 00, Chủ nhật ngày 22 tháng 11 năm 2026')
  })

  it('says how long is left, rounded down', () => {
    const minutes = (count: number) => timeLeft(count * 60_000 + 59_999, 'vi')
    expect([-1, 0, 119, 120, 2_879, 2_880].map(minutes)).toEqual([
      'còn 0 phút',
      'còn 0 phút',
      'còn 119 phút',
      'còn khoảng 2 giờ',
      'còn khoảng 47 giờ',
      'còn khoảng 2 ngày',
    ])
    expect([timeLeft(60_000, 'en'), timeLeft(120_000, 'en')]).toEqual(['1 minute left', '2 minutes left'])
  })
})
