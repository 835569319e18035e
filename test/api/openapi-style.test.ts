// The style of openapi.yaml, by Redocly's rules (redocly.yaml): none is broken, one that is broken is seen, and one that is off says why.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'

const root = packageRoot()
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** What `npm run openapi-lint` says of a description; empty where it finds nothing. */
const lint = async (description: string): Promise<string> => {
  const command = String(scripts['openapi-lint']).replace(
    ' lint openapi.yaml ',
    ` lint ${description} --format stylish `,
  )
  const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` }
  return promisify(execFile)('bash', ['-c', command], { cwd: root, env, timeout: 150_000 }).then(
    () => '',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}` || 'it ended before it said why',
  )
}

it('breaks no rule', { timeout: 160_000 }, async () => {
  expect(scripts.lint).toContain('npm run openapi-lint')
  expect(await lint('openapi.yaml')).toBe('')
})

it('would be seen to break one', { timeout: 160_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lephi-style-'))
  try {
    const description = await readFile(join(root, 'openapi.yaml'), 'utf8')
    const altered = join(folder, 'openapi.yaml')
    await writeFile(
      altered,
      description.replace(/^ {2}license:\n(?: {4}.*\n)+/m, '').replace(/^(tags:\n {2}- name: )\w+$/m, '$1Nothing'),
    )
    const said = await lint(altered)
    for (const rule of ['info-license', 'operation-tag-defined']) expect(said).toContain(rule)
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('has a reason before each rule that is off, and asks nobody outside', async () => {
  const settings = await readFile(join(root, 'redocly.yaml'), 'utf8')
  expect(settings).toMatch(/^extends:\n {2}- recommended-strict$/m)
  expect(settings).toMatch(/^telemetry: off$/m)
  const lines = settings.split('\n')
  for (const [index, line] of lines.entries())
    if (/^ {2}[\w-]+: (?:off|warn)\b/.test(line)) expect(lines[index - 1], line).toMatch(/^ {2}# \S.{20,}/)
})
