/** The audit log as a file for spreadsheets. That it was taken out is on record as well. */
import { defineScreen } from '../screen.ts'
import { auditQuery } from './query.ts'

export const auditFile = defineScreen({
  path: '/audit/file',
  roles: ['checker', 'auditor', 'operator'],
  view: (visit) => visit.api.raw('/v1/audit', { query: auditQuery(visit), headers: { accept: 'text/csv' } }),
})
