// `npx lephi rotate-key --master`: everything that a former master key sealed is sealed with the first one.
import { type KeyStanding, resealEverything, surveyKeys } from '../../flows/reseal.ts'
import { businessDay, toRfc3339 } from '../../lib/time.ts'
import type { CommandAnswer, CommandContext } from './command.ts'

/** With `--check` nothing is changed. Exit 1 when something is left that was not sealed anew, or that no given key opens. */
export const rotateMaster = async ({ open, options, progress }: CommandContext): Promise<CommandAnswer> => {
  const { deps } = await open()
  const isCheck = options.check === true
  const began = deps.now().getTime()
  const done = isCheck ? null : await resealEverything(deps, progress)
  const keys = done?.keys ?? (await surveyKeys(deps, progress))
  const seconds = (deps.now().getTime() - began) / 1_000
  const isLeft = keys.some(({ role, envelopes }) => role !== 'seals' && envelopes > 0)
  return {
    exitCode: isLeft || (done?.unopened ?? 0) > 0 ? 1 : 0,
    lines: [
      ...(done
        ? [`Sealed ${done.resealed} values anew with the key ${done.sealsWith} in ${seconds.toFixed(1)} s`]
        : []),
      ...(done && done.unopened > 0
        ? [`${done.unopened} values do not open and stay as they are:`, ...done.unopenedRows.map((row) => `  ${row}`)]
        : []),
      ...keys.map((key) => standingLine(key, deps.now())),
    ],
    json: {
      resealed: done?.resealed ?? 0,
      unopened: done?.unopened ?? 0,
      unopened_rows: done?.unopenedRows ?? [],
      seconds,
      keys: keys.map(asJson),
    },
  }
}

/** What is to be done about a key, in one line. */
const standingLine = ({ keyId, role, envelopes, fingerprints, fingerprintsUntil }: KeyStanding, now: Date): string => {
  const holds = `${envelopes} values`
  if (role === 'seals') return `Key ${keyId} seals: ${holds}`
  if (role === 'missing' && envelopes === 0)
    return `Key ${keyId} is not given: ${fingerprints} first answers are compared by it, and a repetition of those requests is refused as another one`
  if (role === 'missing')
    return `Key ${keyId} is NOT GIVEN and has sealed ${holds}: bring it back, they cannot be opened`
  if (envelopes > 0)
    return `Key ${keyId} must stay: it has sealed ${holds}. Put the new key first in every process, then run this again`
  const wait =
    fingerprintsUntil && fingerprintsUntil > now
      ? `; first answers are compared by it until ${businessDay(fingerprintsUntil)}, and without it a repetition of one of those ${fingerprints} requests is refused as another one`
      : ''
  return `Key ${keyId} has sealed nothing that is kept: it can be taken out once no process seals with it${wait}`
}

const asJson = ({ keyId, role, columns, envelopes, fingerprints, fingerprintsUntil }: KeyStanding) => ({
  key: keyId,
  role,
  envelopes,
  columns,
  fingerprints,
  fingerprints_until: fingerprintsUntil && toRfc3339(fingerprintsUntil),
})
