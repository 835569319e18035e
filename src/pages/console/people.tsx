/** Who `issuer#subject` is, in words: deeds name people by what their issuer calls them for ever, and colleagues know each other by name. */
import type { Child } from 'hono/jsx'
import { z } from 'zod'
import type { Language } from '../language.ts'
import { pageOf } from './console-api.ts'
import type { Choice } from './pick.ts'
import type { Visit } from './screen.ts'

const staffPage = pageOf(z.object({ subject: z.string(), name: z.string() }))

/** So many names one call answers. */
const namesMax = 50

/** Shows who did something; null for nobody. */
export type People = (by: string | null | undefined) => Child

/** Reads the names of these people, whatever else is among them: machines and the gateway itself need no look-up. */
export const readPeople = async (
  { api, staff, language }: Pick<Visit, 'api' | 'staff' | 'language'>,
  by: readonly (string | null | undefined)[],
): Promise<People> => {
  const subjects = [...new Set(by.filter((each) => each !== null && each !== undefined))].filter(isPerson)
  const names = new Map<string, string>([[staff.subject, staff.name]])
  for (let at = 0; at < subjects.length; at += namesMax) {
    const asked = subjects.slice(at, at + namesMax).map(encodeURIComponent)
    const { data } = await api.get(staffPage, '/v1/staff', { subjects: asked.join(' '), limit: 200 })
    for (const { subject, name } of data) names.set(subject, name)
  }
  return (each) => (each === null || each === undefined ? null : shown(each, { names, self: staff.subject, language }))
}

/** The accountants to whom something can be given, by name. */
export const accountantChoices = async ({ api }: Pick<Visit, 'api'>): Promise<Choice[]> => {
  const { data } = await api.get(staffPage, '/v1/staff', { role: 'accountant', limit: 200 })
  return data
    .map(({ subject, name }) => ({ value: subject, label: name }))
    .toSorted((a, b) => a.label.localeCompare(b.label, 'vi'))
}

const isPerson = (by: string): boolean => by.includes('#')

type Around = { names: ReadonlyMap<string, string>; self: string; language: Language }

const shown = (by: string, { names, self, language }: Around): Child => {
  const copy = words[language]
  if (by === 'lephi') return copy.gateway
  const name = names.get(by)
  if (by === self) return `${name} (${copy.self})`
  if (!name && isPerson(by)) return <code>{by.slice(by.lastIndexOf('#') + 1)}</code>
  if (!name)
    return (
      <>
        {copy.machine} <code class="small">{by}</code>
      </>
    )
  const isShared = [...names.values()].filter((each) => each === name).length > 1
  // Two people may have one name; what their issuer calls them tells them apart.
  return isShared ? (
    <>
      {name} <small>{by.slice(by.lastIndexOf('#') + 1)}</small>
    </>
  ) : (
    name
  )
}

const words = {
  vi: { gateway: 'Hệ thống', machine: 'Phần mềm kết nối', self: 'Ông/Bà' },
  en: { gateway: 'The gateway', machine: 'A connected system', self: 'you' },
}
