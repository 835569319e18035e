// Opening a bank's app from the page of a code: only where the operator wants it, with the transfer as it is in the code.
import { describe, expect, it } from 'vitest'
import { bankAppLinks } from '../../src/domain/bank-apps.ts'
import { buildVietQr } from '../../src/providers/emv-qr.ts'
import { type Stage, startStage } from './kit.ts'

const fee = { bankBin: '970436', account: '0123456789', amount: 150_000n, purpose: 'LP000000000000182' }

const codePage = async (stage: Stage): Promise<{ html: string; policy: string }> => {
  const built = buildVietQr(fee)
  if (!built.ok) throw new Error(built.reason)
  stage.starting.action = { type: 'qr', payload: built.payload }
  const order = await stage.order()
  const started = await stage.post(order.path, { provider: 'alpha', seen: '0' })
  const page = await stage.get(started.headers.get('location') ?? '')
  return { html: await page.text(), policy: page.headers.get('content-security-policy') ?? '' }
}

const service = 'https://dl.vietqr.io/pay'

const withStage = async (bankAppLinks: string | null, look: (page: { html: string; policy: string }) => void) => {
  const stage = await startStage({ bankAppLinks })
  try {
    look(await codePage(stage))
  } finally {
    await stage.close()
  }
}

describe('links to banks’ apps', () => {
  it('are as vietqr.io describes them: the at sign and the way back as they are, the rest encoded', () => {
    const transfer = { ...fee, purpose: 'LP 182 & phí', holder: 'KHO BAC' }
    const links = bankAppLinks(transfer, { service, back: 'https://fees.example.vn/pay/abc' })
    expect(links.map(({ name }) => name)).toEqual([
      'ACB ONE',
      'BIDV SmartBanking',
      'MB Bank',
      'OCB OMNI',
      'VietinBank iPay',
    ])
    expect(links.at(-1)?.href).toBe(
      'https://dl.vietqr.io/pay?app=icb&am=150000&tn=LP%20182%20%26%20ph%C3%AD&ba=0123456789@vcb&bn=KHO%20BAC&url=https://fees.example.vn/pay/abc',
    )
    expect(bankAppLinks({ ...transfer, bankBin: '970499' }, { service, back: 'https://fees.example.vn/' })).toEqual([])
  })

  it('are on the page of a code where the operator wants them, and load nothing from there', () =>
    withStage(service, ({ html, policy }) => {
      expect(html).toContain(
        'https://dl.vietqr.io/pay?app=mb&amp;am=150000&amp;tn=LP000000000000182&amp;ba=0123456789@vcb',
      )
      expect(html).toContain('qua dịch vụ dl.vietqr.io')
      expect(policy).not.toContain('vietqr.io')
    }))

  it('are nowhere else', () => withStage(null, ({ html }) => expect(html).not.toContain('vietqr.io')))
})
