// What a score comes to, in words and against the goal.
import { itemClasses } from '../../src/domain/reconciliation-classes.ts'
import { table } from '../../src/node/commands/table.ts'
import { exactOf, precisionOf, recallOf, type Score } from './score.ts'

export const goal = { exact: 0.995, recall: 0.99, precision: 0.99 }

const percent = (share: number): string => `${(Math.floor(share * 100_000) / 1_000).toFixed(3)} %`

export const scoreLines = (title: string, score: Score): string[] => [
  title,
  ...table(
    ['class', 'expected', 'found', 'right', 'recall', 'precision'],
    itemClasses.map((name) => {
      const each = score.classes[name]
      return [
        name,
        String(each.expected),
        String(each.found),
        String(each.right),
        percent(recallOf(each)),
        percent(precisionOf(each)),
      ]
    }),
  ),
  `${score.exact} of ${score.labels} link exactly what is demanded: ${percent(exactOf(score))}; wrong links: ${score.wrongLinks}`,
]

/** Every way in which a score misses the goal. A class that was never asked for proves nothing. */
export const missedGoals = (score: Score): string[] => [
  ...(score.wrongLinks > 0 ? [`${score.wrongLinks} wrong links`] : []),
  ...(exactOf(score) < goal.exact ? [`${percent(exactOf(score))} exact`] : []),
  ...itemClasses.flatMap((name) => {
    const each = score.classes[name]
    if (each.expected === 0)
      return name === 'missing_here' || each.found > 0
        ? [`${name}: ${each.found} found, none expected`]
        : [`${name}: none was made`]
    if (recallOf(each) < goal.recall) return [`${name}: recall ${percent(recallOf(each))}`]
    return precisionOf(each) < goal.precision ? [`${name}: precision ${percent(precisionOf(each))}`] : []
  }),
]
