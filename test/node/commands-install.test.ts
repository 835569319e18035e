// The README's commands must set up a fresh clone by themselves. With ignore-scripts, npm runs no pre- and post-scripts, so the step must stand in the command.
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

describe('the commands of the README', () => {
  it('install what is missing before anything else, and look for the new node afterwards', async () => {
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }
    for (const name of ['start', 'test', 'check', 'demo-run']) {
      expect(scripts[name]).toMatch(/^node scripts\/install-if-needed\.cjs && hash -r && /)
    }
  })

  it('rely on no script that npm would leave out', async () => {
    expect(await read('.npmrc')).toContain('ignore-scripts=true')
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }
    const names = Object.keys(scripts)
    expect(names.filter((name) => names.some((other) => name === `pre${other}` || name === `post${other}`))).toEqual([])
  })
})
