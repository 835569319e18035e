// The upload in two steps: what is seen before anything is imported, the mapping of columns, and what becomes of the file.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, type SeenPage, signIn } from '../../kit/console.ts'
import { seedMerchantAccount } from '../../kit/orders.ts'
import { providerFile } from '../../kit/statements.ts'

let town: TestApp
let account: string
let accountant: Person
beforeAll(async () => {
  town = await startTestApp()
  accountant = await signIn(town, 'accountant')
})
afterAll(() => town.close())
beforeEach(async () => {
  account = await seedMerchantAccount(town.deps, town.sql, { provider: 'test' })
})

let times = 0
const canonical = () => {
  times += 1
  return providerFile([{ reference: `U${times}`, amount: 150_000 }])
}
/** As a provider writes it, with words of its own; each time other bytes. */
const own = () => {
  times += 1
  return [
    'Báo cáo giao dịch;;;;',
    'Thời gian;Mã đơn;Loại giao dịch;Số tiền;Trạng thái',
    `23/11/2026 09:00:00;<img src=x>${times};Thanh toán;1.150.000;Thành công`,
    `23/11/2026 09:05:00;B${times};Thu phí đường;50.000;Thành công`,
  ].join('\n')
}
const formOf = (file: string, more: Record<string, string> = {}) => {
  const form = new FormData()
  const fields = { merchant_account: account, source: 'provider', format: 'auto', ...more }
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', new File([file], 'tháng 11.csv'))
  return form
}
const sendFile = async (file: string, more: Record<string, string> = {}) => {
  const sent = await accountant.upload('/statements', formOf(file, more))
  expect(sent.status).toBe(303)
  return { path: (sent.location ?? '').replace('/console', ''), page: await accountant.follow(sent) }
}

/** What a form of the page would send, as it was filled in by us. */
const fieldsOf = ({ html }: SeenPage, marker: string): Record<string, string> => {
  const form =
    [...html.matchAll(/<form[\s\S]*?<\/form>/g)].map(([text]) => text).find((text) => text.includes(marker)) ?? ''
  const plain = (text = '') =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  const inputs = [...form.matchAll(/<input[^>]*>/g)].flatMap(([tag]) => {
    const name = /name="([^"]*)"/.exec(tag)?.[1]
    return name ? [[name, plain(/value="([^"]*)"/.exec(tag)?.[1])]] : []
  })
  const selects = [...form.matchAll(/<select[^>]*name="([^"]*)"[\s\S]*?<\/select>/g)].map(([text, name = '']) => [
    name,
    plain(/<option value="([^"]*)" selected/.exec(text)?.[1] ?? /<option value="([^"]*)"/.exec(text)?.[1]),
  ])
  return Object.fromEntries([...inputs, ...selects])
}
const statements = () =>
  town.sql`select id, status, accepted, created_by, format from statements where merchant_account_id = ${account}`

describe('an upload', () => {
  test('is shown first, and imported when somebody says so, once', async () => {
    const { path, page } = await sendFile(canonical())
    expect(page.text).toContain('Xem trước: tháng 11.csv')
    expect(page.text).toContain('Chưa có gì được nhập')
    expect(page.text).toContain('150.000')
    expect(page.text).toContain('CSV, cột chuẩn')
    expect(await statements()).toHaveLength(0)
    const fields = fieldsOf(page, 'value="import"')
    const [first, second] = [await accountant.send(path, fields), await accountant.send(path, fields)]
    expect(first.location).toMatch(/\/console\/statements\/stm_\w+\?done=queued/)
    expect(second.location).toBe(first.location)
    await town.deps.settled()
    expect(await statements()).toMatchObject([{ status: 'imported', accepted: 1, createdBy: accountant.staff.subject }])
  })
  test('of a file that was imported before leads to that import and says so', async () => {
    const file = canonical()
    const [first, second] = [await sendFile(file), await sendFile(file)]
    const taken = await accountant.send(first.path, fieldsOf(first.page, 'value="import"'))
    await town.deps.settled()
    const again = await accountant.send(second.path, fieldsOf(second.page, 'value="import"'))
    expect(again.location?.replace('done=same', '')).toBe(taken.location?.replace('done=queued', ''))
    expect((await accountant.follow(again)).text).toContain('đã được nhập trước đây')
    expect(await statements()).toHaveLength(1)
  })
  test('waits in the list until it is thrown away', async () => {
    const { path, page } = await sendFile(canonical())
    expect((await accountant.open('/statements')).html).toContain(path)
    const gone = await accountant.send(path, fieldsOf(page, 'value="discard"'))
    expect((await accountant.follow(gone)).text).toContain('Đã bỏ tệp')
    expect((await accountant.open('/statements')).html).not.toContain(path)
    expect((await accountant.open(path)).status).toBe(404)
  })
  test('that breaks off half-way leaves nothing, and a page that says so', async () => {
    const count = async () =>
      town.sql`select (select count(*) from statement_drafts)::int as drafts, (select count(*) from statement_chunks)::int as chunks`
    const before = await count()
    const whole = new Response(formOf(canonical()))
    const bytes = new Uint8Array(await whole.arrayBuffer())
    const query = new URLSearchParams({
      form_token: fieldsOf(await accountant.open('/reconciliations'), 'value="start"').form_token ?? '',
    })
    const cut = await town.app.request(`/console/statements?${query}`, {
      method: 'POST',
      body: bytes.subarray(0, bytes.length - 80),
      headers: {
        cookie: accountant.cookie,
        'sec-fetch-site': 'same-origin',
        'content-type': whole.headers.get('content-type') ?? '',
      },
    })
    expect(cut.status).toBe(400)
    expect(await cut.text()).toContain('role="alert"')
    expect(await count()).toEqual(before)
  })
  test('is nothing for a checker, nor without the form token', async () => {
    const checker = await signIn(town, 'checker')
    const list = await checker.open('/statements')
    expect([list.status, list.html.includes('type="file"')]).toEqual([200, false])
    expect((await checker.upload('/statements', formOf(canonical()))).status).toBe(403)
    const answer = await town.app.request('/console/statements', {
      method: 'POST',
      body: formOf(canonical()),
      headers: { cookie: accountant.cookie, 'sec-fetch-site': 'same-origin' },
    })
    expect(answer.status).toBe(403)
    expect(await town.sql`select from statement_drafts where merchant_account_id = ${account}`).toHaveLength(0)
  })
  test('without an account is asked for one', async () => {
    const sent = await accountant.upload('/statements', formOf(canonical(), { merchant_account: '' }))
    expect([sent.status, sent.text.includes('Chưa thực hiện được')]).toEqual([422, true])
  })
})

describe('a file of somebody’s own', () => {
  test('is mapped by a form that tries it, saved as the account’s profile and imported', async () => {
    const { path, page } = await sendFile(own())
    expect(page.text).toContain('gợi ý từ tệp')
    expect(page.text).toMatch(/1 \/ 2/)
    expect(page.html).not.toContain('<img src=x>')
    // The word that nobody knew is given its meaning.
    const mapping = fieldsOf(page, 'name="mapped"')
    expect(mapping).toMatchObject({
      header: '2',
      c_amount: 'Số tiền',
      number: ',_.',
      date: 'dd/MM/yyyy HH:mm:ss',
      delimiter: ';',
    })
    expect(mapping.w_line_type_1).toBe('Thu phí đường')
    const tried = await accountant.open(`${path}?${new URLSearchParams({ ...mapping, v_line_type_1: 'adjustment' })}`)
    expect(tried.text).toMatch(/2 \/ 2/)
    expect(tried.text).toContain('Lưu cách đọc này và nhập')
    const [saved] = await town.sql`select statement_profile from merchant_accounts where id = ${account}`
    expect(saved?.statementProfile).toBeNull()
    const taken = await accountant.send(path, fieldsOf(tried, 'value="import"'))
    expect(taken.status).toBe(303)
    await town.deps.settled()
    expect(await statements()).toMatchObject([{ status: 'imported', accepted: 2, format: 'profile' }])
    // The next file of this kind needs nothing but a look.
    const next = await sendFile(own())
    expect(next.page.text).toContain('Đang dùng cách đọc đã lưu')
    expect(next.page.text).toMatch(/2 \/ 2/)
  })
  test('with a mapping that cannot be is shown what is wrong, with what was typed', async () => {
    const { path, page } = await sendFile(own())
    const mapping = { ...fieldsOf(page, 'name="mapped"'), c_amount: '', date: 'ngày <b>' }
    const refused = await accountant.open(`${path}?${new URLSearchParams(mapping)}`)
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('id="date-wrong"')
    expect(refused.html).toContain('id="c-amount-wrong"')
    expect(refused.html).toContain('value="ngày &lt;b&gt;"')
    expect(refused.html).not.toContain('value="import"')
  })
  test('with wrong letters in the address, or in what the form hides, is a calm page', async () => {
    const { path } = await sendFile(own())
    const forged = { act: 'save', account, source: 'provider', format: 'profile', profile: '{' }
    expect((await accountant.send(path, forged)).status).toBe(422)
    expect((await accountant.open(`${path}?mapped=1&encoding=klingon`)).status).toBe(404)
    expect((await accountant.open('/statements?status=nonsense')).status).toBe(404)
  })
})
