/** The people of the console by name, so that a deed's `issuer#subject` can be read. */
import { z } from '@hono/zod-openapi'
import { roles } from '../domain/staff.ts'
import { toRfc3339 } from '../lib/time.ts'
import { listStaff } from '../store/staff-names.ts'
import { instantOut } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const role = z.enum(roles as [(typeof roles)[number], ...(typeof roles)[number][]])

const person = z
  .strictObject({
    subject: z.string().openapi({ description: '`issuer#subject`: as deeds name the person.' }),
    name: z.string(),
    role,
    agency_code: z.string(),
    last_seen_at: instantOut,
  })
  .openapi('StaffMember')

const subjectsMax = 50

/** `a%20b c`: each percent-encoded, a space between them. */
const subjects = z
  .string()
  .max(12_000)
  .transform((value, context) => {
    try {
      const read = value.split(' ').map(decodeURIComponent)
      if (read.length <= subjectsMax && read.every((each) => /^\P{Cc}{1,200}$/u.test(each))) return read
    } catch {
      // Told below like any other text that is no list.
    }
    context.addIssue(`must be at most ${subjectsMax} subjects, each percent-encoded, with spaces between them`)
    return z.NEVER
  })
  .openapi({
    type: 'string',
    description: `At most ${subjectsMax}, each percent-encoded, with spaces between them. Then people of agencies above the caller’s are told too.`,
  })

export const staffRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/staff',
    operationId: 'listStaff',
    summary: 'List the people who sign in to the console',
    description:
      'As their issuer called them when they last signed in. Who works above the caller’s agency is told only to who asks for that very subject, as a deed names it.',
    tag: 'Administration',
    scopes: ['reconciliation:read', 'reconciliation:write', 'refunds:approve', 'reports:read'],
    request: { query: z.strictObject({ ...pageQuery, subjects: subjects.optional(), role: role.optional() }) },
    responses: { 200: { description: 'A page, by subject.', schema: pageOf(person) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('staff', query)
      const rows = await listStaff(deps.db, caller.agency, {
        subjects: query.subjects ?? null,
        role: query.role ?? null,
        after,
        limit: limit + 1,
      })
      const present = ({ subject, name, role: held, agencyCode, seenAt }: (typeof rows)[number]) => ({
        ...{ subject, name, role: held },
        agency_code: agencyCode,
        last_seen_at: toRfc3339(seenAt),
      })
      return { status: 200, json: pageAnswer(rows, { list: 'staff', limit, keyOf: ({ subject }) => subject, present }) }
    },
  }),
]
