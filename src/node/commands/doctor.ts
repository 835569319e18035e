// Looks at an installation and says of everything that is wrong what to do.
import { checkNames, type Finding, isSound, type Standing } from '../../domain/finding.ts'
import { wrapText } from '../../lib/wrap-text.ts'
import { lookAround } from '../check-up/look-around.ts'
import type { Command, CommandAnswer } from './command.ts'

export const doctorCommand: Command = {
  group: 'Set up',
  usage: '[--offline]',
  summary: 'Look at the whole installation, and say what to do about what is wrong',
  about:
    'Configuration, database with its rights, line and migrations, clocks, master and signing keys, sign-in, the public address, agencies with their fees and receipts, merchant accounts, whether their providers answer, webhooks and background work. It changes nothing. ✓ is well, ! should be looked at, ✗ does not work, - was not looked at',
  example: 'npx lephi doctor --offline',
  options: {
    offline: {
      type: 'boolean',
      help: 'ask nobody but the database: neither providers, nor the issuer, nor PUBLIC_URL',
    },
  },
  found: 'something does not work (✗)',
  run: async ({ env, log, shutdown, options, progress }) =>
    answerOf(await lookAround({ env, log, shutdown, progress, isOffline: options.offline === true })),
}

/** What was found, for people and for programs. */
export const answerOf = (findings: readonly Finding[]): CommandAnswer => ({
  exitCode: isSound(findings) ? 0 : 1,
  lines: [...findings.flatMap(linesOf), '', countsOf(findings)],
  json: { is_sound: isSound(findings), findings },
})

const marks: Readonly<Record<Standing, string>> = { ok: '✓', warning: '!', failure: '✗', skipped: '-' }
const widest = Math.max(...checkNames.map((name) => name.length))
const width = 110

const linesOf = ({ check, standing, found, todo }: Finding): string[] => {
  const room = width - widest - 4
  const indent = ' '.repeat(widest + 4)
  return [
    ...wrapText(found, room).map((line, at) =>
      at === 0 ? `${marks[standing]} ${check.padEnd(widest)}  ${line}` : `${indent}${line}`,
    ),
    ...(todo ? wrapText(`→ ${todo}`, room).map((line) => `${indent}${line}`) : []),
  ]
}

const countsOf = (findings: readonly Finding[]): string => {
  const count = (standing: Standing) => findings.filter((finding) => finding.standing === standing).length
  return `${count('ok')} well, ${count('warning')} to be looked at, ${count('failure')} wrong, ${count('skipped')} not looked at`
}
