// Catalogues of an installation's folder: entered whole and dated, told by line and column where they are wrong, and left alone where nothing is new.
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bankName } from '../../src/domain/bank-names.ts'
import type { Step } from '../../src/domain/set-up/step.ts'
import { enterCatalogue } from '../../src/flows/set-up/enter-catalogue.ts'
import { addDays, businessDay } from '../../src/lib/time.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { readCatalogues } from '../../src/node/set-up/read-catalogues.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps } from '../kit/deps.ts'
import { isProgress } from '../kit/doctors-patient.ts'
import { giveClock } from '../kit/real-clock.ts'
import { setupFiles, writeSetupFolder } from '../kit/setup-folder.ts'

let place: string
let folder: string
let database: TestDatabase
let env: Record<string, string>

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'lephi-catalogues-'))
  folder = join(place, 'setup')
  database = await createTestDatabase()
  await giveClock(database)
  env = { DATABASE_URL: database.url, PUBLIC_URL: 'https://fees.example.vn', LEPHI_DATABASE_CONNECTIONS: '4' }
  const none = { 'clients.csv': null, 'doi-soat.csv': null, 'procedures.csv': null }
  await writeSetupFolder(folder, { ...none, 'fees.csv': itemless }, null)
})
/** Prices that no budget item has to be in the catalogue for. */
const itemless = setupFiles['fees.csv'].map((row) => row.replace(/,27\d\d,/, ',,'))
afterEach(async () => {
  await database.drop()
  await rm(place, { recursive: true, force: true })
})

const write = (file: string, lines: readonly string[], encoding: BufferEncoding = 'utf8') =>
  writeFile(join(folder, file), `${lines.join('\r\n')}\r\n`, encoding)
const run = async (...more: string[]) => {
  const [out, error]: [string[], string[]] = [[], []]
  const words = ['setup', '--from', folder, '--settings', join(place, 'gateway.env'), '--offline', ...more]
  const code = await runCommand(words, env, {
    out: (line) => void out.push(line),
    error: (line) => void (isProgress(line) || error.push(line)),
  })
  return { code, out: out.join('\n'), error: error.join('\n') }
}
const setup = async (...more: string[]) => {
  const { out } = await run('--json', ...more)
  const { steps } = JSON.parse(out) as { steps: Step[] }
  return {
    hasFaults: steps.some(({ faults }) => faults.length > 0),
    step: (file: string) => steps.find((each) => each.file === file),
  }
}
const entries = async () => {
  const found = await database.sql`
    select concat_ws(' | ', agency_code, catalogue, code, name, valid_from, coalesce(valid_to::text, '-')) as entry
    from catalogue_entries order by catalogue, code, valid_from, agency_code`
  return found.map(({ entry }) => String(entry))
}
const faultsOf = (step: Step | undefined) =>
  step?.faults.map(({ line, column, reason }) => [line, column, reason].filter((part) => part !== null).join(' '))
const items = (...lines: string[]) => write('budget-items.csv', ['budget_item,name,valid_from,valid_to', ...lines])

describe('catalogues', () => {
  test('are entered once, for the one province where a row names no agency, and again change nothing', {
    timeout: 60_000,
  }, async () => {
    // As a spreadsheet writes it: with a byte order mark, semicolons, Vietnamese days, and letters in pieces.
    await write('budget-items.csv', [
      '\ufeffbudget_item;name;valid_from;valid_to;source',
      `2771;${'Lệ phí hộ tịch'.normalize('NFD')};01/01/2026;;Mẫu`,
      '0015;Mẫu;01/01/2026;31/12/2026;',
    ])
    await write('procedures.csv', [
      'procedure_code,name,fee_codes,agency_code,valid_from',
      '9.900193.000.00.00.H99,Thủ tục mẫu,LP-TEST PHI-TEST,,2026-01-01',
      '9.900194,Thủ tục của sở,,H99.01,2026-01-01',
    ])
    await write('reliefs.csv', ['rule,name,valid_from', '"NQ mẫu 12/2025, Điều 1",Miễn khi nộp trực tuyến,2026-01-01'])
    await write('banks.csv', ['bank_bin;name;valid_from', '900002;Hai;01/01/2026', '900001;Ngân hàng một;01/01/2026'])
    const dry = await setup('--dry-run')
    expect([dry.hasFaults, dry.step('budget-items.csv')?.changes.length, await entries()]).toEqual([false, 2, []])
    const first = await setup()
    expect(first.hasFaults).toBe(false)
    expect(first.step('procedures.csv')?.changes).toEqual([
      { what: 'add', name: 'H99 9.900193 from 2026-01-01', detail: 'Thủ tục mẫu' },
      { what: 'add', name: 'H99.01 9.900194 from 2026-01-01', detail: 'Thủ tục của sở' },
    ])
    expect(first.step('banks.csv')?.changes).toHaveLength(2)
    const before = [
      'H99 | banks | 900001 | Ngân hàng một | 2026-01-01 | -',
      'H99 | banks | 900002 | Hai | 2026-01-01 | -',
      'H99 | budget_items | 0015 | Mẫu | 2026-01-01 | 2026-12-31',
      'H99 | budget_items | 2771 | Lệ phí hộ tịch | 2026-01-01 | -',
      'H99 | procedures | 9.900193 | Thủ tục mẫu | 2026-01-01 | -',
      'H99.01 | procedures | 9.900194 | Thủ tục của sở | 2026-01-01 | -',
      'H99 | reliefs | NQ mẫu 12/2025, Điều 1 | Miễn khi nộp trực tuyến | 2026-01-01 | -',
    ]
    expect(await entries()).toEqual(before)
    const [procedure] = await database.sql`select fee_codes, source from catalogue_entries where code = '9.900193'`
    expect(procedure).toEqual({ feeCodes: ['LP-TEST', 'PHI-TEST'], source: null })
    const again = await run()
    expect(again.out).toContain('Nothing is to be done: everything is as the files say.')
    expect(await entries()).toEqual(before)
  })

  test('get other names and lose codes from the day that is named, and from today where none is', async () => {
    await items('2771,Một,2026-01-01,', '2716,Hai,2026-01-01,')
    expect((await setup()).hasFaults).toBe(false)
    await items('2771,Một,,')
    const told = await setup()
    expect(told.step('budget-items.csv')).toMatchObject({
      ...{ changes: [], unchanged: 1 },
      notes: ['gone from the file and holding on: 2716; --catalogues-from DAY ends them'],
    })
    await items('2771,Một đổi tên,,')
    const { step } = await setup('--catalogues-from', '01/07/2036')
    expect(step('budget-items.csv')?.changes).toEqual([
      { what: 'end', name: 'H99 2771 from 2026-01-01', detail: '2036-06-30' },
      { what: 'end', name: 'H99 2716 from 2026-01-01', detail: '2036-06-30' },
      { what: 'add', name: 'H99 2771 from 2036-07-01', detail: 'Một đổi tên' },
    ])
    expect(await entries()).toEqual([
      'H99 | budget_items | 2716 | Hai | 2026-01-01 | 2036-06-30',
      'H99 | budget_items | 2771 | Một | 2026-01-01 | 2036-06-30',
      'H99 | budget_items | 2771 | Một đổi tên | 2036-07-01 | -',
    ])
    expect((await setup('--catalogues-from', '2036-07-01')).step('budget-items.csv')?.changes).toEqual([])
    await items('2771,Một,2026-01-01,2036-06-30', '2771,Một đổi tên,2036-07-01,', '2721,Ba,,')
    await setup()
    expect((await entries())[1]).toBe(`H99 | budget_items | 2721 | Ba | ${businessDay(new Date())} | -`)
  })

  test('are named by line and column where they are wrong, and then nothing of the file is entered', async () => {
    await write('budget-items.csv', [
      'budget_item,name,agency_code,valid_from',
      '2771,Một,,2026-01-01',
      '15,Số không ở đầu bị mất,,2026-01-01',
      '2.8E+03,Hai,,2026-01-01',
      '2716,,,2026-01-01',
      '2716,Ba,,32/01/2026',
    ])
    await write('procedures.csv', ['procedure_code,name', '1.00119,Số không ở cuối bị mất', '"1,001193",Dấu phẩy'])
    await write('reliefs.csv', ['rule,name,fee_codes', 'A,B,C'])
    const bins = ['900001', '9.00001E+05', '90000', '9000011', '900001.0', '"900,001"', 'VCB']
    await write('banks.csv', ['bank_bin,name', ...bins.map((bin) => `${bin},Tên`)])
    const { hasFaults, step } = await setup()
    expect(hasFaults).toBe(true)
    const zeros = 'a spreadsheet takes zeros in front away where the column is not text'
    expect(faultsOf(step('budget-items.csv'))).toEqual([
      `3 budget_item must be a budget item of 4 digits; ${zeros}`,
      `4 budget_item must be a budget item of 4 digits; ${zeros}`,
      '5 name is missing',
      '6 valid_from must be a day written yyyy-mm-dd',
    ])
    expect(faultsOf(step('procedures.csv'))).toEqual([
      expect.stringMatching(/^3 procedure_code may hold letters, digits/),
    ])
    expect(faultsOf(step('reliefs.csv'))).toEqual(['1 fee_codes is no column of reliefs.csv'])
    const spelt = 'a spreadsheet may write it otherwise (9.7E+05) where the column is not text'
    expect(faultsOf(step('banks.csv'))).toEqual(
      [3, 4, 5, 6, 7, 8].map((at) => `${at} bank_bin must be a bank’s BIN of 6 digits; ${spelt}`),
    )
    expect(await entries()).toEqual([])
    await write('banks.csv', ['bank_bin,name', '900001,Tên'])
    await write('procedures.csv', ['procedure_code,name', '1.00119,Số không ở cuối bị mất'])
    await write('budget-items.csv', [
      'budget_item,name,agency_code',
      '2771,Một,H98',
      '2771,Hai,H99.01',
      '2771,Ba,H99.01',
    ])
    const second = await setup()
    expect(faultsOf(second.step('procedures.csv'))).toEqual([
      expect.stringMatching(/^2 procedure_code must be a code such as 1\.001193 .* zeros away/),
    ])
    expect(faultsOf(second.step('budget-items.csv'))).toEqual(['2 agency_code there is no such agency'])
    await write('budget-items.csv', ['budget_item,name', ...Array.from({ length: 20_001 }, () => '2771,Một')])
    expect(faultsOf((await setup()).step('budget-items.csv'))).toEqual(['has more than 20000 rows'])
    const badDay = await run('--catalogues-from', '2027-02-30')
    expect([badDay.code, badDay.error.split('\n')[0]]).toEqual([
      2,
      '--catalogues-from: must be a day such as 2027-01-01 or 01/01/2027',
    ])
  })

  test('are neither ended by an empty file nor changed from a day on that is over', async () => {
    await items('2771,Một,2026-01-01,')
    expect((await setup()).hasFaults).toBe(false)
    const before = await entries()
    await items()
    for (const more of [[], ['--catalogues-from', '2099-01-01']])
      expect(faultsOf((await setup(...more)).step('budget-items.csv'))).toEqual([
        'has no rows; to end a code, give its row a valid_to',
      ])
    await items('2716,Hai,,')
    const today = businessDay(new Date())
    const yesterday = addDays(today, -1)
    expect(faultsOf((await setup('--catalogues-from', yesterday)).step('budget-items.csv'))).toEqual([
      `cannot hold from ${yesterday} on, which is before today`,
    ])
    expect(await entries()).toEqual(before)
    expect((await setup('--catalogues-from', today)).step('budget-items.csv')?.changes).toMatchObject([
      { what: 'end', detail: yesterday },
      { what: 'add' },
    ])
  })

  test('lack no budget item of a price beside them, and what was entered before is told', async () => {
    await writeFile(join(folder, 'fees.csv'), `${setupFiles['fees.csv'].join('\r\n')}\r\n`)
    await items('2771,Một,2026-01-01,2036-06-30', '2799,Hai,2026-01-01,')
    const today = businessDay(new Date())
    const missing = (line: number, item: string, day: string) =>
      `fees.csv ${line} budget_item ${item} would hold in no entry of budget-items.csv on ${day}`
    const lacking = [
      missing(2, '2771', '2036-07-01'),
      // That price ends on 2026-12-31, and the next begins the day after.
      ...(today > '2026-12-31' ? [] : [missing(3, '2716', today)]),
      missing(4, '2716', today > '2027-01-01' ? today : '2027-01-01'),
    ]
    const told = (step: Step | undefined) =>
      step?.faults.map(({ file, line, column, reason }) => `${file} ${line} ${column} ${reason}`)
    // Before prices are entered, as they are entered, and when they were.
    for (const more of [['--dry-run'], [], []])
      expect(told((await setup(...more)).step('budget-items.csv'))).toEqual(lacking)
    expect(await entries()).toEqual([])
    await items('2771,Một,2026-01-01,', '2716,Hai,2026-01-01,')
    expect((await setup()).hasFaults).toBe(false)
    await items('2771,Một,2026-01-01,')
    const ending = await setup('--catalogues-from', '2036-03-01')
    expect(told(ending.step('budget-items.csv'))).toEqual([missing(4, '2716', '2036-03-01')])
    await rm(join(folder, 'fees.csv'))
    expect((await setup('--catalogues-from', '2036-03-01')).step('budget-items.csv')).toMatchObject({
      ...{ faults: [], changes: [{ what: 'end' }] },
      notes: ['prices entered before have items that it lacks: 2716 (H99 PHI-TEST from 2027-01-01)'],
    })
  })

  test('of several provinces need their agency, and a file ends nothing of a province that it is not about', async () => {
    await write('agencies.csv', ['agency_code,name,tax_code', 'H99,Tỉnh,2899000001', 'H98,Tỉnh khác,2899000009'])
    await rm(join(folder, 'fees.csv'))
    const head = 'budget_item,name,agency_code,valid_from'
    await write('budget-items.csv', [head, '2771,Một,,2026-01-01'])
    expect(faultsOf((await setup()).step('budget-items.csv'))).toEqual([
      '2 agency_code is missing, and no one agency is above all others',
    ])
    await write('budget-items.csv', [
      head,
      '2771,Một,H99,2026-01-01',
      '2771,Một,H98,2026-01-01',
      '2716,Hai,H98,2026-01-01',
    ])
    expect((await setup()).hasFaults).toBe(false)
    await write('budget-items.csv', [head, '2771,Một,H98,2026-01-01'])
    expect((await setup('--catalogues-from', '2036-01-01')).step('budget-items.csv')?.changes).toEqual([
      { what: 'end', name: 'H98 2716 from 2026-01-01', detail: '2035-12-31' },
    ])
  })

  test('are on record with their file, in each province that it is about with its own counts, where something has changed', async () => {
    const seen = new Set<unknown>()
    /** Those that are new since they were read last; one import's come in no order of their own. */
    const newRecords = async () => {
      const found = await database.sql`
        select id, agency_code, actor, object, rows, query from audit_log where action = 'catalogue.imported' order by agency_code`
      const fresh = found.filter(({ id }) => !seen.has(id))
      for (const { id } of fresh) seen.add(id)
      return fresh.map(({ id, ...row }) => row)
    }
    await write('agencies.csv', [
      'agency_code,name,tax_code',
      'H99,Tỉnh,2899000001',
      'H99.01,Sở,2899000002',
      'H98,Tỉnh khác,2899000009',
    ])
    await rm(join(folder, 'fees.csv'))
    const [head, ...rows] = [
      'budget_item,name,agency_code,valid_from',
      '2771,Một,H99,2026-01-01',
      '2716,Hai,H98,2026-01-01',
      '2721,Của sở,H99.01,2026-01-01',
    ]
    await write('budget-items.csv', [head ?? '', ...rows])
    await setup('--dry-run')
    expect(await newRecords()).toEqual([])
    const sha256 = createHash('sha256')
      .update(await readFile(join(folder, 'budget-items.csv')))
      .digest('hex')
    await setup()
    const first = Object.entries({ H98: 1, H99: 2 }).map(([agencyCode, own]) => ({
      ...{ agencyCode, actor: 'cli', object: 'budget_items', rows: own },
      query: { file: 'budget-items.csv', sha256, added: String(own), ended: '0' },
    }))
    expect(await newRecords()).toEqual(first)
    await setup()
    expect(await newRecords()).toEqual([])
    await write('budget-items.csv', [head ?? '', ...rows.slice(0, 1), ...rows.slice(2), '2799,Ba,H99,2026-01-01'])
    await setup('--catalogues-from', '2036-01-01')
    expect(await newRecords()).toMatchObject([{ agencyCode: 'H99', rows: 3, query: { added: '1', ended: '0' } }])
    await write('budget-items.csv', [head ?? '', '2771,Một,H99,2026-01-01', ...rows.slice(1, 2)])
    await setup('--catalogues-from', '2036-01-01')
    expect(await newRecords()).toMatchObject([
      { agencyCode: 'H98', rows: 1, query: { added: '0', ended: '0' } },
      { agencyCode: 'H99', rows: 1, query: { added: '0', ended: '2' } },
    ])
  })

  test('of thousands of codes go in whole', { timeout: 60_000 }, async () => {
    await setup()
    const codes = Array.from({ length: 3_500 }, (_, n) => `${String(n).padStart(4, '0')},Tiểu mục ${n},2026-01-01,`)
    await items(...codes)
    expect((await setup()).step('budget-items.csv')?.changes).toHaveLength(3_500)
    expect((await setup()).step('budget-items.csv')).toMatchObject({ changes: [], unchanged: 3_500 })
  })
})

test('the budget items to begin with can be read, and each says where it comes from and that it is to be compared', async () => {
  const { budgetItems } = await readCatalogues(join(packageRoot(), 'docs', 'setup'))
  expect(budgetItems?.faults).toEqual([])
  expect(budgetItems?.rows.length).toBeGreaterThan(20)
  for (const { value } of budgetItems?.rows ?? [])
    expect([value.source, value.validFrom]).toEqual([expect.stringMatching(/^CẦN KIỂM TRA: /), null])
})

test('the banks to begin with are those of our own table, and each says where it comes from and that it is to be compared', async () => {
  const { banks } = await readCatalogues(join(packageRoot(), 'docs', 'setup'))
  expect(banks?.faults).toEqual([])
  expect(banks?.rows.length).toBeGreaterThan(50)
  for (const { value } of banks?.rows ?? [])
    expect([value.name, value.source, value.validFrom]).toEqual([
      bankName(value.code),
      expect.stringMatching(/^CẦN KIỂM TRA: /),
      null,
    ])
})

test('an entry came when the database says, whatever the clock of whoever imports', async () => {
  await database.sql`insert into agencies ${database.sql({ agencyCode: 'H99', name: 'Tỉnh' })}`
  const deps = createTestDeps(database.database, { clock: createClock('2031-01-01T00:00:00Z') })
  await items('2771,Một,2026-01-01,')
  const { budgetItems } = await readCatalogues(folder)
  if (!budgetItems) throw new Error('no file')
  const kind = { catalogue: 'budget_items', codeColumn: 'budget_item', isDry: false, from: null } as const
  const [before] = await database.sql`select clock_timestamp() - interval '1 ms' as at`
  await enterCatalogue(deps, { ...budgetItems, ...kind })
  const [entry] = await database.sql`
    select created_at between ${before?.at} and clock_timestamp() + interval '1 ms' as is_of_database from catalogue_entries`
  expect(entry).toEqual({ isOfDatabase: true })
})

test('two imports at once come to what one after the other would', async () => {
  await database.sql`insert into agencies ${database.sql({ agencyCode: 'H99', name: 'Tỉnh' })}`
  const deps = createTestDeps(database.database)
  const enter = async (...lines: string[]) => {
    await items(...lines)
    const { budgetItems } = await readCatalogues(folder)
    if (!budgetItems) throw new Error('no file')
    return { ...budgetItems, catalogue: 'budget_items', codeColumn: 'budget_item', isDry: false, from: null } as const
  }
  const same = await enter(...Array.from({ length: 50 }, (_, n) => `${2_700 + n},Tên ${n},2026-01-01,`))
  const steps = await Promise.all(Array.from({ length: 4 }, () => enterCatalogue(deps, same)))
  expect(steps.map(({ changes }) => changes.length).toSorted()).toEqual([0, 0, 0, 50])
  expect(await entries()).toHaveLength(50)
  // Two names for one code from one day on: one is entered, the other is told.
  const [one, two] = [await enter('2700,A,2027-01-01,'), await enter('2700,B,2027-01-01,')]
  const both = await Promise.all([enterCatalogue(deps, one), enterCatalogue(deps, two)])
  expect(both.map(({ faults }) => faults.length).toSorted()).toEqual([0, 1])
  expect((await entries()).filter((each) => each.includes('| 2700 |'))).toHaveLength(2)
})
