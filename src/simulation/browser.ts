/** A citizen's browser: it knows addresses, forms and nothing of payments. */
import { isNetworkError } from './caller.ts'
import type { World } from './world.ts'

export type Answered = { status: number; location: string; text: string }

export const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/** Looks at a page of ours, or posts a form to it; null for a page that does not come. Goes nowhere by itself. */
export const visit = async (world: World, url: string, fields?: Record<string, string>): Promise<Answered | null> => {
  const path = url.replace(world.publicUrl, '')
  const init = fields ? postOf(fields) : {}
  try {
    const answer = await world.network.carry({ road: 'open', label: 'page', init }, () =>
      world.cluster.handle(path, init),
    )
    return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() }
  } catch (error) {
    if (!isNetworkError(error)) throw error
    return null
  }
}

export const postOf = (fields: Record<string, string>) => ({
  method: 'POST',
  headers: { ...formType, 'sec-fetch-site': 'same-origin' },
  body: new URLSearchParams(fields).toString(),
})

/** The form on a page that goes to another place, with what is hidden in it. */
export const readForm = (text: string): { action: string; fields: Record<string, string> } | null => {
  const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1]
  const hidden = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  const fields = Object.fromEntries(hidden.map(([, name, value]) => [plain(name), plain(value)]))
  return action === undefined ? null : { action: plain(action), fields }
}

export const plain = (text = ''): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
