import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { formatDong, table } from '../../src/node/commands/table.ts'
import { readSampleProcedures } from '../../src/node/demo-fees.ts'
import { planPayments } from '../../src/node/demo-run/story.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import { pageBlock } from '../kit/blocks.ts'
import { describedProcess, notDescribed } from '../kit/described-mark.ts'

const demoFolders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('lephi-demo-run-'))

describe('npm run demo-run', () => {
  test('pays by every simulated provider, heals what was lost, and ends with sums that agree', {
    timeout: 180_000,
  }, async () => {
    const { DATABASE_URL: _ours, GATEWAY_URL: _other, ...env } = process.env
    const before = await demoFolders()
    const typed = pageBlock('README.md', 'npm run demo-run')
    // Any other exit code than 0 rejects, with what was printed.
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', typed], {
      cwd: packageRoot(),
      env: { ...env, ...describedProcess() },
    })
    expect(stderr).not.toContain(notDescribed)
    expect(stdout.trim().split('\n').at(-1)).toBe('Everything agrees to the last đồng.')
    expect(stdout).toMatch(/Lê Thị Hoa pays 4\.145\.284 ₫ by \w+; its callback is lost/)
    expect(stdout).toMatch(/^ +\d+ s {2}Lê Thị Hoa: paid$/m)
    expect(stdout).toMatch(/^ +\d+ s {2}Vũ Thị Mai: open$/m)
    const providers = Object.keys(simulatedProviders)
    for (const name of providers) expect(stdout).toMatch(new RegExp(`^\\d+\\. .* by ${name}(;|$)`, 'm'))
    const payments = Math.max(5, providers.length)
    // One in five takes a wrong amount, and so stays open with its money in suspense.
    const wrong = Math.floor(payments / 5)
    expect(stdout).toMatch(new RegExp(`^ +order\\.paid +${payments - wrong}$`, 'm'))
    const suspense = formatDong(BigInt(wrong) * 50_001n).replaceAll('.', '\\.')
    expect(stdout).toMatch(new RegExp(`^ +in suspense, with a discrepancy each +${suspense} {2}agrees$`, 'm'))
    expect(stdout.match(/agrees$/gm)).toHaveLength(7)
    expect(await demoFolders()).toEqual(before)
  })

  test('computes each amount by the rule of its fees', async () => {
    const planned = planPayments(await readSampleProcedures(), ['one', 'two'])
    // Each sum stands in demo/fees.json as a worked example of its procedure.
    expect(planned.map(({ amount }) => amount)).toEqual([215_000n, 21_000n, 4_145_284n, 150_000n, 50_000n])
    expect(planned[0]?.lines).toMatchObject([
      { fee_code: 'PHI-LLTP', kind: 'phi', unit_amount: 200_000, quantity: 1 },
      { fee_code: 'PHI-LLTP-BS', kind: 'phi', unit_amount: 5_000, quantity: 3 },
    ])
  })
})

describe('a table', () => {
  test('stands in straight columns, also with letters that carry several marks', () => {
    expect(formatDong(4_145_284n)).toBe('4.145.284 ₫')
    expect(formatDong(-1_000n)).toBe('-1.000 ₫')
    expect(formatDong(0n)).toBe('0 ₫')
    const lines = table(
      ['người nộp', 'amount'],
      [
        ['Nguyễn Thị Lan'.normalize('NFD'), formatDong(8_000n)],
        ['Lê', formatDong(1_250_000n)],
      ],
    )
    expect(lines.map((line) => Array.from(line.normalize('NFC')).length)).toEqual([27, 27, 27, 27])
    expect(lines[2]).toMatch(/ {6}8\.000 ₫$/)
  })
})
