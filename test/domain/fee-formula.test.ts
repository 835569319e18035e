import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import fees from '../../demo/fees.json' with { type: 'json' }
import { amountInWords } from '../../src/domain/amount-in-words.ts'
import { type FeeFacts, feeAmount, feeFormula } from '../../src/domain/fee-formula.ts'
import { bestRelief, type Relief, readReliefEffect } from '../../src/domain/fee-relief.ts'
import { sumDong } from '../../src/domain/money.ts'

const channel = z.enum(['counter', 'online'])
const inputShape = z.record(z.string(), z.unknown())
const itemShape = z.object({
  id: z.string(),
  fee_lines: z.array(z.object({ line_code: z.string(), calc: feeFormula })),
  reliefs: z
    .array(
      z.object({
        rule: z.string(),
        effect: z.string(),
        applies_to: z.array(z.string()).nullable().default(null),
        channel: channel.nullable().default(null),
        valid_from: z.string().nullable().default(null),
        valid_to: z.string().nullable().default(null),
        condition_vi: z.string().optional(),
      }),
    )
    .default([]),
  examples: z.array(z.object({ input: inputShape, expected_total_vnd: z.int(), expected_words_vi: z.string() })),
})
type Item = z.infer<typeof itemShape>
type Input = z.infer<typeof inputShape>
type Chosen = Record<string, FeeFacts>

const items = z.array(itemShape).parse(fees.items)
const personalRules = fees.relief_rules.filter((rule) => 'eligibility' in rule).map((rule) => rule.rule)

const number = (value: unknown) => z.int().parse(value)
const dong = (value: unknown) => BigInt(number(value))
const channelOf = (input: Input) => channel.parse(input.channel)
/** One line by the example's `case`. */
const byCase =
  (lines: Record<string, Chosen>) =>
  (input: Input): Chosen =>
    lines[z.string().parse(input.case)] ?? {}
/** Lines by the quantities that the example names. */
const byQuantity =
  (lines: Record<string, string>) =>
  (input: Input): Chosen =>
    Object.fromEntries(
      Object.entries(lines).flatMap(([key, code]) => (key in input ? [[code, { quantity: number(input[key]) }]] : [])),
    )
const always =
  (...codes: string[]) =>
  (): Chosen =>
    Object.fromEntries(codes.map((code) => [code, {}]))

/** Which lines a case takes, and with which facts: what an officer chooses at the counter. */
const choices: Record<string, (input: Input) => Chosen> = {
  'ct-ban-sao': ({ pages, copies }) => ({ 'PHI-CT-BS': { pages: number(pages), quantity: number(copies) } }),
  'ct-chu-ky': byQuantity({ cases: 'PHI-CT-CK' }),
  'ct-hop-dong': byQuantity({ new: 'PHI-CT-HD', amend: 'PHI-CT-HD-SD', fix: 'PHI-CT-HD-LOI' }),
  'ht-trich-luc': byQuantity({ copies: 'PHI-HT-TL' }),
  'ht-khai-sinh-multi': ({ late, copies }) => ({
    ...(late ? { 'LP-HT-KS': {} } : {}),
    'PHI-HT-TL': { quantity: number(copies) },
  }),
  'ht-ket-hon': always('LP-HT-KH'),
  'ht-khai-tu': ({ late }) => (late ? { 'LP-HT-KT': {} } : {}),
  'ct-thuong-tru': (input) => ({ 'LP-CT-TT': { channel: channelOf(input) } }),
  'cc-cap-doi': byCase({ doi: { 'LP-CC-DOI': {} }, lai: { 'LP-CC-LAI': {} } }),
  lltp: ({ slips }) => ({ 'PHI-LLTP': {}, 'PHI-LLTP-BS': { quantity: number(slips) } }),
  'dk-ho-kd': always('LP-DKKD'),
  'dk-doanh-nghiep': always('LP-DKDN', 'PHI-CBDN'),
  'gpxd-nha-o': always('LP-GPXD'),
  'dd-cap-gcn-lan-dau': always('PHI-TD-GCN', 'LP-GCN'),
  'dd-bien-dong': ({ lptb_base_vnd }) => ({ 'LP-BD': {}, 'LPTB-ND': { base: dong(lptb_base_vnd) } }),
  'dd-tien-sdd': ({ notice_vnd, instalment }): Chosen => {
    const notice = dong(notice_vnd)
    return instalment === 1
      ? { 'TSDD-1': { notice } }
      : { 'TSDD-2': { notice, instalments: [firstInstalment(notice)] } }
  },
  'dd-cung-cap-du-lieu': byQuantity({ docs: 'PHI-TLDD' }),
  'gdbd-dat': always('PHI-GDBD'),
  'dl-lu-hanh': byCase({ moi: { 'PHI-LH-MOI': {} }, doi: { 'PHI-LH-DOI': {} }, lai: { 'PHI-LH-LAI': {} } }),
  'dl-the-hdv': byCase({ quoc_te: { 'PHI-HDV': {} }, tai_diem: { 'PHI-HDV-TD': {} } }),
  co: byQuantity({ new: 'PHI-CO', reissue: 'PHI-CO-LAI' }),
  'xd-chung-chi-cn': byCase({
    lan_dau: { 'LP-CCHN': {} },
    cap_lai: { 'LP-CCHN-LAI': { lines: { 'LP-CCHN': 300_000n } } },
  }),
  'con-nuoi': always('LP-CN'),
  'qt-goc-vn': byCase({ goc_vn: { 'PHI-GVN': {} }, nhap_qt: { 'LP-NQT': {} } }),
  'tm-kd-co-dieu-kien': ({ payer, area, points }) => ({
    [payer === 'ho' ? 'PHI-TM-HO' : 'PHI-TM-TC']: {
      area: area === 'thanh_pho' ? 'city' : 'other',
      quantity: number(points ?? 1),
    },
  }),
  'gd-van-bang': byQuantity({ home: 'PHI-VB-VN', abroad: 'PHI-VB-NN' }),
  'ld-gp-lao-dong': byQuantity({ permits: 'LP-GPLD' }),
  'mt-dtm': always('PHI-DTM'),
  'dd-bd-giay-phep': ({ activities }): Chosen =>
    activities === undefined ? {} : { 'PHI-DDBD': { counted: number(activities) } },
  'xe-doi-dang-ky': byCase({ oto: { 'LP-XE-OTO': {} }, moto: { 'LP-XE-MOTO': {} } }),
  'phat-vphc': ({ decision_vnd }) => ({ PHAT: { notice: dong(decision_vnd) } }),
  'ht-giam-ho': always('LP-HT-GH'),
}

const firstInstalment = (notice: bigint) =>
  feeAmount(feeFormula.parse({ kind: 'percent_of_notice', pct: 50, due_days: 30 }), { notice })

function reliefsOf(item: Item): Relief[] {
  return item.reliefs.map((relief) => {
    const effect = readReliefEffect(relief.effect)
    if (!effect) throw new Error(`unknown effect ${relief.effect}`)
    return {
      rule: relief.rule,
      effect,
      appliesTo: relief.applies_to,
      channel: relief.channel,
      validFrom: relief.valid_from,
      validTo: relief.valid_to,
      isPersonal: relief.condition_vi !== undefined || personalRules.includes(relief.rule),
    }
  })
}

function total(item: Item, input: Input): bigint {
  const claimed = z.array(z.string()).parse(input.reliefs ?? (input.relief ? [input.relief] : []))
  const facts = {
    day: z.string().parse(input.date ?? fees.as_of),
    channel: input.channel === undefined ? null : channelOf(input),
    qualifiesFor: claimed,
  }
  const chosen = choices[item.id]?.(input) ?? {}
  return sumDong(
    Object.entries(chosen).map(([lineCode, lineFacts]) => {
      const line = item.fee_lines.find((candidate) => candidate.line_code === lineCode)
      if (!line) throw new Error(`no line ${lineCode}`)
      return bestRelief({ lineCode, amount: feeAmount(line.calc, lineFacts) }, reliefsOf(item), facts).amount
    }),
  )
}

describe('the sample fees', () => {
  const examples = items.flatMap((item) => item.examples.map((example) => ({ item, ...example })))

  it('are all covered', () => {
    expect(Object.keys(choices).sort()).toEqual(items.map((item) => item.id).sort())
    expect(items).toHaveLength(fees.count)
    expect(examples.length).toBeGreaterThan(50)
  })

  it.each(examples)('$item.id $input costs $expected_total_vnd', ({ item, input, ...expected }) => {
    const amount = total(item, input)
    expect(amount).toBe(BigInt(expected.expected_total_vnd))
    expect(amountInWords(amount)).toBe(expected.expected_words_vi.normalize('NFC'))
  })
})

describe('a fee formula', () => {
  const parse = (calc: object) => feeFormula.parse(calc)
  const pages = parse({
    kind: 'tiered_per_page',
    tiers: [
      { from_page: 1, to_page: 2, vnd: 2000 },
      { from_page: 3, to_page: null, vnd: 1000 },
    ],
    cap_per_copy_vnd: 200_000,
  })

  it.each([
    [0, 0n],
    [2, 4_000n],
    [3, 5_000n],
    [198, 200_000n],
    [199, 200_000n],
  ])('charges %i pages %s', (count, amount) => expect(feeAmount(pages, { pages: count })).toBe(amount))

  it('splits a notice into instalments that sum to it', () => {
    for (const notice of [0n, 1n, 2n, 152_340_001n, 999_999_999_999n]) {
      const first = firstInstalment(notice)
      expect(
        first + feeAmount(parse({ kind: 'remainder_of_notice', due_days: 90 }), { notice, instalments: [first] }),
      ).toBe(notice)
    }
  })

  it.each([
    ['pages', pages, {}],
    ['channel', parse({ kind: 'by_channel', counter_vnd: 2, online_vnd: 1 }), {}],
    ['area', parse({ kind: 'area_rate', base_vnd: 2, other_area_pct: 50 }), {}],
    ['base', parse({ kind: 'percent', pct: 0.5 }), {}],
    ['notice', parse({ kind: 'external_notice' }), {}],
    ['lines.X', parse({ kind: 'percent_of_line', line: 'X', pct: 50 }), { lines: {} }],
    ['quantity', parse({ kind: 'per_unit', unit_amount_vnd: 1 }), { quantity: -1 }],
    ['quantity', parse({ kind: 'per_unit', unit_amount_vnd: 1 }), { quantity: 1.5 }],
    ['a step for 15', parse({ kind: 'step_table', steps: [{ gte: 12, lte: 14, vnd: 1 }] }), { counted: 15 }],
    ['negative', parse({ kind: 'remainder_of_notice', due_days: 1 }), { notice: 1n, instalments: [2n] }],
    ['negative', parse({ kind: 'external_notice' }), { notice: -1n }],
  ])('refuses to guess %s', (name, formula, facts: FeeFacts) => {
    expect(() => feeAmount(formula, facts)).toThrow(name)
  })

  it.each([
    { kind: 'magic' },
    { kind: 'fixed', amount_vnd: -1 },
    { kind: 'fixed', amount_vnd: 1.5 },
    { kind: 'fixed', amount_vnd: 1e12 },
    { kind: 'percent', pct: 0.333 },
    { kind: 'percent', pct: -1 },
  ])('is not read from %j', (calc) => expect(feeFormula.safeParse(calc).success).toBe(false))
})
