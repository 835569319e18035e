// The national platform's side: INIT with the receipt block that no signature covers, CONFIRM, QUERY. What it shares with VNPT Pay is tried there.
import { describe, expect, it } from 'vitest'
import { terms } from '../../src/simulators/paygov/terms.ts'
import { pipedHash } from '../../src/simulators/piped-terms.ts'
import vectorFile from '../vectors/paygov.json' with { type: 'json' }
import { openTown, sha256, type Town } from './merchant.ts'

const account = {
  ...{ id: 'DVCTOWN', secret_key: 'secret-of-a-town-000002', bearer: null },
  callback_url: 'https://merchant.example.vn/callbacks/paygov/mac_6',
  return_url: 'https://merchant.example.vn/returns/paygov/mac_6',
}
const open = () => {
  const town = openTown({ accounts: { paygov: [account] } })
  town.answer = () => Response.json({ MaLoi: '00' })
  return town
}
const initNames =
  'LoaiBanTin PhienBan MaDoiTac MaThamChieu SoTien LoaiHinhThanhToan MaKenhThanhToan MaThietBi NgonNgu MaTienTe MaNganHang ThongTinGiaoDich ThoiGianGD Ip'
const confirmNames =
  'LoaiBanTin MaLoi MaDoiTac MaThamChieu SoTien MaTienTe MaGiaoDich MaNganHang ThoiGianGD ThongTinGiaoDich'
const hash = (names: string, fields: Record<string, unknown>) =>
  sha256([...names.split(' ').map((name) => String(fields[name] ?? '')), account.secret_key].join('|'))

const block = {
  ...{ MaDichVu: '2', MaDonVi: 'H56.12.03', TenDonVi: 'UBND', MaHoSo: 'HS1', MaTTHC: '1.001193', TenTTHC: 'Khai sinh' },
  ...{ MaDVC: '1.001193.01', TenDVC: 'Khai sinh', TKThuHuong: '0111', MaNHThuHuong: '970436', TenTKThuHuong: 'KBNN' },
  PhiLePhi: [{ LoaiPhiLePhi: '2', MaPhiLePhi: '1', TenPhiLePhi: 'Lệ phí', SoTien: '150000' }],
  ...{ MaLoaiHinhThuPhat: '', TenLoaiHinhThuPhat: '', KhoBac: '', NgayQD: '', SoQD: '', ThoiGianViPham: '' },
  ...{ DiaDiemViPham: '', TenNguoiViPham: '', NoiDungThanhToan: 'Lệ phí', HoTenNguoiNop: 'Nguyễn Văn A' },
  ...{ SoCMNDNguoiNop: '038190001234', DiaChiNguoiNop: '', MaCoQuanQD: 'H56', TenCoQuanQD: 'UBND tỉnh' },
  DSKhoanNop: [{ NoiDung: 'Lệ phí', SoTien: '150000' }],
  ...{ HuyenNguoiNop: '', TinhNguoiNop: '', TaiKhoanThuNSNN: '' },
}
const init = async (town: Town, change: Record<string, unknown> = {}): Promise<Record<string, string>> => {
  const body: Record<string, unknown> = {
    ...{ LoaiBanTin: 'INIT', PhienBan: '1.0.6', MaDoiTac: 'DVCTOWN', MaThamChieu: 'HS1', SoTien: '150000' },
    ...{ LoaiHinhThanhToan: 'PAY', MaKenhThanhToan: '1', MaThietBi: '1', NgonNgu: 'vi-VN', MaTienTe: 'VND' },
    ...{ MaNganHang: 'PAYMENT', ThongTinGiaoDich: 'THANH TOAN HO SO HS1', ThoiGianGD: '20261120100000' },
    ...{ Ip: '203.0.113.7', ThongTinBienLai: block, ...change },
  }
  return (await town.post('paygov/khoi-tao', { MaXacThuc: hash(initNames, body), ...body })).json()
}
const query = async (town: Town): Promise<Record<string, string>> => {
  const body = {
    ...{ LoaiBanTin: 'QUERY', PhienBan: '1.0.6', MaDoiTac: 'DVCTOWN', MaThamChieu: 'HS1' },
    ThoiGianGD: '20261120100000',
  }
  const MaXacThuc = hash('LoaiBanTin PhienBan MaDoiTac MaThamChieu ThoiGianGD', body)
  return (await town.post('paygov/truy-van', { ...body, MaXacThuc })).json()
}

describe('the signer', () => {
  const orders: Record<string, readonly string[]> = {
    ...{ PP_INIT: terms.orders.init, PP_QUERY: terms.orders.query, PP_CONFIRM: terms.orders.notice },
  }
  it.each(vectorFile.vectors.filter(({ kind }) => kind in orders))('$kind $name', async (vector) => {
    const made = await pipedHash(orders[vector.kind] ?? [], vector.params, vector.secrets.secretKey)
    expect(made === vector.signature).toBe(vector.valid)
  })
})

describe('INIT', () => {
  it('answers an address that shows the payment', async () => {
    const town = open()
    const created = await init(town)
    expect(created).toMatchObject({ MaLoi: '00', UrlThanhToan: expect.stringMatching(/\/simulators\/paygov\/pay\?/) })
    expect(await (await town.app.request(created.UrlThanhToan ?? '')).text()).toContain('THANH TOAN HO SO HS1')
  })

  const { SoQD: _, ...incomplete } = block
  it.each([
    ['97', { MaXacThuc: 'f'.repeat(64) }],
    ['99', { SoTien: '0' }],
    ['99', { MaThamChieu: 'a-b' }],
    ['99', { MaThamChieu: 'x'.repeat(51) }],
    ['99', { ThongTinGiaoDich: 'Thanh toán' }],
    ['99', { ThongTinBienLai: undefined }],
    ['99', { ThongTinBienLai: incomplete }],
    ['99', { ThongTinBienLai: { ...block, SoCMNDNguoiNop: '' } }],
    ['99', { ThongTinBienLai: { ...block, SoCMNDNguoiNop: '000000000' } }],
    ['99', { ThongTinBienLai: { ...block, DSKhoanNop: [{ NoiDung: 'x', SoTien: '149999' }] } }],
    ['99', { ThongTinBienLai: { ...block, PhiLePhi: [{ SoTien: '-1' }] } }],
    ['99', { ThongTinBienLai: { ...block, PhiLePhi: 'x' } }],
    ['99', { ThongTinBienLai: [] }],
  ])('answers %s to %o', async (code, change) => {
    const town = open()
    expect(await init(town, change)).toMatchObject({ MaLoi: code })
    expect(town.sim.ledger('paygov')).toEqual([])
  })
})

describe('CONFIRM and QUERY', () => {
  it('signs time before text, and writes amounts as text here and as a number there', async () => {
    const town = open()
    await init(town)
    expect(await query(town)).toMatchObject({ MaLoi: '00', TrangThaiGD: '3' })
    await town.complete('paygov', 'HS1')
    const told: Record<string, unknown> = JSON.parse(town.told[0]?.body ?? '{}')
    expect(told).toMatchObject({ LoaiBanTin: 'CONFIRM', MaLoi: '00', SoTien: '150000', MaDoiTac: 'DVCTOWN' })
    expect(told.MaXacThuc).toBe(hash(confirmNames, told))
    expect(await query(town)).toMatchObject({ TrangThaiGD: '1', SoTien: 150_000, MaDoiTac: 'DVCTOWN', MaTienTe: 'VND' })
  })

  it('takes MaLoi 00 for an answer and nothing else', async () => {
    for (const [answer, accepted] of [
      [Response.json({ MaLoi: '00' }), true],
      [Response.json({ MaLoi: '99' }), false],
      [Response.json({ return_code: -1 }), false],
    ] as const) {
      const town = open()
      town.answer = () => answer
      await init(town)
      expect((await town.complete('paygov', 'HS1')).delivered).toMatchObject([{ accepted }])
    }
  })
})
