// The accountant's desk: who decides what, alone or as one of two, and what the database holds by itself.
import { beforeEach, describe, expect, test } from 'vitest'
import { policyTable } from '../../src/domain/discrepancy-policy.ts'
import { presentDiscrepancy } from '../../src/domain/present-reconciliation.ts'
import { itemClasses } from '../../src/domain/reconciliation-classes.ts'
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

  test('is opened again by anybody, and that is seen', async () => {
    const id = await openOne()
    await writeOff(id)
    await approveResolution(deps, checker, { id, note: '' })
    expect(await reopenDiscrepancy(deps, maker, { id, note: 'Sai' })).toMatchObject({
      status: 'open',
      proposedBy: null,
    })
    expect(await eventsOf(id)).toEqual(['discrepancy.proposed', 'discrepancy.resolved', 'discrepancy.opened'])
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

  test('takes so many notes and no more', async () => {
    const id = await openOne()
    await db.sql`update discrepancies set history = history || array_fill('{}'::text, array[299]) where id = ${id}`
    await expect(noteDiscrepancy(deps, maker, { id, note: 'n', evidence: [] })).rejects.toMatchObject({
      code: 'too_many_notes',
    })
    expect(await resolveDiscrepancy(deps, maker, { id, resolution: 'in other words', note: 'n' })).toMatchObject({
      status: 'resolved',
    })
  })
})
