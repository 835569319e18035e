// Every match of a mixed run holds against the stored files, and one changed byte of a file, line, item or proof makes it fail, by name.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { presentItem } from '../../src/domain/present-reconciliation.ts'
import { importStatement } from '../../src/flows/import-statement.ts'
import { receiveStatement, spoolFile } from '../../src/flows/receive-statement.ts'
import { chunkContext } from '../../src/flows/statement-file.ts'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import type { Sql } from '../../src/store/database.ts'
import { findReconciliation, listItems } from '../../src/store/reconciliations.ts'
import { readTariff } from '../../src/store/settlement-terms.ts'
import { findStatement } from '../../src/store/statements.ts'
import type { TestDeps } from '../kit/deps.ts'
import { providerProfile } from '../kit/profile-desk.ts'
import { payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'
import { bankFile, importFile, piecesOf, providerFile, uploader } from '../kit/statements.ts'

const desk = settlementDesk()
let deps: TestDeps
let sql: Sql
let run: string
let provider: string
let bank: string

/** As a superuser, past triggers and rights. */
const tamper = (...statements: string[]) =>
  sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    for (const statement of statements) await tx.unsafe(statement)
  })
const tables = ['statements', 'statement_lines', 'statement_chunks', 'reconciliation_items', 'money_facts']
const check = () => verifyMatches(deps, { reconciliation: run })
const fault = async () => (await check()).fault

let isMade = false
beforeEach(async () => {
  const { db, account } = desk.now()
  if (isMade) return
  isMade = true
  deps = desk.now().deps
  sql = db.sql
  const [exact, theirs, bare, back] = [
    await payOrder(deps, account),
    await payOrder(deps, account),
    await payOrder(deps, account, { amount: 77_000n }),
    await payOrder(deps, account, { amount: 90_000n }),
  ]
  const refund = await desk.addRefund(back, { amount: 40_000n })
  await desk.refunded(refund)
  const refused = await startPayment(deps, account, { status: 'failed' })
  const own = await payOrder(deps, account, { amount: 31_000n })
  const rows = [
    lineFor(exact),
    lineFor(theirs, { reference: '' }),
    lineFor(bare, { reference: '', providerReference: '', fee: 932 }),
    lineFor(back, { fee: 1_089, payout: 'PO-2' }),
    refundLine(refund, { payout: 'PO-2' }),
    lineFor(refused, { status: 'failed', fee: 0, providerReference: '' }),
  ].map((row) => ({ payout: 'PAYOUT-77', ...row }))
  provider = (await importFile(deps, account, providerFile([...rows, ...rows.slice(0, 1)]))).id
  bank = (
    await importFile(
      deps,
      account,
      bankFile([
        { amount: 150_000 * 2 + 77_000 - 1_815 * 2 - 932 - 100_000, reference: 'FT1', text: 'TT PAYOUT-77 dot 1' },
        { amount: 100_000, reference: 'FT2', text: 'TT payout 77 dot 2' },
        { amount: 90_000 - 1_089 - 40_000, reference: 'FT3', text: 'thanh toan' },
        { amount: 31_000, reference: `p-${own.merchantReference}`, text: 'nop phi' },
      ]),
      'bank',
    )
  ).id
  run = (await reconcile(deps, account)).id
  for (const table of tables) await sql.unsafe(`create table kept_${table} as table ${table}`)
})
afterEach(() =>
  tamper(
    ...tables.flatMap((table) => [`truncate ${table} cascade`, `insert into ${table} select * from kept_${table}`]),
  ),
)

describe('the matches of a run', () => {
  test('hold, every rule of them, against the files', async () => {
    expect(await check()).toEqual({
      reconciliations: 1,
      files: 2,
      lines: 11,
      matches: 10,
      payouts: 2,
      beyond: 0,
      erased: [],
      unverifiable: 0,
      fault: null,
    })
    const rules =
      await sql`select proof ->> 'rule' as rule from reconciliation_items where reconciliation_id = ${run} and class = 'matched'`
    expect([...new Set(rules.map((row) => row.rule))].toSorted()).toEqual([
      'day+amount',
      'payout_reference+amount',
      'payout_reference~normalised+amount',
      'provider_reference+amount',
      'reference',
      'reference+amount',
      'window+amount',
    ])
  })

  test('hold although money was reversed and the tariff and account were changed since', async () => {
    await desk.setTariff({ basis_points: 500, netted: true })
    await sql`
      insert into money_facts select (jsonb_populate_record(fact,
        '{"id": "fct_later", "kind": "reversed", "reference": "later", "sequence": 99}')).* from money_facts as fact
      where kind = 'captured' and amount = 77000`
    expect(await fault()).toBeNull()
  })

  test('are refused for a run that is not there', async () => {
    await expect(verifyMatches(deps, { reconciliation: 'rec_x' })).rejects.toThrow('no completed reconciliation')
  })

  test.for<[string, () => string, object]>([
    [
      'amount of a stored line',
      () => `update statement_lines set amount = amount + 1 where statement_id = '${provider}' and line = 4`,
      { line: 4, problem: 'amount is stored otherwise than the file has it' },
    ],
    [
      'row hash of a stored line',
      () => `update statement_lines set row_hash = repeat('0', 64) where statement_id = '${bank}' and line = 3`,
      { line: 3, problem: expect.stringContaining('row_hash') },
    ],
    [
      'stored line that is gone',
      () => `delete from statement_lines where statement_id = '${provider}' and line = 8`,
      { line: 8, problem: 'the file has a row that is not stored' },
    ],
    [
      'stored line that no file has',
      () =>
        `insert into statement_lines select (jsonb_populate_record(l, '{"line": 9}')).* from statement_lines l where statement_id = '${provider}' and line = 8`,
      { line: 9, problem: 'a stored line is not in the file' },
    ],
    [
      'SHA-256 of the file',
      () => `update statements set sha256 = repeat('0', 64) where id = '${bank}'`,
      { problem: expect.stringContaining('SHA-256') },
    ],
    [
      'sealed byte of the file',
      () =>
        `update statement_chunks set sealed = set_byte(sealed, length(sealed) - 9, get_byte(sealed, length(sealed) - 9) # 1) where statement_id = '${provider}'`,
      { file: 'file.csv', problem: expect.stringContaining('does not open') },
    ],
    [
      'piece of the file',
      () => `delete from statement_chunks where statement_id = '${provider}'`,
      { file: 'file.csv', problem: expect.stringContaining('SHA-256') },
    ],
    [
      'amount of an item',
      () =>
        `update reconciliation_items set amount_here = amount_here + 1, amount_there = amount_there + 1 where proof ->> 'rule' = 'day+amount'`,
      { rule: 'day+amount', line: 4, problem: 'amount_there is not what the file has' },
    ],
    [
      'amount here alone',
      () => `update reconciliation_items set amount_here = amount_here + 1 where proof ->> 'rule' = 'day+amount'`,
      { rule: 'day+amount', problem: expect.stringContaining('77001 here') },
    ],
    [
      'business day of an item',
      () => `update reconciliation_items set business_day = business_day + 1 where proof ->> 'rule' = 'reference'`,
      { problem: 'business_day is not what the file has' },
    ],
    [
      'payment of an item',
      () =>
        `update reconciliation_items set attempt_id = (select attempt_id from reconciliation_items where proof ->> 'rule' = 'day+amount') where proof ->> 'rule' = 'provider_reference+amount' and source = 'provider'`,
      { rule: 'provider_reference+amount', problem: expect.stringContaining('hash') },
    ],
    [
      'provider fee of an item',
      () =>
        `update reconciliation_items set provider_fee_here = 1, provider_fee_there = 1 where proof ->> 'rule' = 'day+amount'`,
      { problem: expect.stringContaining('provider fee is 932') },
    ],
    [
      'rule of a proof',
      () =>
        `update reconciliation_items set proof = jsonb_set(proof, '{rule}', '"day+amount"') where proof ->> 'rule' = 'provider_reference+amount' and source = 'provider'`,
      { problem: expect.stringContaining('it is not so that') },
    ],
    [
      'rule that nobody has made',
      () =>
        `update reconciliation_items set proof = jsonb_set(proof, '{rule}', '"toString"') where proof ->> 'rule' = 'day+amount'`,
      { problem: 'there is no rule toString' },
    ],
    [
      'row hash of a proof',
      () =>
        `update reconciliation_items set proof = jsonb_set(proof, '{hashes,0}', '"00"') where proof ->> 'rule' = 'reference'`,
      { problem: expect.stringContaining('hash of the proof') },
    ],
    [
      'hash of our side',
      () =>
        `update reconciliation_items set proof = jsonb_set(proof, '{hashes,1}', '"00"') where refund_id is not null`,
      { problem: expect.stringContaining('another hash') },
    ],
    [
      'fact about our money',
      () =>
        `update money_facts set occurred_at = occurred_at + interval '1 second' where kind = 'captured' and amount = 77000`,
      { rule: 'day+amount', problem: expect.stringContaining('another hash') },
    ],
    [
      'payout of a proof',
      () =>
        `update reconciliation_items set proof = replace(proof::text, '"net": 48911', '"net": 48912')::jsonb where proof ->> 'rule' = 'window+amount'`,
      { rule: 'window+amount', problem: expect.stringContaining('is not 48912') },
    ],
    [
      'payout that is named instead',
      () =>
        `update reconciliation_items set payout_references = '{PO-9}', payout_reference = 'PO-9' where proof ->> 'rule' = 'window+amount'`,
      { problem: expect.stringContaining('others than the item') },
    ],
    [
      'rows of a payout',
      () =>
        `update reconciliation_items set proof = replace(proof::text, proof -> 'payouts' -> 0 ->> 'hash', repeat('0', 64))::jsonb where proof ->> 'rule' = 'window+amount'`,
      { problem: 'payout PO-2 has other rows in the files than in the proof' },
    ],
    [
      'team that lost a row',
      () => `update reconciliation_items set proof = jsonb_set(proof, '{team,lines}', '1') where proof ? 'team'`,
      { problem: expect.stringContaining('rows pay what 1 should') },
    ],
  ])('fail by another %s, which is named', async ([, change, expected]) => {
    await tamper(change())
    const { matches, lines, ...found } = await check()
    expect(found.fault).toMatchObject(expected)
    expect(lines + matches).toBeLessThan(22)
  })

  test('fail when a row is used twice', async () => {
    await tamper(
      'drop index items_line_once',
      'drop index items_attempt_once',
      `insert into reconciliation_items select (jsonb_populate_record(i, jsonb_build_object('id', 'itm_' || repeat('0', 26)))).* from reconciliation_items i where proof ->> 'rule' = 'day+amount'`,
    )
    expect(await fault()).toMatchObject({ problem: expect.stringContaining('used by another match') })
  })

  test('fail by any other byte of a file, or the byte is in no row: then the SHA-256 of the file tells', async () => {
    for (const id of [provider, bank]) {
      const [chunk] = await sql`select sealed from statement_chunks where statement_id = ${id}`
      const bytes = await deps.box.open(chunk?.sealed, chunkContext(id, 0))
      const seal = async (altered: Uint8Array, sha256: string) => {
        const sealed = Buffer.from(await deps.box.seal(altered, chunkContext(id, 0)))
        await sql.begin(async (tx) => {
          await tx`set local session_replication_role = replica`
          await tx`update statement_chunks set sealed = ${sealed} where statement_id = ${id}`
          await tx`update statements set sha256 = ${sha256} where id = ${id}`
        })
      }
      const headerEnd = bytes.indexOf(10)
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const altered = bytes.slice()
          altered[at] = (altered[at] ?? 0) ^ change
          await seal(altered, sha256Hex(bytes))
          expect(await fault()).toMatchObject({ statement: id, problem: expect.stringContaining('SHA-256') })
          // Who has every right, and the key, can make the SHA-256 fit: then the rows tell.
          await seal(altered, sha256Hex(altered))
          const found = await fault()
          const isInRow =
            at > headerEnd && bytes[at] !== 10 && altered[at] !== 10 && altered[at] !== 13 && altered[at] !== 34
          if (isInRow) expect(found).toMatchObject({ statement: id })
        }),
        { numRuns: 12, endOnFailure: true },
      )
      await seal(bytes, sha256Hex(bytes))
    }
    expect(await fault()).toBeNull()
  })

  test.for<[string, () => string, { statement?: string | null; line?: number; problem: unknown }]>([
    [
      'matched item',
      () => `delete from reconciliation_items where proof ->> 'rule' = 'day+amount'`,
      { statement: 'provider', line: 4, problem: 'the line stands on 0 items of the run' },
    ],
    [
      'item of a line that is listed twice',
      () => `delete from reconciliation_items where class = 'duplicate_line'`,
      { statement: 'provider', problem: 'the line stands on 0 items of the run' },
    ],
    [
      'item, all of them',
      () => `delete from reconciliation_items where reconciliation_id = '${run}'`,
      { line: 2, problem: 'the line stands on 0 items of the run' },
    ],
    [
      'item, and a line that is not there named instead',
      () => `update reconciliation_items set line = 99 where class = 'duplicate_line'`,
      { statement: 'provider', problem: expect.stringContaining('line') },
    ],
    [
      'item of what nobody listed',
      () =>
        `insert into reconciliation_items select (jsonb_populate_record(i, jsonb_build_object('id', 'itm_' || repeat('0', 26), 'class', 'missing_at_provider', 'statement_id', null, 'line', null, 'capture_reference', 'x'))).* from reconciliation_items i where proof ->> 'rule' = 'day+amount'`,
      { statement: null, problem: 'the summary has another count or sum of missing_at_provider than the items' },
    ],
    [
      'class in the summary',
      () =>
        `update reconciliations set summary = jsonb_set(summary, '{matched,amount_there}', '1') where id = '${run}'`,
      { statement: null, problem: 'the summary has another count or sum of matched than the items' },
    ],
  ])('are not whole without an %s, which is named', async ([, change, { statement, ...expected }]) => {
    const [kept] = await sql`select summary from reconciliations where id = ${run}`
    await tamper(change())
    const named = statement === 'provider' ? { statement: provider } : statement === null ? { statement: null } : {}
    expect(await fault()).toMatchObject({ reconciliation: run, ...named, ...expected })
    await sql`update reconciliations set summary = ${kept?.summary} where id = ${run}`
  })

  test('need no item for a line that came after the run', async () => {
    const late = await payOrder(deps, desk.now().account, { amount: 21_000n })
    const { id } = await importFile(deps, late.merchantAccountId, providerFile([lineFor(late)]))
    const owner = `merchant_account_id = (select merchant_account_id from reconciliations where id = '${run}')`
    await tamper(
      `update statement_lines set ${owner} where statement_id = '${id}'`,
      `update statements set ${owner}, place = 3, imported_at = '2026-11-01', created_at = '2026-11-01' where id = '${id}'`,
    )
    expect(await fault()).toBeNull()
  })

  test('show gross, provider fee, VAT and net by the tariff of their run, whatever it is today', async () => {
    await desk.setTariff({ basis_points: 500, netted: true })
    const found = await findReconciliation(deps.db, '*', run)
    const items = await listItems(deps.db, '*', { reconciliationId: run, class: 'matched', after: '', limit: 100 })
    const item = items.find(({ proof }) => proof.rule === 'provider_reference+amount')
    if (!item || !found?.progress.tariff) throw new Error('no such item')
    expect(presentItem(item, readTariff(found.progress.tariff)).proof).toMatchObject({
      arithmetic: '150000 - 1650 - 165 = 148185',
      sums: { gross: 150_000n, provider_fee: 1_650n, vat: 165n, net: 148_185n },
    })
    await desk.setTariff({ basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true })
  })

  test('hold by the statement profile that a file was read by, though the account has another one since', async () => {
    const { account } = desk.now()
    const setProfile = (value: object) =>
      sql`update merchant_accounts set statement_profile = ${sql.json(value as never)} where id = ${account}`
    const attempt = await payOrder(deps, account, { amount: 55_000n })
    await setProfile(providerProfile)
    const { columns } = providerProfile
    const row = [
      'Thanh toán',
      '23/11/2026 09:00:00',
      attempt.merchantReference,
      '55.000',
      '',
      'Thành công',
      '24/11/2026 00:00:00',
    ]
    const text = `Công ty\n\n${Object.values(columns).join(';')}\n${row.join(';')}\n`
    const spooled = await spoolFile(deps, uploader, { fileName: 'own.csv', body: piecesOf(text), maxBytes: 10_000 })
    const form = { source: 'provider' as const, merchantAccountId: account, format: 'profile' as const }
    const { id } = await receiveStatement(deps, uploader, { spooled, form })
    await importStatement(deps, id)
    const statement = await findStatement(deps.db, '*', id)
    if (!statement) throw new Error('no statement')
    expect(statement).toMatchObject({ status: 'imported', accepted: 1, profile: { delimiter: ';' } })
    await setProfile({ ...providerProfile, delimiter: ',' })
    const later = await reconcile(deps, account)
    expect(later.items.filter((item) => item.statementId === statement.id)).toMatchObject([{ class: 'matched' }])
    expect((await verifyMatches(deps, { reconciliation: later.id })).fault).toBeNull()
  })
})
