// A browser without pages: it keeps cookies as browsers do, and follows where it is led only when told.

export type Visitor = {
  /** One request with the cookies that belong to it; no redirect is followed. */
  ask: (url: string, init?: RequestInit) => Promise<Response>
  /** GET, and where that leads, until a page comes. */
  open: (url: string) => Promise<{ url: string; response: Response; html: string }>
  /** Posts a form as a page of the same site would, and follows. */
  send: (url: string, form: Record<string, string>) => Promise<{ url: string; response: Response; html: string }>
  /** The cookies with their flags as they were given: by name, or by name and path (`name /path`) where that is not the root. */
  cookies: Map<string, { value: string; path: string; flags: string }>
}

type Asked = (url: string, init: RequestInit) => Promise<Response>

export const createVisitor = (base: string, ask: Asked = (url, init) => fetch(url, init)): Visitor => {
  const cookies: Visitor['cookies'] = new Map()
  const request: Visitor['ask'] = async (url, init = {}) => {
    const { href, pathname } = new URL(url, base)
    const sent = [...cookies].filter(([, { path }]) =>
      `${pathname}/`.startsWith(path.endsWith('/') ? path : `${path}/`),
    )
    const headers = new Headers({ accept: 'text/html', ...Object.fromEntries(new Headers(init.headers)) })
    if (sent.length > 0)
      headers.set('cookie', sent.map(([name, { value }]) => `${name.split(' ')[0]}=${value}`).join('; '))
    const response = await ask(href, { ...init, headers, redirect: 'manual' })
    for (const given of response.headers.getSetCookie()) {
      const [pair = '', ...flags] = given.split(/; */)
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      const flag = (key: string) =>
        flags.find((each) => each.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1)
      const isOver = flag('max-age') === '0' || Date.parse(flag('expires') ?? '9999-01-01T00:00:00Z') < 1
      const path = flag('path') ?? '/'
      const key = path === '/' ? name : `${name} ${path}`
      if (isOver) cookies.delete(key)
      else cookies.set(key, { value, path, flags: flags.join('; ') })
    }
    return response
  }
  const follow = async (url: string, first: Response) => {
    let [at, response] = [new URL(url, base).href, first]
    for (let steps = 0; steps < 10; steps += 1) {
      const location = response.headers.get('location')
      if (location === null) return { url: at, response, html: await response.text() }
      at = new URL(location, at).href
      response = await request(at)
    }
    throw new Error(`led in circles to ${at}`)
  }
  return {
    cookies,
    ask: request,
    open: async (url) => follow(url, await request(url)),
    send: async (url, form) => follow(url, await request(url, sameSitePost(form))),
  }
}

/** What a browser posts from a page of the same site. */
export const sameSitePost = (form: Record<string, string>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(form),
  headers: { 'sec-fetch-site': 'same-origin' },
})
