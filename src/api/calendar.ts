/** The days off and the worked Saturdays by which everything that is due is reckoned, and how sure each year of them is. */
import { z } from '@hono/zod-openapi'
import { calendarVersion, calendarYears } from '../domain/holidays.ts'
import { daysOfYear } from '../domain/working-days.ts'
import { defineRoute } from './route.ts'

const yearObject = z
  .strictObject({
    year: z.int(),
    certainty: z.enum(['announced', 'inferred']).openapi({
      description:
        'Inferred from the Labour Code and the lunar calendar until the year is announced, in the autumn before it. Dates in such a year may move.',
    }),
    source: z.string(),
    days_off: z
      .array(z.string())
      .openapi({ description: 'Days that would be worked but for this calendar; weekends are not listed.' }),
    days_worked: z.array(z.string()).openapi({ description: 'Saturdays that are worked for a day off.' }),
  })
  .openapi('CalendarYear')

export const calendarRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/calendar',
    operationId: 'readCalendar',
    summary: 'Read the working days, year by year, and how sure they are',
    description:
      'Settlement days, what is late, and until when a discrepancy or a tracing case is due are reckoned by it. Outside these years only weekends, the fixed holidays and 2 September are known.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write', 'reports:read'],
    request: { query: z.strictObject({}) },
    responses: {
      200: {
        description: 'All years that are known.',
        schema: z.strictObject({ version: z.string(), data: z.array(yearObject) }).openapi('Calendar'),
      },
    },
    handle: async () => ({ status: 200, json: { version: calendarVersion, data: calendarYears.map(presentYear) } }),
  }),
]

const presentYear = (year: (typeof calendarYears)[number]) => {
  const { daysOff, daysWorked } = daysOfYear(year)
  return { year: year.year, certainty: year.certainty, source: year.source, days_off: daysOff, days_worked: daysWorked }
}
