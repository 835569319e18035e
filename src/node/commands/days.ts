// Days and times on the command line.
import { businessDayRange, isBusinessDayText } from '../../lib/time.ts'
import { type Command, needed, type Options, UsageError } from './command.ts'

export const dayOptions = {
  from: { type: 'string', value: 'DAY', help: 'the first day, such as 2026-11-01' },
  to: { type: 'string', value: 'DAY', help: 'the last day' },
} as const satisfies Command['options']

/** `--from` and `--to` as business days, inclusive. Throws UsageError. */
export const readDays = (options: Options): { from: string; to: string } => {
  const [from, to] = [needed(options, 'from'), needed(options, 'to')]
  for (const [name, day] of [
    ['from', from],
    ['to', to],
  ]) {
    if (!isBusinessDayText(day ?? '')) throw new UsageError(`--${name} is a day such as 2026-11-23`)
  }
  if (to < from) throw new UsageError('--to lies before --from')
  return { from, to }
}

/** The same days as instants, the second one exclusive. */
export const readInstants = (options: Options): { from: Date; to: Date } => {
  const days = readDays(options)
  return { from: businessDayRange(days.from).from, to: businessDayRange(days.to).to }
}
