// A receipt is verified from its code alone: in the browser without the network, by anybody's JOSE library, or by our server for who has no script.
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { compactVerify, createLocalJWKSet } from 'jose'
import jsQR from 'jsqr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SignedReceipt } from '../../src/domain/receipt.ts'
import { openProof, proofIn, proofOf, proofText, proofType, readProof } from '../../src/domain/receipt-proof.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { receiptCode } from '../../src/flows/prove-receipt.ts'
import { noticeReceipt, replaceReceipt } from '../../src/flows/replace-receipt.ts'
import { signText } from '../../src/flows/sign-document.ts'
import { currentSigningKey, publicKeySet, revokeSigningKey, rotateSigningKey } from '../../src/flows/signing-keys.ts'
import { drawCode } from '../../src/pages/draw-code.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, orderInput, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { pdfTexts } from '../kit/pdf-text.ts'
import { captured } from '../kit/scripted-provider.ts'

let gateway: TestApp
let receipts: readonly SignedReceipt[]
let code: string
let order: string
let account: string

beforeAll(async () => {
  gateway = await startTestApp()
  const { deps, sql } = gateway
  await sql`update agencies set name = 'UBND phường Hạc Thành', tax_code = '2800123456' where agency_code = 'H56.12.03'`
  account = await seedMerchantAccount(deps, sql, { provider: 'vnpay' })
  const [line] = orderInput().lines
  if (!line) throw new Error('no line')
  const phi = { ...line, kind: 'phi' as const, feeCode: null, description: 'Phí chứng thực bản sao' }
  const lines = [line, { ...phi, unitAmount: 3_000n, quantity: 7 }, { ...phi, unitAmount: 10_000n }]
  order = await placeTestOrder(deps, { lines })
  const attempt = await addAttempt(deps, order, account, { provider: 'vnpay' })
  const outcome = captured(attempt.merchantReference, attempt.amount)
  await applyOutcome(deps, { merchantAccountId: account, outcome, source: 'callback' })
  receipts = await issueReceipts(deps, order)
  code = receiptCode(deps, phiReceipt())
})
afterAll(() => gateway.close())

const phiReceipt = (): SignedReceipt => {
  const [phi] = receipts
  if (!phi) throw new Error('no receipt')
  return phi
}
const keys = async () => (await publicKeySet(gateway.deps)).keys
const open = async (text: string) => openProof(proofText(text), { keys: await keys(), type: proofType })
const page = async (path: string) => (await gateway.request(path)).text()
const words = (html: string) =>
  html
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
/** What the server says, by its own records. */
const post = async (text: string) => {
  const body = new URLSearchParams({ code: text, ask: 'records' }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
  return words(await (await gateway.request('/verify', { method: 'POST', headers, body })).text())
}

/** The squares of the only picture of a page, on a raster. */
const scan = (html: string): string | undefined => {
  const [, side = '', path = ''] = /viewBox="0 0 (\d+) \1"[\s\S]*?d="((?:M\d+ \d+h\d+v1h-\d+z)+)"/.exec(html) ?? []
  const scale = 4
  const size = Number(side) * scale
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
  for (const [, left, top, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let y = Number(top) * scale; y < (Number(top) + 1) * scale; y++) {
      const [from, to] = [Number(left) * scale, (Number(left) + Number(length)) * scale]
      for (let x = from; x < to; x++) pixels.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3)
    }
  return jsQR(pixels, size, size)?.data
}

describe('the code of a receipt', () => {
  it('is read from the picture on its page, and verified by the published keys', async () => {
    const read = scan(await page(`/receipts/${phiReceipt().token}`))
    expect(read).toBe(code)
    const jwks = createLocalJWKSet(await (await gateway.request('/.well-known/jwks.json')).json())
    const { payload } = await compactVerify(proofText(code), jwks, { algorithms: ['EdDSA'] })
    const { serial, number } = phiReceipt()
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
      ...{ o: order, a: 'H56.12.03', f: 'EBL01', s: serial, n: number, k: 'phi', l: [21_000, 10_000], t: 31_000 },
      i: Math.floor(phiReceipt().issuedAt.getTime() / 1_000),
    })
  })

  it('is no longer than a phone reads at 4 cm: 77 modules of half a millimetre', () => {
    const size = Number(/viewBox="0 0 (\d+)/.exec(drawnCode())?.[1])
    expect(size - 8).toBeLessThanOrEqual(77)
  })

  it('is refused once any bit of any byte of it is another', async () => {
    const proof = proofText(code)
    const bytes = new TextEncoder().encode(proof)
    let accepted = 0
    for (let at = 0; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const mutated = bytes.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte))
        const opened = await openProof(String.fromCharCode(...mutated), { keys: await keys(), type: proofType })
        if (opened.ok) accepted += 1
      }
    expect(accepted).toBe(0)
    expect((await open(code)).ok).toBe(true)
  })

  it('is refused with anything cut, added or written another way', async () => {
    const proof = proofText(code)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(proof.length - 1),
        fc.integer({ min: 0, max: 20 }),
        fc.string({ maxLength: 20 }),
        async (at, cut, added) => {
          const mutated = proof.slice(0, at) + added + proof.slice(at + cut)
          if (proofText(mutated) === proof) return
          expect((await open(mutated)).ok).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is not to be had from anything else that the same keys sign', async () => {
    const token = await gateway.token(['orders:read'])
    const set = await (
      await gateway.request(`/v1/orders/${order}/receipt`, { token, headers: { accept: 'application/jose' } })
    ).text()
    const { signed } = await (await gateway.request('/.well-known/receipt-status.json')).json()
    for (const text of [token, set, signed]) expect(await open(text)).toEqual({ ok: false, why: 'malformed' })
    expect(readProof({ ...proofOf(phiReceipt()), t: 1 })).toBeNull()
  })

  it('is the one that was signed at its issue, also after the key was changed', async () => {
    const kidOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()).kid
    const former = kidOf(proofText(code))
    const { kid } = await rotateSigningKey(gateway.deps)
    expect(scan(await page(`/receipts/${phiReceipt().token}`))).toBe(code)
    expect((await open(code)).ok).toBe(true)
    const own = (await keys()).filter((key) => key.kid === kid)
    const opened = await openProof(proofText(code), { keys: own, type: proofType })
    expect([own.length, opened]).toEqual([1, { ok: false, why: 'unknown_key' }])
    const paper = await gateway.request(`/receipts/${phiReceipt().token}/pdf`)
    const texts = (await pdfTexts(new Uint8Array(await paper.arrayBuffer()))).flat().join(' ')
    expect([former === kid, texts.includes(`khóa ${former}`)]).toEqual([false, true])
  })
})

const drawnCode = () => drawCode(code)

/** The page's own script in a world without a network: what it shows for an address. */
const runPage = async (html: string, hash: string, world: object = {}) => {
  const [, data = ''] = /<script id="data" type="application\/json">([\s\S]*?)<\/script>/.exec(html) ?? []
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? []
  const shown: string[] = []
  const element = (text = ''): object => ({
    textContent: text,
    append: (child: { textContent: string }) => child.textContent && shown.push(child.textContent),
    replaceChildren: () => shown.splice(0),
    form: { addEventListener: () => undefined, submit: () => undefined },
  })
  const elements: Record<string, object> = { data: element(data), code: element(), result: element() }
  const document = {
    getElementById: (id: string) => elements[id],
    querySelector: () => ({ addEventListener: () => undefined }),
    createElement: () => element(),
  }
  const common = { JSON, atob, btoa, crypto, TextDecoder, TextEncoder, Uint8Array, Date, Number, Array, Object, String }
  runInContext(
    script,
    createContext({ ...common, document, location: { hash }, addEventListener: () => undefined, ...world }),
  )
  await expect.poll(() => shown.length).toBeGreaterThan(0)
  return shown.join(' ')
}

describe('the page of /verify', () => {
  it('runs its one script and nothing else, and reaches no network with it', async () => {
    const response = await gateway.request('/verify')
    const html = await response.text()
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? []
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(script))).toString('base64')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`script-src 'sha256-${hash}'`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/form-action 'self'(;|$)/)
    expect(script).not.toMatch(/fetch|XMLHttp|import\(|innerHTML/)
  })

  it('says the same by script and by form, for genuine, altered and senseless codes, but for whose word it is', async () => {
    const html = await page('/verify')
    const proof = proofText(receiptCode(gateway.deps, phiReceipt()))
    const [head, , signature] = proof.split('.')
    const other = Buffer.from(JSON.stringify({ ...proofOf(phiReceipt()), l: [1], t: 1 })).toString('base64url')
    for (const [text, title] of [
      [proof, 'Biên lai thật'],
      [[head, other, signature].join('.'), 'Biên lai không hợp lệ'],
      ['xin chào', 'Không phải mã biên lai'],
    ] as const) {
      const byForm = await post(text)
      const byScript = await runPage(html, `#${text}`)
      expect(byScript).toContain(title)
      const told = byScript.replace(/\s+/g, ' ').replace('Theo danh sách công bố lúc', 'Theo hệ thống lúc')
      expect(byForm).toContain(told)
    }
    expect(await post(proof)).toContain('EBL01 · 26TAA · 1 Tổng số tiền 31.000 đ Khoản 1 21.000 đ Khoản 2 10.000 đ')
  })

  it('says so where the browser cannot verify by itself', async () => {
    const subtle = { importKey: async () => Promise.reject(new Error('no Ed25519')) }
    const proof = proofText(receiptCode(gateway.deps, phiReceipt()))
    expect(await runPage(await page('/verify'), `#${proof}`, { crypto: { subtle } })).toContain(
      'Trình duyệt chưa tự kiểm tra được',
    )
  })

  it('tells what the published list says, and of when the list is', async () => {
    const former = phiReceipt()
    const proof = proofText(receiptCode(gateway.deps, former))
    expect(await post(proof)).toMatch(/Biên lai thật Chữ ký số đúng.*Theo hệ thống lúc 09:00:00 23\/11\/2026/)
    expect(await runPage(await page('/verify'), `#${proof}`)).toMatch(
      /Theo danh sách công bố lúc 09:00:00 23\/11\/2026/,
    )
    await replaceReceipt(
      gateway.deps,
      { scope: 'H56', actor: 'cli_x' },
      { id: former.id, reason: 'Sai tên', payerName: 'Lành', refund: null },
    )
    // Our records know it at once, the list within a minute.
    expect(await post(proof)).toMatch(/Biên lai đã được thay thế.*Thay thế bởi EBL01 · 26TAA · 2/)
    gateway.clock.advance(61)
    expect(await runPage(await page('/verify'), `#${proof}`)).toContain('Biên lai đã được thay thế')
    expect(words(await page(`/receipts/${former.token}`))).toContain(
      'Biên lai này đã được thay thế bởi biên lai 26TAA số 2',
    )
  })
})

describe('money that is no longer there', () => {
  let dossiers = 0
  const receipted = async () => {
    const { deps } = gateway
    const id = await placeTestOrder(deps, { dossierCode: `H56.12.03-261122-${3_000 + dossiers++}` })
    const attempt = await addAttempt(deps, id, account, { provider: 'vnpay' })
    const outcome = captured(attempt.merchantReference, attempt.amount)
    await applyOutcome(deps, { merchantAccountId: account, outcome, source: 'callback' })
    await deps.settled()
    const [receipt] = await issueReceipts(deps, id)
    if (!receipt) throw new Error('no receipt')
    return { id, attempt, receipt, outcome }
  }
  const common = { agencyCode: 'H56.12.03', provider: 'vnpay' }
  const refunded = async ({ id, attempt }: Awaited<ReturnType<typeof receipted>>, amount: bigint) => {
    const { sql, deps } = gateway
    const refund = deps.newId('rfd')
    const own = { ...common, id: refund, orderId: id, attemptId: attempt.id, merchantAccountId: account }
    await sql`insert into refunds ${sql({ ...own, merchantReference: refund, source: 'order', status: 'succeeded', amount, amountRefunded: amount, reason: 'x', madeBy: 'x', createdAt: deps.now(), succeededAt: deps.now() })}`
    await sql`insert into refund_lines ${sql({ refundId: refund, orderId: id, agencyCode: 'H56.12.03', lineNo: 1, amount })}`
  }
  const disputed = async ({ id, attempt }: Awaited<ReturnType<typeof receipted>>) => {
    const { sql, deps } = gateway
    await sql`insert into disputes ${sql({ agencyCode: 'H56.12.03', id: deps.newId('dsp'), orderId: id, attemptId: attempt.id, merchantAccountId: account, kind: 'chargeback', reason: 'x', amount: 1n, respondBy: '2026-12-31', openedBy: 'x', openedAt: deps.now() })}`
  }
  const reversed = async ({ attempt, outcome }: Awaited<ReturnType<typeof receipted>>) => {
    const reference = { providerReference: `R${attempt.id.slice(-9)}`, amount: attempt.amount }
    const told = { ...outcome, ...reference, status: 'reversed' as const }
    await applyOutcome(gateway.deps, { merchantAccountId: account, outcome: told, source: 'callback' })
  }
  const noticed = async ({ receipt }: Awaited<ReturnType<typeof receipted>>) => {
    const notice = { id: receipt.id, field: 'payer_name' as const, text: 'Lành', refund: null }
    await noticeReceipt(gateway.deps, { scope: 'H56', actor: 'cli_x' }, notice)
  }

  it.each([
    ['returned in whole', (paid) => refunded(paid, 150_000n), /đã hoàn tiền.*Đã hoàn 150.000 đ/, /đã hoàn tiền/, 'bad'],
    ['returned in part', (paid) => refunded(paid, 1_000n), /đã hoàn tiền.*Đã hoàn 1.000 đ/, /đã hoàn tiền/, 'wait'],
    ['taken back', reversed, /đã bị đảo.*Đã bị thu lại 150.000 đ/, /đã bị đảo/, 'bad'],
    ['in dispute', disputed, /đang bị khiếu nại/, /Biên lai thật/, 'wait'],
    ['there, but noticed', noticed, /thông báo sai sót.*Thông báo về tên người nộp/, /thông báo sai sót/, 'wait'],
  ] satisfies [string, (paid: Awaited<ReturnType<typeof receipted>>) => Promise<void>, RegExp, RegExp, string][])(
    'is said of a receipt whose payment is %s: by our records, and without the network where the list can',
    async (_, happen, byRecord, byList, tone) => {
      const paid = await receipted()
      await happen(paid)
      gateway.clock.advance(61)
      const proof = proofText(paid.receipt.proof)
      expect(await post(proof)).toMatch(byRecord)
      expect(await runPage(await page('/verify'), `#${proof}`)).toMatch(byList)
      const body = new URLSearchParams({ code: proof }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
      const html = await (await gateway.request('/verify', { method: 'POST', headers, body })).text()
      expect(html).toContain(`<section class="note ${tone}">`)
    },
  )

  it('is not all: a code that we signed and have no such receipt for is called by its name', async () => {
    const { receipt } = await receipted()
    const key = await currentSigningKey(gateway.deps)
    const signed = (more: object) => signText(key, JSON.stringify({ ...proofOf(receipt), ...more }), { typ: proofType })
    expect(await post(await signed({ n: 9_999 }))).toContain('Không có biên lai này')
    expect(await post(await signed({ l: [1], t: 1 }))).toContain('Không phải biên lai đã phát hành')
    const token = await gateway.token(['orders:read'])
    const read = async () => (await gateway.request(`/v1/receipts/${receipt.id}`, { token })).json()
    expect((await read()).money).toEqual({ returned: 0, reversed: 0, disputed: false })
  })

  it('is doubted of a key that was revoked, unless our records have it', async () => {
    const { receipt } = await receipted()
    const { kid } = await currentSigningKey(gateway.deps)
    await revokeSigningKey(gateway.deps, { kid, reason: 'compromised' })
    gateway.clock.advance(200)
    const proof = proofText(receipt.proof)
    expect(await runPage(await page('/verify'), `#${proof}`)).toContain('Khóa ký đã bị thu hồi lúc')
    expect(await post(proof)).toMatch(/Biên lai thật Chữ ký số đúng.*Theo hệ thống lúc/)
    const [{ revoked_at = 0 } = {}] = (await keys()).flatMap(({ revoked }) => revoked ?? [])
    const found = await openProof(proof, { keys: await keys(), type: proofType })
    const later = () => ({ ...proofOf(receipt), i: revoked_at })
    expect(proofIn(found, later)).toMatchObject({ proof: null, why: 'revoked' })
    expect((await gateway.request(`/receipts/${receipt.token}`)).status).toBe(200)
  })
})

describe('a receipt on paper', () => {
  it('has all of form 01/PLPĐT, phí and lệ phí on a page each', async () => {
    const token = await gateway.token(['orders:read'])
    const response = await gateway.request(`/v1/orders/${order}/receipt`, {
      token,
      headers: { accept: 'application/pdf' },
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf'])
    const pages = (await pdfTexts(new Uint8Array(await response.arrayBuffer()))).map((texts) => texts.join(' '))
    expect(pages).toHaveLength(2)
    for (const text of [
      ...[
        'Tên tổ chức thu: UBND phường Hạc Thành',
        'Mã số thuế: 2800123456',
        'Mẫu số: EBL01',
        'Ký hiệu: 26TAA',
        'Số: 2',
      ],
      ...[
        'BIÊN LAI THU PHÍ',
        'Ngày 23 tháng 11 năm 2026',
        'Tên người nộp: Lành',
        'Thay thế biên lai EBL01 26TAA số 1',
        'Sai tên',
      ],
      ...[
        'Phí chứng thực bản sao (7 × 3.000 đ)',
        '21.000 đ',
        'Ba mươi mốt nghìn đồng',
        'Hình thức thanh toán: Chuyển khoản',
      ],
      ...['CHỮ KÝ SỐ', 'Ký bởi: UBND phường Hạc Thành', 'Ngày ký:'],
    ])
      expect(pages[0]).toContain(text)
    expect(pages[1]).toContain('BIÊN LAI THU LỆ PHÍ')
    const own = await gateway.request(`/receipts/${phiReceipt().token}/pdf`)
    expect((await pdfTexts(new Uint8Array(await own.arrayBuffer()))).flat().join(' ')).toContain(
      'ĐÃ BỊ THAY THẾ bởi biên lai EBL01 26TAA số 2',
    )
    expect((await gateway.request('/receipts/nothing-like-this-token/pdf')).status).toBe(404)
  })
})
