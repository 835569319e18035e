// A receipt in a real browser: on the screen, on paper, and checked by a page that was saved to a file, without any network.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { pdfTexts } from '../kit/pdf-text.ts'
import { browserTown } from './kit/browser-town.ts'
import { scan } from './kit/citizen.ts'
import { orderScenes } from './kit/order-scenes.ts'

const { town, visitor, origin } = browserTown()

const receipt = async (): Promise<string> => (await orderScenes['a receipt']?.(town())) ?? ''

it('is printed on one sheet, in its own words and without the page around it', async () => {
  const { page } = await visitor({ width: 1280 })
  await page.goto(await receipt())
  // Letters that its fonts share out are texts of their own, so no space between them says anything.
  const sheets = (await pdfTexts(new Uint8Array(await page.pdf({ format: 'A4' })))).map((texts) =>
    texts.join('').replaceAll(/\s/g, ''),
  )
  expect(sheets).toHaveLength(1)
  expect(sheets[0]).toContain('Mộttrămnămmươinghìnđồng')
  expect(sheets[0]).not.toMatch(/English|Cầnhỗtrợ|PDF/)
})

it('is checked by a saved file, without any network, and an altered one is told from it', async () => {
  const online = await visitor({ width: 1280 })
  await online.page.goto(await receipt())
  const code = await scan(online.page.locator('figure.code svg'))
  expect(code).toContain(`${origin()}/verify#`)
  const saved = await online.page.request.get('/verify')
  const folder = await mkdtemp(join(tmpdir(), 'lephi-verify-'))
  try {
    const file = join(folder, 'verify.html')
    await writeFile(file, await saved.body())
    const { page, context } = await visitor()
    await context.setOffline(true)
    const [, proof = ''] = code.split('#')
    await page.goto(`${pathToFileURL(file).href}#${proof}`)
    const said = page.locator('#result h2')
    expect(await said.textContent()).toBe('Biên lai thật')
    await page.locator('#code').fill(altered(proof))
    await page.locator('form button').first().click()
    await said.getByText('Biên lai không hợp lệ').waitFor()
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** One đồng more in what is signed. */
const altered = (proof: string): string => {
  const [head, body = '', signature] = proof.split('.')
  const text = Buffer.from(body, 'base64url').toString().replace('150000', '150001')
  return [head, Buffer.from(text).toString('base64url'), signature].join('.')
}
