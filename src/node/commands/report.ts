// A report as a file, made where the database is.
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Refusal } from '../../domain/refusal.ts'
import { reportGroups, reportNames } from '../../domain/report-columns.ts'
import type { Deps } from '../../flows/deps.ts'
import { reportPdf } from '../../flows/print-report.ts'
import { type ReportInput, reportInstant } from '../../flows/read-report.ts'
import { reportCsv, reportJson, reportXlsx } from '../../flows/report.ts'
import { writeAudit } from '../../flows/write-audit.ts'
import { stringifyMoney } from '../../lib/json.ts'
import { businessDayRange, isBusinessDayText, parseRfc3339, toRfc3339 } from '../../lib/time.ts'
import { everyAgency } from '../../store/database.ts'
import { type Command, needed, type Options, UsageError } from './command.ts'
import { dayOptions, readDays } from './days.ts'

const makers: Readonly<Record<string, (deps: Deps, input: ReportInput) => Promise<Readable>>> = {
  json: async (deps, input) => Readable.from([`${stringifyMoney(await reportJson(deps, everyAgency, input))}\n`]),
  csv: async (deps, input) => Readable.from(await reportCsv(deps, everyAgency, input)),
  xlsx: async (deps, input) => Readable.from(await reportXlsx(deps, everyAgency, input)),
  pdf: async (deps, input) => Readable.from([await reportPdf(deps, everyAgency, input)]),
}

export const reportCommand: Command = {
  group: 'Day by day',
  usage: 'NAME --from DAY --to DAY --format pdf|xlsx|csv|json --out FILE',
  summary: 'Make a report as a file',
  about: `NAME is one of ${reportNames.join(', ')}. With the same --as-of it is the same file, byte for byte`,
  example: 'npx lephi report collections --from 2026-11-01 --to 2026-11-30 --format pdf --out collections.pdf',
  options: {
    ...dayOptions,
    format: { type: 'string', value: 'pdf|xlsx|csv|json', help: 'what kind of file' },
    out: { type: 'string', value: 'FILE', help: 'where it is written; what is there is replaced' },
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: 'as the books were then: a day, whose end it is, or a time with offset',
    },
    agency: { type: 'string', value: 'CODE', help: 'this agency and those below it' },
    account: { type: 'string', value: 'mac_…', help: 'this merchant account' },
    'group-by': { type: 'string', value: 'GROUP', help: `one of ${reportGroups.join(', ')}` },
  },
  operandsMax: 1,
  run: async ({ open, options, operands }) => {
    const [name, ...more] = operands
    const known = reportNames.find((each) => each === name)
    if (!known || more.length > 0) throw new UsageError(`NAME is one of ${reportNames.join(', ')}`)
    const format = needed(options, 'format')
    const make = makers[format]
    if (!make) throw new UsageError('--format is pdf, xlsx, csv or json')
    const out = resolve(needed(options, 'out'))
    const asked = { name: known, ...readDays(options), ...readFilter(options), asOf: readAsOf(options) }
    const { deps } = await open()
    let asOf = ''
    try {
      const input = { ...asked, asOf: await reportInstant(deps, asked.asOf) }
      asOf = toRfc3339(input.asOf)
      const content = await make(deps, input)
      await noteExport(deps, input, format)
      await writeWhole(out, content)
    } catch (error) {
      if (error instanceof Refusal) throw new UsageError(error.message, { cause: error })
      throw error
    }
    return { exitCode: 0, lines: [`${out}: ${known} as of ${asOf}`], json: { name: known, file: out, as_of: asOf } }
  },
}

const readFilter = (options: Options): Pick<ReportInput, 'agencyCode' | 'merchantAccountId' | 'groupBy'> => {
  const text = (name: string) => (typeof options[name] === 'string' ? options[name] : null)
  const groupBy = reportGroups.find((group) => group === text('group-by')) ?? null
  if (text('group-by') !== null && groupBy === null)
    throw new UsageError(`--group-by is one of ${reportGroups.join(', ')}`)
  return { agencyCode: text('agency'), merchantAccountId: text('account'), groupBy }
}

/** Whoever has this machine needs no token, but what leaves is on record all the same. */
const noteExport = (deps: Deps, { name, from, to, agencyCode }: ReportInput, format: string): Promise<void> =>
  writeAudit(deps, {
    ...{ scope: everyAgency, actor: 'cli', action: 'report.exported', requestId: 'cli', clientAddress: '', format },
    ...(agencyCode === null ? {} : { agencyCode }),
    object: { id: name, kind: null },
    query: { from, to },
  })

/** An instant, or a day, whose end it then is. */
const readAsOf = (options: Options): Date | null => {
  const text = options['as-of']
  if (typeof text !== 'string') return null
  if (isBusinessDayText(text)) return new Date(businessDayRange(text).to.getTime() - 1)
  const instant = parseRfc3339(text)
  if (!instant) throw new UsageError('--as-of is a day such as 2026-11-30 or a time such as 2026-12-01T08:00:00+07:00')
  return instant
}

/** A report that turns out not to add up while it is written leaves no file. */
const writeWhole = async (path: string, content: Readable): Promise<void> => {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await pipeline(content, createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }))
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
