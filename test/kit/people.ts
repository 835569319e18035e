// The API as our own pages call it: for somebody who has signed in.
import { createInnerApi } from '../../src/api/inner.ts'
import { createLimiter } from '../../src/api/limits.ts'
import { routeTable } from '../../src/api/routes.ts'
import { callerOf, type Role } from '../../src/domain/staff.ts'
import type { TestApp } from './app.ts'

/** One request of a person of `https://sso.example`, answered as the console gets it. */
export const openDoorForPeople = ({ deps }: TestApp) => {
  const inner = createInnerApi(routeTable, {
    deps,
    limiter: createLimiter({
      read: 10_000,
      write: 10_000,
      token: 10_000,
      checkout: 10_000,
      verify: 10_000,
      sign_in: 10_000,
    }),
    verifyToken: async () => null,
    checkAnswers: true,
  })
  return (
    path: string,
    {
      name = 'lan',
      role = 'accountant',
      agency = 'H56',
      ...init
    }: RequestInit & { name?: string; role?: Role; agency?: string } = {},
  ): Promise<Response> =>
    inner(new Request(`https://pay.example${path}`, init), {
      caller: callerOf({ subject: `https://sso.example#${name}`, name, role, agency }, 'ses_test'),
      clientAddress: '203.0.113.77',
      requestId: `req_${name}`,
    })
}
