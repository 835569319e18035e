// The console as a person sees it: pages in, forms out, somebody signed in, no browser and no issuer.
import type { Role, Staff } from '../../src/domain/staff.ts'
import { openSession } from '../../src/flows/staff-session.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import type { TestApp } from './app.ts'

export type SeenPage = { status: number; html: string; text: string; location: string | null; response: Response }

export type Person = {
  staff: Staff
  cookie: string
  /** GET below /console. */
  open: (path: string) => Promise<SeenPage>
  /** Posts a form below /console as the page would send it; `once` stays the same to send one form twice. */
  send: (path: string, form: Record<string, string | readonly string[]>) => Promise<SeenPage>
  /** Posts files as the page would. */
  upload: (path: string, form: FormData) => Promise<SeenPage>
  /** Opens where a deed has led to. */
  follow: (page: SeenPage) => Promise<SeenPage>
}

type Asked = { request: (path: string, init?: RequestInit) => Response | Promise<Response> }

let people = 0

/** Signs somebody in: another person each time, unless `staff` names one. */
export const signIn = async (
  { app, deps }: { app: Asked; deps: TestApp['deps'] },
  role: Role,
  staff: Partial<Staff> = {},
): Promise<Person> => {
  people += 1
  const who = {
    subject: `https://issuer.example.vn#${role}${people}`,
    name: `Nguyễn Thị ${role}`,
    role,
    agency: 'H56',
    ...staff,
  }
  const { token } = await openSession(deps, who)
  const cookie = `${deps.publicUrl.startsWith('https://') ? '__Host-' : ''}lephi_console=${token}`
  const formToken = sha256Hex(`form ${token}`)
  const ask = async (path: string, init: RequestInit = {}): Promise<SeenPage> => {
    const headers = new Headers(init.headers)
    headers.set('cookie', cookie)
    headers.set('accept', 'text/html')
    const response = await app.request(path, { ...init, headers })
    const html = await response.clone().text()
    return { status: response.status, html, text: textOf(html), location: response.headers.get('location'), response }
  }
  const post = (path: string, body: URLSearchParams | FormData, query = '') =>
    ask(`/console${path}${query}`, { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin' } })
  return {
    staff: who,
    cookie,
    open: (path) => ask(`/console${path}`),
    send: (path, form) => {
      const pairs = Object.entries(form).flatMap(([name, value]) =>
        (typeof value === 'string' ? [value] : value).map((each) => [name, each]),
      )
      return post(path, new URLSearchParams([['form_token', formToken], ...pairs]))
    },
    upload: (path, form) => post(path, form, `?form_token=${formToken}`),
    follow: (page) => ask(page.location ?? '/nowhere'),
  }
}

/** What a reader reads. */
const textOf = (html: string): string =>
  html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
