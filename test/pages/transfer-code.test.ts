// The code of a transfer as a payer's phone sees it: the picture that we serve is drawn on a raster and read by libraries of others.
import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bankName } from '../../src/domain/bank-names.ts'
import { buildVietQr } from '../../src/providers/emv-qr.ts'
import { readByEmvqr, readByVietnamQrPay } from '../providers/emv-qr.readers.ts'
import { languages, type Stage, startStage, wordsOf } from './kit.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

/** The account of the test province, for which its merchant accounts are paid out. */
const fee = { bankBin: '970436', account: '0123456789', amount: 150_000n, purpose: 'LP000000000000182' }

const codeOf = (params: Parameters<typeof buildVietQr>[0]): string => {
  const built = buildVietQr(params)
  if (!built.ok) throw new Error(built.reason)
  return built.payload
}

/** The picture's squares on a raster, some pixels to each, as jsQR wants them. Throws when there is anything else in the picture. */
const rasterise = (svg: string, scale: number): Uint8ClampedArray => {
  const drawing =
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 (\d+) \1" width="360" height="360" shape-rendering="crispEdges"><rect width="\1" height="\1" fill="#fff"\/><path fill="#000" d="((?:M\d+ \d+h\d+v1h-\d+z)+)"\/><\/svg>$/
  const [, side = '', path = ''] = drawing.exec(svg) ?? []
  const size = Number(side) * scale
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
  for (const [, left, top, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let y = Number(top) * scale; y < (Number(top) + 1) * scale; y++)
      for (let x = Number(left) * scale; x < (Number(left) + Number(length)) * scale; x++)
        pixels.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3)
  return pixels
}

const scan = (svg: string): string | undefined => {
  const pixels = rasterise(svg, 5)
  const size = Math.sqrt(pixels.length / 4)
  return jsQR(pixels, size, size, { inversionAttempts: 'dontInvert' })?.data
}

const start = async (payload: string, more: Parameters<Stage['order']>[0] = {}) => {
  stage.starting.action = { type: 'qr', payload }
  const order = await stage.order(more)
  const response = await stage.post(order.path, { provider: 'alpha', seen: '0' })
  const path = response.headers.get('location') ?? ''
  return { order, path, picture: `${path.replace('/attempts/', '/qr/').replace(/\?.*/, '')}.svg` }
}

describe('the picture of a code', () => {
  it('is read by a scanner, and says bank, account, amount and words to two libraries of others', async () => {
    const payload = codeOf(fee)
    const { picture } = await start(payload)
    const answer = await stage.get(picture)
    expect(answer.status).toBe(200)
    const scanned = scan(await answer.text())
    expect(scanned).toBe(payload)
    expect(readByVietnamQrPay(scanned ?? '')).toEqual(fee)
    expect(readByEmvqr(scanned ?? '')).toEqual(fee)
  })

  it('is read for the longest code and for text beyond ASCII, in UTF-8', async () => {
    const longest = codeOf({ ...fee, amount: 9_999_999_999_999n, account: 'A'.repeat(19), purpose: 'X'.repeat(25) })
    for (const payload of [longest, 'Lệ phí đăng ký']) {
      const { picture } = await start(payload)
      expect(scan(await (await stage.get(picture)).text())).toBe(payload)
    }
  })

  it('is kept as a PNG by a phone, with the same code in it, from a button of the page', async () => {
    const payload = codeOf(fee)
    const { order, picture } = await start(payload)
    const answer = await stage.get(picture.replace(/svg$/, 'png'))
    expect(answer.headers.get('content-type')).toBe('image/png')
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(bytes.length).toBeLessThan(6_000)
    const { data, width, height } = PNG.sync.read(bytes)
    expect(width).toBeGreaterThan(600)
    expect(jsQR(new Uint8ClampedArray(data), width, height)?.data).toBe(payload)
    const page = await (await stage.get(picture.replace('/qr/', '/attempts/').replace('.svg', ''))).text()
    const [row] = await stage.sql`select dossier_code from orders where id = ${order.id}`
    expect(page).toContain(`href="${picture.replace(/svg$/, 'png')}" download="QR-${row?.dossierCode}.png"`)
    expect(page).toContain(`data-copy="${fee.account}"`)
  })

  it('runs nothing, loads nothing, stays in no shared cache, and may stand on a page of the portal', async () => {
    const { picture } = await start(codeOf(fee))
    const { headers } = await stage.get(picture)
    expect(headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('cache-control')).toMatch(/^private/)
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('is not there for another order, another attempt, another action, or an address that is none', async () => {
    const { order, picture } = await start(codeOf(fee))
    const other = await start(codeOf(fee))
    const file = picture.split('/').at(-1) ?? ''
    stage.starting.action = { type: 'redirect', url: 'https://alpha.test/pay' }
    const redirected = await stage.order()
    await stage.post(redirected.path, { provider: 'alpha', seen: '0' })
    const [attempt] = await stage.sql`select id from attempts where order_id = ${redirected.id}`
    const wrong = [
      `${other.order.path}/qr/${file}`,
      `${order.path}/qr/att_00000000000000000000000000.svg`,
      `${order.path}/qr/${file.replace('.svg', '.gif')}`,
      `${order.path}/qr/..%2f${file}`,
      `/pay/nobody/qr/${file}`,
      `${redirected.path}/qr/${attempt?.id}.svg`,
    ]
    for (const path of wrong) expect((await stage.get(path)).status, path).toBe(404)
  })

  it.each([
    ['the order is paid', "update orders set status = 'paid', paid_by = 'att_other', paid_at = now()", 'id'],
    ['another payment took its place', 'update attempts set fenced_at = now()', 'order_id'],
    ['its time is over', 'update attempts set expires_at = created_at', 'order_id'],
    ['its money came', "update attempts set status = 'captured', captured_at = now()", 'order_id'],
  ])('is not shown any more when %s: scanned again, it would take the money again', async (_, change, column) => {
    const { order, picture } = await start(codeOf(fee))
    expect((await stage.get(picture)).status).toBe(200)
    await stage.sql.unsafe(`${change} where ${column} = '${order.id}'`)
    expect((await stage.get(picture)).status).toBe(404)
  })
})

describe('typing by hand', () => {
  it('is told bank, account, holder, amount and words, in either language', async () => {
    for (const language of languages) {
      const { path } = await start(codeOf(fee), { language })
      const words = wordsOf(await (await stage.get(path)).text())
      const amount = language === 'vi' ? '150.000 đ' : '150,000 VND'
      for (const fact of ['Vietcombank (970436)', '0123456789', 'KHO BAC', amount, fee.purpose])
        expect(words, language).toContain(fact)
    }
  })

  it('calls the bank as the catalogue does that binds the order’s agency today', async () => {
    const entry = { catalogue: 'banks', code: '970436', validFrom: '2026-01-01' }
    const entries = [
      { ...entry, id: 'cat_1', agencyCode: 'H56', name: 'Ngân hàng của tỉnh' },
      { ...entry, id: 'cat_2', agencyCode: 'H56.14', name: 'Ngân hàng của sở khác' },
      { ...entry, id: 'cat_3', agencyCode: 'H56.12', name: 'Ngân hàng từ ngày mai', validFrom: '2026-11-24' },
    ]
    await stage.sql`insert into catalogue_entries ${stage.sql(entries)}`
    const { path } = await start(codeOf(fee))
    expect(wordsOf(await (await stage.get(path)).text())).toContain('Ngân hàng Ngân hàng của tỉnh (970436)')
    await stage.sql`delete from catalogue_entries`
  })

  it('names no holder for an account that is not known, and the number of a bank that has no name here', async () => {
    const { path } = await start(codeOf({ ...fee, bankBin: '999123', account: '5550001' }))
    const words = wordsOf(await (await stage.get(path)).text())
    expect(words).toContain('Ngân hàng 999123 ')
    expect(words).toContain('5550001')
    expect(words).not.toContain('Chủ tài khoản')
  })

  it('is left out for a code of another kind', async () => {
    const { path } = await start('000201')
    expect(wordsOf(await (await stage.get(path)).text())).not.toContain('nhập tay')
  })

  it('knows banks by their number only', () => {
    expect([bankName('970415'), bankName('970406'), bankName('000000')]).toEqual(['VietinBank', 'Vikki Bank', null])
  })
})
