// Tries every deed about a thing in every situation that it can be in, and holds what came of it against the table of the domain and the links that openapi.yaml gives.
import { describe, expect, it } from 'vitest'
import type { Deeds } from '../../src/domain/case-deeds.ts'
import type { TestApp } from './app.ts'
import { description } from './description.ts'

export type Body = Record<string, unknown> & { id: string; status: string; code?: string }

export type Way = { deed: string; operationId: string; verb: string; json: () => object | Promise<object> }

export type Situation = {
  name: string
  /** Makes a new thing that is in it, and answers its path. */
  make: () => Promise<string>
  /** What its state allows and the situation does not, by deed, with the code of the refusal: that is what a link's own words are about. */
  but?: Readonly<Record<string, string>>
}

export type Holding = {
  gateway: () => TestApp
  /** Who does the deeds. */
  token: () => string
  path: string
  table: Deeds<string, string>
  ways: readonly Way[]
  situations: readonly Situation[]
}

type Link = { operationId: string; description: string; 'x-states'?: string[] }

export const holdDeeds = ({ gateway, token, path, table, ways, situations }: Holding): void => {
  const call = async (at: string, json?: object) => {
    const answer = await gateway().request(at, { token: token(), ...(json ? { json } : {}) })
    return { status: answer.status, body: (await answer.json()) as Body }
  }
  const reached = new Set<string>()

  describe.each(situations)('$name', ({ make, but = {} }) => {
    it.each(ways)('$operationId', async ({ deed, verb, json }) => {
      const at = await make()
      const { body: before } = await call(at)
      const mayLead = table[before.status]?.[deed]
      const { status, body } = await call(`${at}/${verb}`, await json())
      if (mayLead && !but[deed]) {
        expect([status, body]).toEqual([200, expect.anything()])
        expect(mayLead).toContain(body.status)
        reached.add(`${before.status} ${deed} ${body.status}`)
        return
      }
      expect([status, body.code]).toEqual(
        mayLead ? [expect.any(Number), but[deed]] : [409, expect.stringMatching(/_not_\w+$/)],
      )
      expect(status).toBeGreaterThanOrEqual(400)
      expect((await call(at)).body).toEqual(before)
    })
  })

  it('leads wherever the table says, and is named by links in those states and no others', () => {
    const states = Object.keys(table)
    const led = states.flatMap((state) =>
      Object.entries(table[state] ?? {}).flatMap(([deed, to = []]) => to.map((each) => `${state} ${deed} ${each}`)),
    )
    expect([...reached].toSorted()).toEqual(led.toSorted())
    const links = description().find('GET', path)?.operation.responses['200']?.links as Record<string, Link>
    for (const { deed, operationId } of ways) {
      const link = links[operationId]
      const named = states.filter((state) => link?.['x-states']?.includes(state) ?? link !== undefined)
      expect([operationId, named]).toEqual([operationId, states.filter((state) => table[state]?.[deed])])
      const isLimited = situations.some(({ but }) => but?.[deed])
      expect([operationId, /, and |^When /.test(link?.description ?? '')]).toEqual([operationId, isLimited])
    }
    const tried = new Set(ways.map(({ operationId }) => operationId))
    const untried = Object.keys(links).filter((name) => !tried.has(name) && !name.startsWith('read'))
    expect(untried).toEqual([])
  })
}
