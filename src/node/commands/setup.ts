// A first installation, step by step, and the same again whenever its files have changed.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, readConfig } from '../../config.ts'
import { isSound } from '../../domain/finding.ts'
import { type Step, stepOf } from '../../domain/set-up/step.ts'
import { isBusinessDayText } from '../../lib/time.ts'
import { lookAround } from '../check-up/look-around.ts'
import { lookAtDatabase } from '../check-up/look-at-database.ts'
import { openMigratedDatabase } from '../open-database.ts'
import { depsOn, openDeps } from '../open-deps.ts'
import { enterFolder } from '../set-up/enter-folder.ts'
import { settleEnvironment } from '../set-up/environment.ts'
import { openSecrets } from '../set-up/keep-secrets.ts'
import { type Folder, readFolder } from '../set-up/read-folder.ts'
import { asDay } from '../set-up/read-rows.ts'
import { stepLines } from '../set-up/tell-steps.ts'
import { createShutdown } from '../shutdown.ts'
import { UnreachableError } from '../unreachable-error.ts'
import { type Command, type CommandAnswer, type CommandContext, type Options, UsageError } from './command.ts'
import { answerOf as doctorAnswer } from './doctor.ts'

export const setupCommand: Command = {
  group: 'Set up',
  usage:
    '[--from FOLDER] [--settings FILE] [--answers FILE] [--secrets FILE] [--catalogues-from DAY] [--dry-run] [--offline]',
  summary: 'Lead through a first installation, or bring one to what its files say',
  about:
    'Settings with a master key, migrations, then what FOLDER holds: agencies.csv, fees.csv, budget-items.csv, procedures.csv, reliefs.csv, banks.csv, merchant_accounts.json with samples of statements, clients.csv (docs/setup.md). A wrong row is named and nothing of its file is applied; the others are. What is there already stays, so it can be run again. On a terminal it asks for settings that are missing, and before it changes anything; at the end the doctor looks at everything',
  example: 'npx lephi setup --from setup --settings gateway.env --dry-run',
  options: {
    from: { type: 'string', value: 'FOLDER', help: 'the files; without it only settings and migrations' },
    settings: {
      type: 'string',
      value: 'FILE',
      help: 'where settings are read and new ones kept (0600); a master key is made there if there is none',
    },
    answers: { type: 'string', value: 'FILE', help: 'settings as a JSON object, for who is not asked' },
    secrets: {
      type: 'string',
      value: 'FILE',
      help: 'where secrets of new programs are kept (0600); FOLDER/client-secrets.json unless given',
    },
    'catalogues-from': {
      type: 'string',
      value: 'DAY',
      help: 'from which day on budget-items.csv, procedures.csv, reliefs.csv and banks.csv hold: what is gone from them ends the day before; not before today. Today unless given, and what is gone holds on',
    },
    'dry-run': { type: 'boolean', help: 'say what would change, and change nothing' },
    offline: { type: 'boolean', help: 'let the doctor ask nobody but the database' },
    yes: { type: 'boolean', help: 'do not ask before something is changed' },
  },
  found: 'something in the files is wrong, or the doctor found something that does not work',
  run: async (context) => {
    const { options } = context
    const isDry = options['dry-run'] === true
    const cataloguesFrom = dayOf(options, 'catalogues-from')
    const file = textOf(options, 'settings')
    const settled = await settleEnvironment({
      env: context.env,
      file,
      answers: textOf(options, 'answers'),
      ask: context.ask,
      isDry,
    })
    const config = readConfig(settled.env)
    const from = await folderOf(context)
    if (from !== null && !(await isFolder(from))) throw new UsageError(`--from: there is no folder ${from}`)
    const folder = from === null ? null : await readFolder(from)
    const entered = isDry
      ? await tryOut(context, config, { folder, cataloguesFrom })
      : await carryOut(context, config, { folder, from, cataloguesFrom }).catch((error: unknown) => {
          // What was answered is kept and not asked for again.
          if (!(error instanceof UnreachableError) || file === null) throw error
          throw new UnreachableError(`${error.message}. Is it right in ${file}?`, { cause: error })
        })
    const hasFaults = entered.steps.some(({ faults }) => faults.length > 0)
    const doctor = isDry || entered.isDeclined ? null : await examine(context, settled.env)
    return {
      exitCode: hasFaults || doctor?.exitCode === 1 ? 1 : 0,
      lines: [
        ...(settled.written.length > 0
          ? [`✓ ${file}: ${settled.written.join(', ')} written; keep a copy of the master key elsewhere`]
          : []),
        ...entered.lines,
        ...(doctor ? ['', ...doctor.lines, '', ...adminLines(config)] : []),
      ],
      json: {
        ...{ dry_run: isDry, settings_file: file, written: settled.written, migrations: entered.migrations },
        ...{ steps: entered.steps, secrets_file: entered.secretsFile, doctor: doctor?.json ?? null },
      },
    }
  },
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

const textOf = (options: Options, name: string): string | null => {
  const value = options[name]
  return typeof value === 'string' && value !== '' ? value : null
}

const dayOf = (options: Options, name: string): string | null => {
  const value = textOf(options, name)
  if (value === null) return null
  const day = asDay(value)
  if (typeof day === 'string' && isBusinessDayText(day)) return day
  throw new UsageError(`--${name}: must be a day such as 2027-01-01 or 01/01/2027`)
}

const trying = { isDry: true, keep: async () => undefined } as const

const folderOf = async ({ options, ask }: CommandContext): Promise<string | null> => {
  const given = textOf(options, 'from')
  if (given !== null || ask === null) return given
  return (await ask('Folder with agencies.csv, fees.csv and the others of docs/setup.md (empty: none yet):')) || null
}

type Entered = {
  steps: readonly Step[]
  migrations: readonly string[]
  lines: readonly string[]
  secretsFile: string | null
  isDeclined: boolean
}

/** Nothing is written, not even a migration: without its tables a database cannot be compared with. */
const tryOut = async (
  { log, shutdown, progress }: CommandContext,
  config: Config,
  { folder, cataloguesFrom }: { folder: Folder | null; cataloguesFrom: string | null },
): Promise<Entered> => {
  const { database, findings } = await lookAtDatabase(config, shutdown)
  const none = { migrations: [], secretsFile: null, isDeclined: false }
  if (!database) {
    const steps = Object.values(folder ?? {}).flatMap((read) =>
      read ? [stepOf(read.file, { faults: read.faults, notes: [`${read.rows.length} rows can be read`] })] : [],
    )
    const why = findings
      .filter(({ standing }) => standing === 'failure')
      .map(({ check, found }) => `! ${check}: ${found}`)
    return { ...none, steps, lines: [...why, 'The files were only read:', ...stepLines(steps, true)] }
  }
  if (!folder) return { ...none, steps: [], lines: ['Nothing would be changed: no folder is given (--from).'] }
  const { deps } = await depsOn(database, config, { log, shutdown })
  const steps = await enterFolder(deps, folder, { ...trying, cataloguesFrom, progress })
  return { ...none, steps, lines: [...stepLines(steps, true), ...nothingLine(steps)] }
}

const nothingLine = (steps: readonly Step[]): string[] =>
  steps.every(({ changes, faults }) => changes.length === 0 && faults.length === 0)
    ? ['Nothing is to be done: everything is as the files say.']
    : []

const carryOut = async (
  context: CommandContext,
  config: Config,
  { folder, from, cataloguesFrom }: { folder: Folder | null; from: string | null; cataloguesFrom: string | null },
): Promise<Entered> => {
  const { log, options, ask, tell, progress } = context
  const { applied, close } = await openMigratedDatabase(config, () => undefined, { isCommand: true })
  await close()
  const migrations = applied.length > 0 ? [`✓ migrations: ${applied.length} applied`] : []
  const none = { steps: [], migrations: applied, secretsFile: null, isDeclined: false }
  if (!folder || from === null) return { ...none, lines: migrations }
  const shutdown = createShutdown(log)
  try {
    const { deps } = await openDeps(config, { log, shutdown, isCommand: true })
    if (ask && options.yes !== true) {
      const planned = await enterFolder(deps, folder, { ...trying, cataloguesFrom, progress })
      for (const line of stepLines(planned, true)) tell(line)
      const isChanging = planned.some(({ changes }) => changes.length > 0)
      if (isChanging && !/^y(es)?$/i.test(await ask('Apply this? (yes/no)')))
        return { ...none, lines: [...migrations, 'Nothing of the files was applied.'], isDeclined: true }
    }
    const secretsFile = textOf(options, 'secrets') ?? join(from, 'client-secrets.json')
    const keep = await openSecrets(secretsFile)
    const steps = await enterFolder(deps, folder, { isDry: false, cataloguesFrom, keep, progress })
    const isKept = steps.some(({ file, changes }) => file === 'clients.csv' && changes.length > 0)
    return {
      ...{ steps, migrations: applied, isDeclined: false, secretsFile: isKept ? secretsFile : null },
      lines: [
        ...migrations,
        ...stepLines(steps, false),
        ...(isKept ? [`✓ secrets of new programs: ${secretsFile}; hand each on, then delete it`] : []),
        ...nothingLine(steps),
      ],
    }
  } finally {
    await shutdown.run()
  }
}

/** The gateway is started after this, so that nobody answers at its address yet. */
const examine = async (
  { log, shutdown, progress, options }: CommandContext,
  env: NodeJS.ProcessEnv,
): Promise<CommandAnswer> => {
  const findings = await lookAround({
    env,
    log,
    shutdown,
    progress,
    isOffline: options.offline === true,
    isStarted: false,
  })
  return { ...doctorAnswer(findings), exitCode: isSound(findings) ? 0 : 1 }
}

/** People are known to their issuer, and to us by what its tokens say of them. */
const adminLines = ({ openId, publicUrl }: Config): string[] =>
  openId
    ? [
        `First administrator: at ${openId.issuer} register ${publicUrl}/console/signed-in for the client ${openId.clientId}, and give a person`,
        `the claims ${openId.roleClaim}=operator and ${openId.agencyClaim}=${openId.agency}; then start the gateway and sign in at ${publicUrl}/console.`,
      ]
    : [
        'First administrator: a program that holds admin (clients.csv), or a person once LEPHI_OIDC_ISSUER is set (docs/setup.md).',
      ]
