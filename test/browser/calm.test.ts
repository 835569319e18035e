// The kit itself: each thing that a page must not be is planted, and found.
import { expect, it } from 'vitest'
import { browserTown } from './kit/browser-town.ts'
import { expectCalm } from './kit/calm.ts'
import { expectKeyboardReachesAll } from './kit/keyboard.ts'

const { visitor, origin } = browserTown()

const page = (body: string) => `<!doctype html><html lang="vi"><title>x</title><main><h1>x</h1>${body}</main></html>`

const lax = "default-src *; style-src 'unsafe-inline'; img-src * data:; script-src 'self'"

const planted: Readonly<Record<string, { body: string; policy?: string; finds: string }>> = {
  'a picture without words': { body: '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', finds: 'axe image-alt' },
  'letters that are hardly seen': {
    body: '<style>p{color:#ccc}</style><p>Hardly seen</p>',
    finds: 'axe color-contrast',
  },
  'something wider than the window': {
    body: '<style>div{width:400px}</style><div>x</div>',
    finds: 'px wide in a window of 360',
  },
  'a style that the policy forbids': {
    body: '<p style="color:red">x</p>',
    policy: "default-src 'self'",
    finds: 'console error: Applying inline style',
  },
  'a script that throws': { body: '<script src="/x.js"></script>', finds: 'script: planted' },
  'a question to another host': { body: '<img alt="x" src="http://localhost:1/x.png">', finds: 'asks another host' },
  'a file that is not there': { body: '<img alt="x" src="/nothing.png">', finds: '/nothing.png answers 404' },
}

it.for(Object.entries(planted))('finds %s', async ([, { body, policy = lax, finds }]) => {
  const somebody = await visitor()
  await somebody.page.route(`${origin()}/planted`, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      headers: { 'content-security-policy': policy },
      body: page(body),
    }),
  )
  await somebody.page.route('**/x.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("planted")' }),
  )
  await somebody.page.goto('/planted')
  await expect(expectCalm(somebody)).rejects.toThrow(finds)
})

it('finds a stop that is not seen, and one that is not reached', async () => {
  const { page: shown } = await visitor()
  await shown.setContent(page('<style>a{outline:0}</style><a href="#x">x</a>'))
  await expect(expectKeyboardReachesAll(shown)).rejects.toThrow('without a visible focus')
  await shown.setContent(page('<style>a{outline:3px solid}</style><a href="#x">x</a><button tabindex="-1">x</button>'))
  await expect(expectKeyboardReachesAll(shown)).rejects.toThrow('in the order of the page')
})
