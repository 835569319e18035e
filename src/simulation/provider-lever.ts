/** The levers of the simulated providers. */
import type { Json, World } from './world.ts'

/** What came of it; null when the provider says no, as to a payment that has expired. */
export const control = async (world: World, path: string, json: object): Promise<Json | null> => {
  world.answering += 1
  try {
    const answer = await world.simulators.app.request(`/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    })
    return answer.status < 400 ? ((await answer.json()) as Json) : null
  } finally {
    world.answering -= 1
  }
}
