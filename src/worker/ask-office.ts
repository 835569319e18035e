/** The office, as the front knows it: another Worker behind a binding, which nobody else reaches. */
import type { Deps } from '../flows/deps.ts'
import type { Env } from './create-worker.ts'

type Office = { fetch: (request: Request) => Promise<Response> }

/** Hands a request on as it came. While the office is away, its addresses are; nothing of the front's is. */
export const askOffice = async (request: Request, { OFFICE }: Env): Promise<Response> => {
  if (!isOffice(OFFICE)) return unavailable()
  return OFFICE.fetch(request).catch(unavailable)
}

const unavailable = (): Response => new Response('unavailable\n', { status: 503, headers: { 'retry-after': '30' } })

const isOffice = (binding: unknown): binding is Office =>
  typeof binding === 'object' && binding !== null && 'fetch' in binding

const atTheOffice = () => Promise.reject(new Error('only the office has these files'))

/** The front serves no file and prints nothing. */
export const noFiles: Pick<Deps, 'pdfFonts' | 'webFont'> = { pdfFonts: atTheOffice, webFont: atTheOffice }
