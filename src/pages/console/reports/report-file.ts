/** A report as a file. */
import { ApiProblem } from '../console-api.ts'
import { defineScreen, everybody } from '../screen.ts'
import { fileTypes, isReportName, reportQuery } from './query.ts'

const isFileType = (text: string | undefined): text is keyof typeof fileTypes =>
  text !== undefined && Object.hasOwn(fileTypes, text)

export const reportFile = defineScreen({
  path: '/reports/:name/file',
  roles: everybody,
  view: async (visit) => {
    const { name } = visit.params
    const { type } = visit.query
    if (!isReportName(name) || !isFileType(type))
      throw new ApiProblem({ status: 404, code: 'not_found', title: '', errors: [] })
    return visit.api.raw(`/v1/reports/${name}`, { query: reportQuery(visit), headers: { accept: fileTypes[type] } })
  },
})
