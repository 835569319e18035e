// What a repository owes to those who come to it: its licence, its decisions, its changes and its forms are there, whole and linked.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { packageRoot } from '../../src/node/migrations.ts'

const read = (...path: string[]) => readFileSync(join(packageRoot(), ...path), 'utf8')
const manifest = z.looseObject({ license: z.string(), version: z.string() }).parse(JSON.parse(read('package.json')))

test('the licence is the one that the package names', () => {
  expect(manifest.license).toBe('Apache-2.0')
  expect(read('LICENSE')).toMatch(/^\s+Apache License\n\s+Version 2\.0, January 2004\n/)
  expect(read('LICENSE')).toContain('Copyright 2026')
})

test('changes begin with what is not released yet, and say what is new and what was mended', () => {
  const [first = ''] = read('CHANGELOG.md').split(/^## /m).slice(1)
  expect(first).toMatch(/^Unreleased\n/)
  for (const kind of ['**New**', '**Mended**']) expect(first).toContain(kind)
})

const decisions = readdirSync(join(packageRoot(), 'docs', 'decisions')).filter((name) => name !== 'README.md')

describe.each(decisions)('decision %s', (name) => {
  const text = read('docs', 'decisions', name)
  const [, number, title] = /^# (\d+)\. (.+)\n/.exec(text) ?? []

  it('says when, what, why, at what cost, and when to look again', () => {
    for (const part of ['Decided', 'What.', 'Why.', 'What it costs.', 'To be looked at again'])
      expect(text).toContain(`**${part}**`)
  })

  it('is numbered as its file, and listed under its title', () => {
    expect(Number(name.slice(0, 4))).toBe(Number(number))
    expect(read('docs', 'decisions', 'README.md')).toContain(`[${number}. ${title}](${name})`)
  })
})

test('decisions are numbered without gaps', () => {
  expect(decisions.length).toBeGreaterThan(3)
  expect(decisions.toSorted().map((name) => Number(name.slice(0, 4)))).toEqual(decisions.map((_, index) => index + 1))
})

test('forms ask what is needed, and each question has its own name', () => {
  const form = z.object({
    name: z.string(),
    description: z.string(),
    body: z.array(z.looseObject({ type: z.string(), id: z.string().optional() })),
  })
  for (const name of ['fault.yml', 'wish.yml']) {
    const { body } = form.parse(parse(read('.github', 'ISSUE_TEMPLATE', name)))
    const ids = body.flatMap(({ id }) => id ?? [])
    expect(new Set(ids).size).toBe(body.filter(({ type }) => type !== 'markdown').length)
  }
})
