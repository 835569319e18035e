// Every screen of the console, found by following links as its people do: in both languages and palettes, at a desk and on a phone.
import { beforeAll, expect, it } from 'vitest'
import { roles } from '../../src/domain/staff.ts'
import type { Screen } from '../../src/pages/console/screen.ts'
import { screens } from '../../src/pages/console/screens.ts'
import { browserTown } from './kit/browser-town.ts'
import { expectCalm, expectCalmInAllLights } from './kit/calm.ts'
import { expectKeyboardReachesAll } from './kit/keyboard.ts'
import { clerk, makeDay } from './kit/office.ts'
import { staffCookie } from './kit/staff-cookie.ts'

const house = browserTown()
const { town } = house

type Found = { path: string; role: Screen['roles'][number]; isFile: boolean }
const found = new Map<Screen, Found>()

/** The screen that answers at a path; one with a name of its own goes before one with a parameter. */
const screenAt = (path: string): Screen | undefined =>
  [...screens]
    .toSorted((a, b) => a.path.split(':').length - b.path.split(':').length)
    .find((screen) => new RegExp(`^/console${screen.path.replaceAll(/:\w+/g, '[^/]+')}/?$`).test(path))

/** Links are followed until nothing new is found, some of each kind: what an order leads to depends on the order. */
const explore = async (role: Found['role']): Promise<void> => {
  const { name, value } = await staffCookie(town().deps, role)
  const waiting = ['/console']
  const seen = new Map<Screen, Set<string>>()
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const screen = screenAt(path.replace(/\?.*/, ''))
    if (!screen?.roles.includes(role)) continue
    const visited = seen.get(screen) ?? new Set()
    if (visited.has(path) || visited.size === 3) continue
    seen.set(screen, visited.add(path))
    const answer = await town().app.request(path, { headers: { cookie: `${name}=${value}`, accept: 'text/html' } })
    expect([path, answer.status]).toEqual([path, 200])
    const isFile = !answer.headers.get('content-type')?.startsWith('text/html')
    if (!found.has(screen)) found.set(screen, { path, role, isFile })
    if (isFile) continue
    const links = (await answer.text()).matchAll(/href="(\/console[^"#]*)/g)
    waiting.push(...Array.from(links, ([, link = '']) => link.replaceAll('&amp;', '&')))
  }
}

const inLanguage = (path: string, language: 'vi' | 'en') => `${path}${path.includes('?') ? '&' : '?'}lang=${language}`

beforeAll(async () => {
  await makeDay(town())
  for (const role of roles) await explore(role)
}, 120_000)

it.for(screens.map((screen) => [screen.path || '/', screen] as const))('is calm: %s', async ([, screen]) => {
  const place = found.get(screen)
  if (!place) throw new Error('no link leads there')
  if (place.isFile) return
  const person = await clerk(house, place.role)
  await person.page.goto(inLanguage(place.path, 'vi'))
  await expectCalmInAllLights(person)
  await expectKeyboardReachesAll(person.page)
  await person.page.setViewportSize({ width: 360, height: 740 })
  await person.page.goto(inLanguage(place.path, 'en'))
  expect(await person.page.locator('html').getAttribute('lang')).toBe('en')
  await expectCalm(person)
})
