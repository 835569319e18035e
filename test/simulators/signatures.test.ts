// The simulators' own signing against the published vectors, and against a third party's library.
import { describe, expect, it } from 'vitest'
import { HashAlgorithm, VNPay } from 'vnpay'
import { isSigned, type MessageKind, signatureOf, signedKeys, signingText } from '../../src/simulators/momo/messages.ts'
import {
  isPipeSigned,
  isQuerySigned,
  type PipeKind,
  pipeFields,
  pipeText,
  queryText,
  readQuery,
} from '../../src/simulators/vnpay/messages.ts'
import momoFile from '../vectors/momo.json' with { type: 'json' }
import vnpayFile from '../vectors/vnpay.json' with { type: 'json' }
import { isVnpaySigned, openTown, openVnpay, vnpayAccount, vnpayQuery } from './merchant.ts'

const isPipe = (kind: string): kind is PipeKind => kind in pipeFields
const isKind = (kind: string): kind is MessageKind => kind in signedKeys

describe('vnpay vectors', () => {
  for (const vector of vnpayFile.vectors) {
    const { kind } = vector
    it(`${vector.valid ? 'accepts' : 'refuses'} ${vector.name}`, async () => {
      if (isPipe(kind)) {
        const message: Record<string, unknown> = JSON.parse(vector.body ?? '{}')
        if (vector.valid) expect(pipeText(kind, message)).toBe(vector.signingString)
        expect(await isPipeSigned(vector.secret, kind, message)).toBe(vector.valid)
        return
      }
      const query = vector.query ?? new URL(vector.url ?? '').search
      const params = readQuery(query) ?? new Map<string, string>()
      if (vector.valid) expect(queryText(params)).toBe(vector.signingString)
      expect(await isQuerySigned(vector.secret, params)).toBe(vector.valid)
    })
  }

  for (const policy of vnpayFile.policyCases.filter((one) => one.expect === 'reject'))
    it(`refuses ${policy.name}`, async () => {
      const params = readQuery(policy.query ?? '')
      expect(params !== null && (await isQuerySigned(policy.secret ?? '', params))).toBe(false)
    })
})

describe('momo vectors', () => {
  for (const vector of momoFile.vectors) {
    const { kind, secrets } = vector
    it(`${vector.valid ? 'accepts' : 'refuses'} ${vector.name}`, async () => {
      if (!isKind(kind)) throw new Error(`unknown kind ${kind}`)
      const params: Record<string, unknown> = vector.rawBody
        ? JSON.parse(vector.rawBody)
        : vector.queryString
          ? Object.fromEntries(new URLSearchParams(vector.queryString))
          : { ...vector.params, signature: vector.signature }
      const keys = { access_key: secrets.accessKey, secret_key: secrets.secretKey }
      // The layout of 2023 with the message inside is unconfirmed, and is not the one that the vendor's page shows.
      const older = vector.name === 'createresponse-02-older-layout-with-message'
      if (vector.valid && !older) expect(signingText(kind, params, keys.access_key)).toBe(vector.signingString)
      expect(await isSigned(kind, params, keys)).toBe(vector.valid && !older)
      if (vector.valid && !older) expect(await signatureOf(kind, params, keys)).toBe(vector.signature)
    })
  }
})

describe('the vnpay library as the other party', () => {
  const library = new VNPay({
    tmnCode: vnpayAccount.tmn_code,
    secureSecret: vnpayAccount.hash_secret,
    vnpayHost: 'http://127.0.0.1:8787/simulators/vnpay',
    hashAlgorithm: HashAlgorithm.SHA512,
    testMode: false,
    enableLog: false,
  })

  it('opens a payment from an address that the library built', async () => {
    const town = openTown()
    const built = library.buildPaymentUrl({
      vnp_Amount: 150_000,
      vnp_IpAddr: '203.0.113.10',
      vnp_TxnRef: 'SDK1',
      vnp_OrderInfo: 'Nop le phi SDK1',
      vnp_ReturnUrl: 'https://merchant.example.vn/back',
      vnp_CreateDate: 20261120100000,
      vnp_ExpireDate: 20261120101500,
    })
    // The library puts its own path on the host and drops the host's.
    const response = await town.app.request(
      `/simulators/vnpay${new URL(built).pathname.replace('/simulators/vnpay', '')}${new URL(built).search}`,
    )
    expect(response.status).toBe(200)
    expect(town.sim.ledger('vnpay')).toMatchObject([{ merchant_reference: 'SDK1', amount: 150_000n, status: 'open' }])
  })

  it('signs an IPN that the library verifies, and that our own few lines verify', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    await town.complete('vnpay', 'HS1')
    const url = town.told[0]?.url ?? ''
    const query = Object.fromEntries(new URL(url).searchParams)
    // The library's types want every field by name; the wire has them all.
    const verified = library.verifyIpnCall({
      vnp_Amount: '',
      vnp_OrderInfo: '',
      vnp_ResponseCode: '',
      vnp_TxnRef: '',
      ...query,
    })
    expect(verified.isVerified).toBe(true)
    expect(verified.vnp_Amount).toBe(150_000)
    expect(isVnpaySigned(url)).toBe(true)
  })

  it('signs a query answer over fifteen fields', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    await town.complete('vnpay', 'HS1')
    const answer = await vnpayQuery(town)
    expect(await isPipeSigned(vnpayAccount.hash_secret, 'querydr_response', answer)).toBe(true)
    expect(await isPipeSigned(vnpayAccount.hash_secret, 'querydr_response', { ...answer, vnp_Amount: '1' })).toBe(false)
  })
})
