/** What a look at an installation finds: each thing in one sentence, and what is to be done about it in another. */

/** `warning`: it works, and somebody should look. `failure`: something does not work. `skipped`: what it rests on does not hold, or nobody asked. */
export type Standing = 'ok' | 'warning' | 'failure' | 'skipped'

/** What is looked at, in the order in which it is told: an earlier one is what a later one rests on. */
export const checkNames = [
  'configuration',
  'database',
  'rights',
  'migrations',
  'clock',
  'master keys',
  'signing keys',
  'sign-in',
  'public address',
  'agencies',
  'fees',
  'receipts',
  'merchant accounts',
  'providers',
  'webhooks',
  'background work',
] as const

export type CheckName = (typeof checkNames)[number]

/** `todo` is null where nothing is to be done. */
export type Finding = { check: CheckName; standing: Standing; found: string; todo: string | null }

type Said = { found: string; todo: string }

export const fine = (check: CheckName, found: string): Finding => ({ check, standing: 'ok', found, todo: null })
export const doubtful = (check: CheckName, said: Said): Finding => ({ check, standing: 'warning', ...said })
export const broken = (check: CheckName, said: Said): Finding => ({ check, standing: 'failure', ...said })
export const skipped = (check: CheckName, found: string): Finding => ({
  check,
  standing: 'skipped',
  found,
  todo: null,
})

/** Where not all of them were looked at: what was found says nothing of the others. */
export const cutShort = (check: CheckName, { looked, max }: { looked: number; max: number }): readonly Finding[] =>
  looked < max
    ? []
    : [
        doubtful(check, {
          found: `only the first ${max} were looked at`,
          todo: 'Nothing is said of the others: look at them in the console',
        }),
      ]

/** What is wrong, or else that all is well. */
export const orFine = (check: CheckName, found: string, problems: readonly Finding[]): readonly Finding[] =>
  problems.length > 0 ? problems : [fine(check, found)]

export const isSound = (findings: readonly Finding[]): boolean =>
  findings.every(({ standing }) => standing !== 'failure')

/** Names as a sentence has them: the first ten, and how many more there are. */
export const listed = (names: readonly string[]): string =>
  names.length > listedMax
    ? `${names.slice(0, listedMax).join(', ')} and ${names.length - listedMax} more`
    : names.join(', ')

const listedMax = 10
