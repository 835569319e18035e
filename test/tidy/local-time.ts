// The zone of a process and the clock of a database are nobody's business day: a server set to another zone would move money to another day.
import { isNode, lineOf, type Node, type Source } from './source.ts'

/** Members of Date that read or write the zone of the process. */
const localMembers =
  /^(get|set)(FullYear|Year|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)$|^getTimezoneOffset$|^to(Date|Time)String$/
const localeMembers = /^toLocale(Date|Time)?String$/

/** fflate writes the date of a packed file by local time: a date made by local time is the same bytes everywhere. */
const allowed = new Set(['src/lib/xlsx.ts asks new Date(1980, 0, 2)'])

/** Where code outside lib/time.ts asks for local time: what is not told a zone takes the one of the process. */
export const localTime = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => path.startsWith('src/') && path !== 'src/lib/time.ts')
    .flatMap((source) =>
      source.nodes
        .filter((node) => isLocalTime(source, node) && !allowed.has(`${source.path} asks ${textOf(source, node)}`))
        .map((node) => `${source.path}:${lineOf(source, node)} asks ${textOf(source, node)}`),
    )

const isLocalTime = (source: Source, node: Node): boolean => {
  if (node.type === 'MemberExpression') {
    const name = memberName(node)
    return name !== null && localMembers.test(name)
  }
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
  const args = Array.isArray(node.arguments) ? node.arguments.filter(isNode) : []
  const callee = isNode(node.callee) ? node.callee : null
  const name = callee?.type === 'MemberExpression' ? memberName(callee) : null
  const called = callee ? textOf(source, callee) : ''
  const namesZone = args.some((argument) => textOf(source, argument).includes('timeZone'))
  if (name && localeMembers.test(name)) return !namesZone
  if (called === 'Intl.DateTimeFormat') return !namesZone
  if (called === 'Date.parse' || (called === 'Date' && node.type === 'NewExpression'))
    return args.length > 1 || args.some((argument) => isZonelessTime(source, argument))
  return false
}

const memberName = (node: Node): string | null => {
  const { property } = node
  if (!isNode(property)) return null
  return typeof property.name === 'string' ? property.name : typeof property.value === 'string' ? property.value : null
}

/** A literal or template with a time of day and no zone behind it. */
const isZonelessTime = (source: Source, node: Node): boolean => {
  if (node.type !== 'TemplateLiteral' && !(node.type === 'Literal' && typeof node.value === 'string')) return false
  const text = textOf(source, node).slice(1, -1)
  return /\d:\d\d/.test(text) && !/(Z|[+-]\d\d:?\d\d)$/.test(text)
}

const textOf = (source: Source, node: Node): string => source.text.slice(node.start, node.end)

/** What PostgreSQL answers by its own clock or by the zone of the session. `default now()` of a stored instant decides nothing. */
const sqlClock =
  /\b(current_date|current_time(stamp)?|localtime(stamp)?|(clock|statement|transaction)_timestamp\s*\(|date_trunc\s*\(|timeofday\s*\(|(?<!default )now\s*\(\s*\))|'(today|now|tomorrow|yesterday)'::/i

/** The one place that asks: it holds a process back whose own clock is ahead, and names no day. */
const clockItself = /(?<=create function lephi_clock\(\)[^$;]*\$\$\s*)select clock_timestamp\(\)(?=\s*\$\$)/

/** Where SQL, in the store or in a migration, asks the database what day it is. */
export const databaseClock = (
  sources: readonly Source[],
  migrations: readonly { path: string; text: string }[],
): string[] => [
  ...sources
    .filter(({ path }) => path.startsWith('src/store/'))
    .flatMap((source) =>
      source.nodes
        .filter(
          (node) => node.type === 'TemplateElement' || (node.type === 'Literal' && typeof node.value === 'string'),
        )
        .flatMap((node) => {
          const found = sqlClock.exec(textOf(source, node))
          return found ? [`${source.path}:${lineOf(source, node)} asks ${found[0]}`] : []
        }),
    ),
  ...migrations.flatMap(({ path, text }) =>
    text
      .replace(clockItself, 'select')
      .split('\n')
      .flatMap((line, index) => {
        const found = sqlClock.exec(line.replace(/--.*$/, ''))
        return found ? [`${path}:${index + 1} asks ${found[0]}`] : []
      }),
  ),
]
