// What the doctor finds by asking others: our own address, the issuer, providers, and the clocks of all of them.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookAtAccounts } from '../../src/flows/check-up/look-at-accounts.ts'
import { reachProviders } from '../../src/flows/check-up/reach-providers.ts'
import { openOutgoingHttp } from '../../src/node/fetch-port.ts'
import { addressOf, createPatient, type Patient } from '../kit/doctors-patient.ts'

let patient: Patient
let database: Patient['database']
let deps: Patient['deps']
let env: Patient['env']
let look: Patient['look']
let answers: Patient['answers']

beforeEach(async () => {
  patient = await createPatient()
  ;({ database, deps, env, look, answers } = patient)
})
afterEach(() => patient.close())

describe('it finds', () => {
  test('a clock of somebody who is called that is off', async () => {
    answers.date = () => new Date(Date.now() + 45_000)
    const { failing, of } = await look()
    expect([failing, of('clock')[1]]).toEqual([
      ['clock'],
      expect.stringMatching(/^failure: that of http:\S+ is 4[4-6] s ahead/),
    ])
  })

  test('an issuer that cannot be used, and nobody who may administer', async () => {
    const openId = { LEPHI_OIDC_ISSUER: patient.address, LEPHI_OIDC_CLIENT_ID: 'lephi', LEPHI_OIDC_AGENCY: 'H56' }
    Object.assign(env, openId)
    const { failing, of } = await look()
    expect([failing, of('sign-in')]).toEqual([
      ['sign-in'],
      [expect.stringContaining(`${env.PUBLIC_URL} cannot be used`)],
    ])
    for (const name of Object.keys(openId)) delete env[name]
    Object.assign(env, { LEPHI_MODE: 'production', PUBLIC_URL: 'https://127.0.0.1:1' })
    expect((await look()).of('sign-in')).toEqual(['warning: nobody can sign in to the console; 1 programs hold admin'])
    await database.sql`update clients set revoked_at = now()`
    const nobody = await look()
    expect(nobody.failing).toContain('sign-in')
    expect(nobody.of('public address')).toEqual([
      expect.stringMatching(/^failure: nobody answers at https:\S+ \(.+\)$/),
    ])
  })

  test('that another gateway answers at the public address', async () => {
    answers.keys = async () => JSON.stringify({ keys: [{ kid: 'another' }] })
    const { failing, of } = await look()
    expect([failing, of('public address')]).toEqual([
      ['public address'],
      [expect.stringContaining('is another gateway')],
    ])
    answers.keys = async () => '<html>'
    expect((await look()).failing).toEqual(['public address'])
  })

  test('a provider that does not answer, or lies in a private network', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const address = addressOf(closed)
    closed.close()
    const lead = (member: string) =>
      database.sql`update merchant_accounts set settings = settings || ${database.sql.json({ [member]: `${address}/x` })} where provider = 'vnpay'`
    await lead('payment_url')
    const paying = await look()
    const said = (standing: string, more = '') =>
      expect.stringMatching(new RegExp(`^${standing}: ${address} \\(mac_\\w+\\): refuses the connection${more}$`))
    expect([paying.code, paying.of('providers')]).toEqual([0, [said('warning', '; payers are sent there')]])
    await lead('api_url')
    const { failing, of } = await look()
    expect([failing, of('providers')]).toEqual([['providers'], [said('failure')]])
    const { sound } = await lookAtAccounts(deps)
    const guarded = openOutgoingHttp()
    const ports = { ...deps, fetch: guarded.fetchPublic, publicUrl: String(env.PUBLIC_URL) }
    const reached = await reachProviders(ports, sound, Date.now)
    await guarded.destroy()
    expect(reached.findings.map(({ found }) => found)).toEqual([
      expect.stringContaining('leads into a private network'),
    ])
  })

  test('a provider whose host the agency does not allow, whose certificate does not hold, whose name is not known', async () => {
    await database.sql`update merchant_accounts set settings = settings || ${database.sql.json({ api_url: 'https://pay.example.vn/x' })} where provider = 'vnpay'`
    const { sound } = await lookAtAccounts(deps)
    const asked: string[] = []
    const reach = async (code: string, accounts = sound) => {
      const fetch = (url: string) => {
        asked.push(url)
        return Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }))
      }
      const { findings } = await reachProviders(
        { ...deps, fetch, publicUrl: String(env.PUBLIC_URL) },
        accounts,
        Date.now,
      )
      return findings.map(({ standing, found }) => `${standing}: ${found}`).join()
    }
    expect(await reach('CERT_HAS_EXPIRED')).toMatch(/^failure: .*the certificate does not hold \(CERT_HAS_EXPIRED\)$/)
    expect(await reach('ENOTFOUND')).toMatch(/the name is not known$/)
    expect(await reach('UND_ERR_CONNECT_TIMEOUT')).toMatch(/gave no answer within 5 s/)
    expect(asked).toEqual(Array(3).fill('https://pay.example.vn/'))
    const listed = sound.map((each) => ({ ...each, lists: [{ agencyCode: 'H56', hosts: ['other.example.vn'] }] }))
    expect(await reach('ENOTFOUND', listed)).toMatch(/^failure: .*is not among the hosts that agency H56 allows/)
    expect(asked).toHaveLength(3)
  })
})
