// What makes the pages safe to show and light to load: escaping, headers, one style sheet by its hash, no script, small, readable, in two languages.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { dictionary } from '../../src/pages/dictionary.ts'
import { liveScript } from '../../src/pages/live-script.ts'
import { dark, light, type Palette } from '../../src/pages/theme.ts'
import { addAttempt } from '../kit/orders.ts'
import { claims, languages, type Stage, startStage, titleIn, wordsOf } from './kit.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage({ frontLinks: [{ href: '/simulators', label: { vi: 'Mô phỏng', en: 'Simulators' } }] })
})
afterAll(() => stage.close())

const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`
const line = (description: string, unitAmount = 50_000n) => ({
  feeCode: null,
  kind: 'phi' as const,
  description,
  unitAmount,
  quantity: 1,
  budgetItem: null,
  exemption: null,
})

const paidOrder = async (more: Parameters<Stage['order']>[0] = {}) => {
  const order = await stage.order(more)
  const attempt = await addAttempt(stage.deps, order.id, stage.accounts.alpha, { provider: 'alpha' })
  await stage.tell(attempt.merchantReference)
  await stage.deps.settled()
  const [receipt] = await issueReceipts(stage.deps, order.id)
  return { ...order, receipt: `/receipts/${receipt?.token}` }
}

const everyPage = async (): Promise<string[]> => {
  const open = await stage.order()
  const paid = await paidOrder()
  const waiting = await stage.order()
  await addAttempt(stage.deps, waiting.id, stage.accounts.alpha, { provider: 'alpha', status: 'pending' })
  return ['/', '/pay/unknown', '/pay/nothing-like-this-token', open.path, waiting.path, paid.path, paid.receipt]
}

describe('every page', () => {
  it('carries one style sheet and at most one script, allowed by their hashes, and nothing else that runs or is loaded', async () => {
    for (const path of await everyPage()) {
      for (const language of languages) {
        const response = await stage.get(`${path}?lang=${language}`, { accept: 'text/html' })
        const page = await response.text()
        const html = page.replace(`<script>${liveScript}</script>`, '')
        const [style = ''] = [...html.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text]) => text)
        const hash = createHash('sha256').update(style).digest('base64')
        expect(response.headers.get('content-security-policy'), path).toContain(`style-src 'sha256-${hash}'`)
        expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/)
        const script = createHash('sha256').update(liveScript).digest('base64')
        const runs = response.headers.get('content-security-policy')?.includes(`script-src 'sha256-${script}'`)
        expect(runs, path).toBe(page !== html)
        expect(html).not.toMatch(/<script|\son\w+=|javascript:|style="|<link|@import|url\((?!\/assets\/)|<iframe|<img/i)
        expect(response.headers.get('cache-control')).toBe('no-store')
        expect(response.headers.get('referrer-policy')).toBe('no-referrer')
        expect(response.headers.get('x-robots-tag')).toContain('noindex')
        expect(response.headers.get('set-cookie')).toBeNull()
      }
    }
  })

  it('has a language, a title, one first heading, a way past the header, and a name for every field', async () => {
    for (const path of await everyPage()) {
      for (const language of languages) {
        const html = await (await stage.get(`${path}?lang=${language}`, { accept: 'text/html' })).text()
        expect(html.startsWith('<!doctype html>')).toBe(true)
        expect(html).toContain(`<html lang="${language}">`)
        expect(html).toMatch(/<title>[^<]{5,}<\/title>/)
        expect(html.match(/<h1/g), path).toHaveLength(1)
        expect(html).toContain('<a class="skip" href="#main">')
        expect(html).toContain('<main id="main" tabindex="-1"')
        expect(html).toContain('width=device-width,initial-scale=1')
        for (const [input] of html.matchAll(/<input[^>]*>/g)) {
          if (!input.includes('type="hidden"')) expect(html).toContain(`<label class="offer">${input}<b>`)
        }
        for (const [, ids = ''] of html.matchAll(/aria-(?:labelledby|describedby)="([^"]*)"/g))
          expect(html, ids).toContain(`id="${ids}"`)
      }
    }
  })

  it('names the hotlines', async () => {
    await stage.sql`update agencies set phone = '02373 852 123' where agency_code = 'H56.12.03'`
    const { path } = await stage.order()
    const html = await (await stage.get(path)).text()
    for (const number of ['02373852123', '18001096', '02373900900']) expect(html).toContain(`href="tel:${number}"`)
  })
})

describe('the checkout', () => {
  it('shows what is paid, to whom, in figures and in words, and until when', async () => {
    await stage.sql`update agencies set name = 'UBND phường Hạc Thành' where agency_code = 'H56.12.03'`
    const { path } = await stage.order({ expiresAt: new Date('2026-11-23T10:00:00Z'), collectionStage: 'after' })
    const words = wordsOf(await (await stage.get(path)).text())
    for (const text of [
      'UBND phường Hạc Thành',
      'Đăng ký khai sinh',
      'Lệ phí đăng ký khai sinh',
      'KHO BAC – 0123456789',
      'Nguyễn Thị Lan',
      '150.000 đ',
      'Một trăm năm mươi nghìn đồng',
      '17 giờ 00, thứ Hai ngày 23 tháng 11 năm 2026 (còn khoảng 8 giờ)',
      'Trang này nằm ở địa chỉ gateway.test.',
      'không bao giờ hỏi mật khẩu hay mã OTP',
    ])
      expect(words).toContain(text)
    expect(words).not.toContain('chưa được tiếp nhận')
    const english = wordsOf(await (await stage.get(`${path}?lang=en`)).text())
    for (const text of ['150,000 VND', 'One hundred fifty thousand dong', '17:00 on Monday, 23 November 2026'])
      expect(english).toContain(text)
  })

  it('shows no personal data but the name', async () => {
    const payer = { name: 'Nguyễn Thị Lan', identity_number: '038190001234', phone: '0912345678', email: 'lan@mail.vn' }
    const order = await paidOrder({ payer })
    for (const path of [order.path, order.receipt]) {
      const html = await (await stage.get(path)).text()
      expect(html).toContain('Nguyễn Thị Lan')
      expect(html).not.toMatch(/038190001234|0912345678|lan@mail|203\.0\.113/)
    }
  })

  it('speaks the language of the order unless the address asks for another', async () => {
    const english = await stage.order({ language: 'en' })
    const vietnamese = await stage.order()
    const lang = async (path: string) =>
      (await stage.get(path, { 'accept-language': 'en' })).headers.get('content-language')
    expect([await lang(english.path), await lang(vietnamese.path)]).toEqual(['en', 'vi'])
    expect([await lang(`${english.path}?lang=vi`), await lang(`${vietnamese.path}?lang=en`)]).toEqual(['vi', 'en'])
    expect(await lang(`${vietnamese.path}?lang=xx`)).toBe('vi')
  })

  it('writes hostile names, descriptions and reasons as text', async () => {
    const order = await paidOrder({
      payer: { name: hostile },
      procedureName: hostile,
      lines: [line(hostile, 150_000n)],
    })
    const cancelled = await stage.order({ payer: { name: hostile }, lines: [line(hostile)] })
    await stage.sql`update orders set status = 'cancelled', closed_reason = ${hostile} where id = ${cancelled.id}`
    for (const path of [order.path, order.receipt, cancelled.path]) {
      const html = await (await stage.get(path)).text()
      expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
      expect(html).not.toMatch(/<script|<img/)
    }
  })

  it('leads back only to web addresses', async () => {
    const order = await stage.order()
    expect(await (await stage.get(order.path)).text()).toContain('href="https://portal.example.vn/dossiers/7"')
    await stage.sql`update orders set return_url = 'javascript:alert(1)' where id = ${order.id}`
    expect(await (await stage.get(order.path)).text()).not.toContain('javascript:')
  })
})

describe('the other pages', () => {
  it('claims nothing of a return that could not be recognised', async () => {
    for (const language of languages) {
      const response = await stage.get(`/pay/unknown?lang=${language}`)
      const html = await response.text()
      expect([response.status, claims(html)]).toEqual([200, []])
      expect(titleIn(html)).toBe(dictionary[language].unknownReturn.title)
    }
  })

  it('renders a receipt with everything that the law wants on it', async () => {
    await stage.sql`update agencies set tax_code = '2800123456', name = 'UBND phường Hạc Thành' where agency_code = 'H56.12.03'`
    const { receipt } = await paidOrder({ lines: [{ ...line('Phí chứng thực', 75_000n), quantity: 2 }] })
    const words = wordsOf(await (await stage.get(receipt)).text())
    for (const text of ['BIÊN LAI THU PHÍ', 'EBL01', '26TAA', '23/11/2026', '2800123456', 'UBND phường Hạc Thành'])
      expect(words).toContain(text)
    for (const text of [
      '(2 × 75.000 đ)',
      '150.000 đ',
      'Một trăm năm mươi nghìn đồng',
      'Chuyển khoản',
      'Nguyễn Thị Lan',
    ])
      expect(words).toContain(text)
    const english = await (await stage.get(`${receipt}?lang=en`)).text()
    expect(wordsOf(english)).toContain('Mã số thuế (Tax code)')
    expect(english).toContain('<article class="card paper" lang="vi">')
  })

  it('greets with the documentation and the links that it was given', async () => {
    const html = await (await stage.get('/', { 'accept-language': 'en-GB,en' })).text()
    expect(html).toContain('<html lang="en">')
    expect(html).toContain('href="/docs"')
    expect(html).toContain('<a href="/simulators">Simulators</a>')
  })

  it('says what cannot be found as a page to people and as a problem to programs', async () => {
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    for (const path of ['/pay/x', `/pay/${'a'.repeat(32)}`, '/receipts/x', `/receipts/${'a'.repeat(32)}`, '/nowhere']) {
      const page = await stage.get(path, browser)
      const html = await page.text()
      expect([page.status, titleIn(html)]).toEqual([404, 'Không tìm thấy trang'])
      expect(html).toContain(page.headers.get('x-request-id') ?? '?')
      const problem = await stage.get(path, { accept: 'application/json' })
      expect([problem.status, problem.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    }
    const api = await stage.get('/v1/nowhere')
    expect(api.headers.get('content-type')).toBe('application/problem+json')
  })

  it('answers 405 to another method at the address of a page', async () => {
    const { path } = await stage.order()
    expect((await stage.app.request(path, { method: 'DELETE' })).status).toBe(405)
  })

  it('shows a failure of ours with the request id and without a detail', async () => {
    const broken = await startStage()
    const { path } = await broken.order()
    await broken.sql`alter table attempts rename to attempts_gone`
    const response = await broken.get(path, { 'x-request-id': 'req-7' })
    const html = await response.text()
    await broken.close()
    expect([response.status, titleIn(html)]).toEqual([500, 'Hệ thống gặp lỗi'])
    expect(html).toContain('req-7')
    expect(wordsOf(html)).not.toMatch(/attempts|relation|postgres|stack/i)
    expect(claims(html)).toEqual([])
  })
})

/** WCAG 2.2: relative luminance and contrast ratio. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (a: string, b: string): number => {
  const [lower = 0, higher = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (higher + 0.05) / (lower + 0.05)
}

const texts: readonly [keyof Palette, keyof Palette][] = [
  ['ink', 'surface'],
  ['ink', 'ground'],
  ['muted', 'surface'],
  ['muted', 'ground'],
  ['action', 'surface'],
  ['action', 'ground'],
  ['actionInk', 'action'],
  ['brandInk', 'brand'],
  ['good', 'goodGround'],
  ['wait', 'waitGround'],
  ['bad', 'badGround'],
  ['calm', 'calmGround'],
]
/** Edges of controls, and the focus ring on everything that it may stand on. */
const shapes: readonly [keyof Palette, keyof Palette][] = [
  ['control', 'surface'],
  ['action', 'goodGround'],
  ['action', 'waitGround'],
  ['action', 'badGround'],
  ['action', 'calmGround'],
  ['brandInk', 'brand'],
]

describe.for([
  ['light', light],
  ['dark', dark],
] as const)('the %s palette', ([, palette]) => {
  it.for(texts)('has %s on %s at 4.5 to 1', ([ink, ground]) =>
    expect(contrast(palette[ink], palette[ground])).toBeGreaterThanOrEqual(4.5),
  )
  it.for(shapes)('has %s beside %s at 3 to 1', ([edge, ground]) =>
    expect(contrast(palette[edge], palette[ground])).toBeGreaterThanOrEqual(3),
  )
})

describe('the two languages', () => {
  const sentences = (value: unknown, path: string): [string, string][] => {
    if (typeof value === 'string') return [[path, value]]
    if (typeof value === 'function') return [[path, String(value(...Array(5).fill('{x}'), {}))]]
    if (value === null || typeof value !== 'object') return []
    return Object.entries(value).flatMap(([key, inner]) => sentences(inner, `${path}/${key}`))
  }

  it('say the same things, each with words', () => {
    const paths = languages.map((language) =>
      sentences(dictionary[language], '').filter(([path]) => !path.startsWith('/receiptLabels')),
    )
    expect(paths[0]?.map(([path]) => path)).toEqual(paths[1]?.map(([path]) => path))
    for (const [path, text] of paths.flat()) expect(text.trim(), path).not.toBe('')
  })

  it('leave no Vietnamese in the English, but for names and terms', () => {
    for (const [path, text] of sentences(dictionary.en, '')) {
      const rest = text.replaceAll(/Tiếng Việt|Thanh Hóa|\((?:lệ )?phí\)/g, '')
      expect(rest, path).not.toMatch(/[à-ỹđ]/i)
    }
  })
})
