// The accountant's desk: who decides what, alone or as one of two, and what the database holds by itself.
import { beforeEach, describe, expect, test } from 'vitest'
import { policyTable } from '../../src/domain/discrepancy-policy.ts'
import { presentDiscrepancy } from '../../src/domain/present-reconciliation.ts'
import { readResolution } from '../../src/domain/read-resolution.ts'
import { itemClasses } from '../../src/domain/reconciliation-classes.ts'
import { resolutions } from '../../src/domain/resolutions.ts'
import {
  approveResolution,
  assignDiscrepancy,
  noteDiscrepancy,
  rejectResolution,
  reopenDiscrepancy,
  resolveDiscrepancy,
} from '../../src/flows/decide-discrepancy.ts'
import { findDiscrepancy } from '../../src/store/discrepancies.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
})

const maker = { scope: 'H56', actor: 'cli_maker' }
const checker = { scope: 'H56', actor: 'cli_checker' }
const writeOff = (id: string, by = maker) =>
  resolveDiscrepancy(deps, by, { id, resolution: 'written_off', note: 'QĐ 12' })
const eventsOf = async (id: string) =>
  (await db.sql`select type from events where subject_id = ${id} order by sequence`).map(({ type }) => type)
const historyOf = (row: { history: readonly string[] }) =>
  row.history.map((line) => JSON.parse(line) as { event: string })

/** A payment that the provider never listed. */
const openOne = async (): Promise<string> => {
  await payOrder(deps, account)
  await reconcile(deps, account)
  const [row] = await desk.discrepancies()
  return String(row?.id)
}

describe('the policy', () => {
  test('has a row for every class, with a resolution that one person may choose or a second one for each', () => {
    const classes = policyTable.filter((row) => row.source === 'reconciliation').map((row) => row.class)
    expect(classes.toSorted()).toEqual(itemClasses.filter((name) => name !== 'matched').toSorted())
    for (const row of policyTable) {
      expect(row.resolutions.length).toBeGreaterThan(1)
      expect(row.workingDays).toBeGreaterThan(0)
      expect(row.basis).toContain('Điều 37')
    }
  })
})

describe('a resolution that ends a claim', () => {
  test('is proposed by one and approved by another, and told of at each step', async () => {
    const id = await openOne()
    expect(await writeOff(id)).toMatchObject({
      status: 'proposed',
      resolution: 'written_off',
      proposedBy: 'cli_maker',
      resolvedAt: null,
    })
    expect(await approveResolution(deps, checker, { id, note: 'Đồng ý' })).toMatchObject({
      status: 'resolved',
      resolution: 'written_off',
      proposedBy: 'cli_maker',
      resolvedBy: 'cli_checker',
    })
    expect(await eventsOf(id)).toEqual(['discrepancy.proposed', 'discrepancy.resolved'])
  })

  test('is never approved by who proposed it, also not under another name for the same hand', async () => {
    const id = await openOne()
    await writeOff(id)
    await expect(approveResolution(deps, maker, { id, note: '' })).rejects.toMatchObject({
      code: 'maker_cannot_approve',
    })
    await expect(
      db.sql`update discrepancies set status = 'resolved', resolved_by = 'cli_maker', resolved_at = now() where id = ${id}`,
    ).rejects.toThrow('discrepancies_four_eyes')
    await expect(
      db.sql`update discrepancies set status = 'resolved', resolved_by = 'cli_maker', proposed_by = 'cli_else', resolved_at = now() where id = ${id}`,
    ).rejects.toThrow('proposed by another')
    expect(await findDiscrepancy(deps.db, 'H56', id)).toMatchObject({ status: 'proposed' })
  })

  test('is sent back with a reason and can be proposed again', async () => {
    const id = await openOne()
    await writeOff(id)
    expect(await rejectResolution(deps, checker, { id, note: 'Thiếu biên bản' })).toMatchObject({
      status: 'open',
      resolution: null,
      proposedBy: null,
    })
    await writeOff(id, checker)
    expect(await approveResolution(deps, maker, { id, note: '' })).toMatchObject({ status: 'resolved' })
    const found = await findDiscrepancy(deps.db, 'H56', id)
    expect(found && historyOf(found).map(({ event }) => event)).toEqual([
      'opened',
      'proposed',
      'rejected',
      'proposed',
      'resolved',
    ])
  })

  test('is decided once by two who decide at once', async () => {
    const id = await openOne()
    await writeOff(id)
    const decided = await Promise.allSettled([
      approveResolution(deps, checker, { id, note: '' }),
      rejectResolution(deps, { scope: 'H56', actor: 'cli_third' }, { id, note: 'n' }),
      approveResolution(deps, { scope: 'H56', actor: 'cli_fourth' }, { id, note: '' }),
    ])
    expect(decided.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of decided)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'discrepancy_not_proposed' })
  })

  test('waits: it is not resolved again meanwhile, and a later match closes it all the same', async () => {
    const id = await openOne()
    await writeOff(id)
    await expect(writeOff(id, checker)).rejects.toMatchObject({ code: 'discrepancy_not_open' })
    const [row] =
      await db.sql`select merchant_reference, provider_reference from attempts where merchant_account_id = ${account}`
    await desk.listed({
      reference: String(row?.merchantReference),
      providerReference: String(row?.providerReference),
      amount: 150_000n,
      fee: 1_815,
      at: '2026-11-23T09:00:00+07:00',
    })
    await reconcile(deps, account)
    expect(await findDiscrepancy(deps.db, 'H56', id)).toMatchObject({
      status: 'resolved',
      resolution: 'matched',
      resolvedBy: 'lephi',
      proposedBy: null,
    })
  })

  test('holds up no run where somebody proposes it in the words of the gateway itself', async () => {
    const id = await openOne()
    await resolveDiscrepancy(deps, maker, { id, resolution: 'matched', note: 'n' })
    await expect(
      db.sql`update discrepancies set status = 'resolved', resolved_by = 'lephi', proposed_by = null, resolved_at = now() where id = ${id}`,
    ).rejects.toThrow('proposed by another')
    const [row] =
      await db.sql`select merchant_reference, provider_reference from attempts where merchant_account_id = ${account}`
    const [reference, providerReference] = [String(row?.merchantReference), String(row?.providerReference)]
    await desk.listed({ reference, providerReference, amount: 150_000n, fee: 1_815, at: '2026-11-23T09:00:00+07:00' })
    await reconcile(deps, account)
    expect(await findDiscrepancy(deps.db, 'H56', id)).toMatchObject({ resolution: 'matched', resolvedBy: 'lephi' })
  })

  test('is opened again by two, and stays what it was until the second agrees', async () => {
    const id = await openOne()
    await writeOff(id)
    await approveResolution(deps, checker, { id, note: '' })
    expect(await reopenDiscrepancy(deps, checker, { id, note: 'Sai' })).toMatchObject({
      status: 'resolved',
      holdsDifference: true,
      reopeningBy: 'cli_checker',
    })
    await expect(reopenDiscrepancy(deps, maker, { id, note: 'n' })).rejects.toMatchObject({ code: 'already_exists' })
    await expect(approveResolution(deps, checker, { id, note: '' })).rejects.toMatchObject({
      code: 'maker_cannot_approve',
    })
    expect(await rejectResolution(deps, maker, { id, note: 'Đúng rồi' })).toMatchObject({
      status: 'resolved',
      resolution: 'written_off',
      reopeningBy: null,
    })
    await reopenDiscrepancy(deps, maker, { id, note: 'Sai thật' })
    expect(await approveResolution(deps, checker, { id, note: 'Đồng ý' })).toMatchObject({
      status: 'open',
      proposedBy: null,
      reopeningBy: null,
      note: 'Sai thật',
    })
    expect(await eventsOf(id)).toEqual([
      'discrepancy.proposed',
      'discrepancy.resolved',
      'discrepancy.reopening_proposed',
      'discrepancy.reopening_rejected',
      'discrepancy.reopening_proposed',
      'discrepancy.opened',
    ])
  })

  test('is not undone by one person, past the gateway neither', async () => {
    const id = await openOne()
    await writeOff(id)
    await approveResolution(deps, checker, { id, note: '' })
    const line = JSON.stringify({ at: '2026-11-23T02:00:00Z', event: 'reopened', by: 'cli_maker' })
    const undo = (more: string) =>
      db.sql.unsafe(
        `update discrepancies set status = 'open', proposed_by = null, resolved_by = null ${more} where id = '${id}'`,
      )
    await expect(undo('')).rejects.toThrow('two persons have decided')
    await expect(undo(`, history = history || '${line}'::text`)).rejects.toThrow('two persons have decided')
    await reopenDiscrepancy(deps, maker, { id, note: 'n' })
    await expect(undo(`, history = history || '${line}'::text`)).rejects.toThrow('two persons have decided')
    await expect(db.sql`update discrepancies set resolution = 'our_figure_stands' where id = ${id}`).rejects.toThrow(
      'two persons have decided',
    )
  })

  test('is approved only as it was read, and never over another amount', async () => {
    const id = await openOne()
    const { history } = await writeOff(id)
    await rejectResolution(deps, maker, { id, note: 'n' })
    await resolveDiscrepancy(deps, maker, { id, resolution: 'accept_provider_figure', note: 'n' })
    await expect(approveResolution(deps, checker, { id, note: '', version: history.length })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(db.sql`update discrepancies set amount = amount + 1 where id = ${id}`).rejects.toThrow(
      'over another amount',
    )
    expect(await approveResolution(deps, checker, { id, note: '', version: history.length + 2 })).toMatchObject({
      status: 'resolved',
      resolution: 'accept_provider_figure',
    })
  })
})

describe('a resolution however it is written', () => {
  test.each([
    'Written off',
    ' WRITTEN-OFF. ',
    'written__off',
    'ｗｒｉｔｔｅｎ＿ｏｆｆ',
    'wrìtten\u200b off',
    'Xóa chênh lệch theo quyết định của đơn vị',
    'XOA CHENH LECH THEO QUYET DINH CUA DON VI',
  ])('is the one that is meant and takes two: %s', async (resolution) => {
    const id = await openOne()
    expect(await resolveDiscrepancy(deps, maker, { id, resolution, note: 'n' })).toMatchObject({
      status: 'proposed',
      resolution: 'written_off',
    })
  })

  test.each(['returned_to_provider', 'Refund', 'listed twice'])(
    'is refused when the class does not have it, with those that it has: %s',
    async (resolution) => {
      const id = await openOne()
      await expect(resolveDiscrepancy(deps, maker, { id, resolution, note: 'n' })).rejects.toMatchObject({
        code: 'invalid_input',
        errors: [{ pointer: '/resolution', message: expect.stringContaining('our_figure_stands') }],
      })
      expect(await findDiscrepancy(deps.db, 'H56', id)).toMatchObject({ status: 'open' })
    },
  )

  test('takes two in own words wherever the class has one that takes two and there is money, else one', () => {
    for (const { source, class: name, resolutions: allowed } of policyTable) {
      const about = { source, class: name, amount: 7n, difference: 0n }
      const isGrave = allowed.some((code) => resolutions[code].needsApproval)
      expect([name, readResolution(about, 'bỏ qua')]).toMatchObject([
        name,
        { resolution: 'bỏ qua', needsApproval: isGrave, suspense: 'taken_back' },
      ])
      expect(readResolution({ ...about, amount: 0n }, 'bỏ qua')).toMatchObject({ needsApproval: false })
      for (const code of allowed) expect(readResolution(about, code)).toMatchObject(resolutions[code])
    }
  })
})

describe('a discrepancy', () => {
  test('has an owner, an age in working days, and is overdue only after its day', async () => {
    const id = await openOne()
    expect(await assignDiscrepancy(deps, maker, { id, owner: 'Trần Văn Kế', note: null })).toMatchObject({
      owner: 'Trần Văn Kế',
    })
    const seenOn = async (day: string) => {
      const found = await findDiscrepancy(deps.db, 'H56', id)
      const {
        age_working_days: age,
        overdue,
        due_on: due,
      } = presentDiscrepancy(found ?? expect.fail('it is gone'), new Date(`${day}T09:00:00+07:00`))
      return [age, overdue, due]
    }
    expect(await seenOn('2026-11-23')).toEqual([0, false, '2026-11-24'])
    expect(await seenOn('2026-11-24')).toEqual([1, false, '2026-11-24'])
    expect(await seenOn('2026-11-25')).toEqual([2, true, '2026-11-24'])
    expect(await seenOn('2026-11-29')).toEqual([4, true, '2026-11-24'])
    await resolveDiscrepancy(deps, maker, { id, resolution: 'provider_corrected', note: 'n' })
    expect(await findDiscrepancy(deps.db, 'H56', id)).toMatchObject({ owner: 'Trần Văn Kế', resolvedBy: 'cli_maker' })
    expect(await seenOn('2026-11-29')).toEqual([0, false, '2026-11-24'])
    await expect(assignDiscrepancy(deps, maker, { id, owner: null, note: null })).rejects.toMatchObject({
      code: 'discrepancy_not_open',
    })
  })

  test('keeps notes with their evidence, and what was said of it cannot be changed', async () => {
    const id = await openOne()
    const evidence = [{ kind: 'document', reference: 'CV 77/NH-2026' }]
    const noted = await noteDiscrepancy(deps, maker, { id, note: 'Đã gọi ngân hàng', evidence })
    expect(historyOf(noted).at(-1)).toMatchObject({
      event: 'noted',
      by: 'cli_maker',
      note: 'Đã gọi ngân hàng',
      evidence,
    })
    await expect(db.sql`update discrepancies set history = '{}' where id = ${id}`).rejects.toThrow('only added to')
    await expect(
      db.sql`update discrepancies set history = array_append(history[2:], history[1]) where id = ${id}`,
    ).rejects.toThrow('only added to')
  })

  test('keeps a note that was sent twice once, and again when something was said since or somebody else says it', async () => {
    const id = await openOne()
    const said = { id, note: 'n', evidence: [{ kind: 'document', reference: 'CV 1' }] }
    const lines = async (who: typeof maker) => historyOf(await noteDiscrepancy(deps, who, said)).length
    const first = await lines(maker)
    expect([await lines(maker), await lines(checker), await lines(maker)]).toEqual([first, first + 1, first + 2])
  })

  test('takes so many notes and no more', async () => {
    const id = await openOne()
    await db.sql`update discrepancies set history = history || array_fill('{}'::text, array[299]) where id = ${id}`
    await expect(noteDiscrepancy(deps, maker, { id, note: 'n', evidence: [] })).rejects.toMatchObject({
      code: 'too_many_notes',
    })
    expect(await resolveDiscrepancy(deps, maker, { id, resolution: 'in other words', note: 'n' })).toMatchObject({
      status: 'proposed',
    })
  })
})
