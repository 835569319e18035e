// The page of the API in a real browser: whoever has a secret asks for a token there, makes a call, and reads what comes, from this host alone.
import { expect, it } from 'vitest'
import { commune } from '../kit/orders.ts'
import { browserTown } from './kit/browser-town.ts'
import { expectCalm } from './kit/calm.ts'

const { town, visitor } = browserTown()

it('asks for a token, places an order, and is told why another call is refused', async () => {
  const reader = await visitor({ width: 360 })
  const { page, allow } = reader
  const { clientId, secret } = await town().client(['orders:read', 'orders:write'])
  await page.goto('/docs')
  const access = page.locator('#access')
  await access.locator('[name=client_id]').fill(clientId)
  await access.locator('[name=client_secret]').fill(secret)
  await access.getByRole('button').click()
  await expect.poll(() => access.getByRole('status').textContent()).toBe('The token is there.')

  const placing = page.locator('#placeOrder')
  await placing.getByText('Try it').click()
  const example = JSON.parse(await placing.locator('textarea').inputValue())
  // The example's agency is another province's.
  await placing.locator('textarea').fill(JSON.stringify({ ...example, agency_code: commune }))
  await placing.getByRole('button').click()
  await expect.poll(() => placing.getByRole('status').textContent()).toMatch(/^201 /)
  const [, answer = ''] = ((await placing.getByRole('status').textContent()) ?? '').split('\n\n')
  const order = JSON.parse(answer)
  expect(order).toMatchObject({ dossier_code: example.dossier_code, status: 'open' })
  expect(await town().order(order.id)).toMatchObject({ id: order.id })
  await expectCalm(reader)

  allow(404)
  const reading = page.locator('#readOrder')
  await reading.getByText('Try it').click()
  await reading.locator('[name=id]').fill('ord_00000000000000000000000000')
  await reading.getByRole('button').click()
  await expect.poll(() => reading.getByRole('status').textContent()).toMatch(/^404 [\s\S]*"code": "not_found"/)
})

it('is whole without its script, and sends nothing then', async () => {
  const { page } = await visitor({ scripts: 'off' })
  await page.goto('/docs')
  expect(await page.locator('#placeOrder').textContent()).toContain('POST /v1/orders')
  await page.locator('#placeOrder').getByText('Try it').click()
  expect(await page.locator('#placeOrder button').isDisabled()).toBe(true)
})
