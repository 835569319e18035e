// Another key signs from now on; and one that is in other hands is told to everybody.
import { type RevocationReason, revocationReasons } from '../../domain/revocation.ts'
import {
  currentSigningKey,
  listSigningKeys,
  revokeSigningKey,
  rotateSigningKey,
  type SigningKey,
} from '../../flows/signing-keys.ts'
import { toRfc3339 } from '../../lib/time.ts'
import { type Command, type Options, UsageError } from './command.ts'
import { rotateMaster } from './rotate-master.ts'

export const rotateKeyCommand: Command = {
  group: 'Keys and people',
  usage: '[--revoke KID [--reason REASON]] | --master [--check]',
  summary: 'Make a new key that signs; or seal anew with a new master key',
  about:
    'What former keys signed stays verifiable. With --revoke a key that is in other hands ends: nothing that says it was signed later is ours, and a key that still signs is replaced first. With --master what former keys of LEPHI_MASTER_KEY have sealed is sealed anew with the first one, while the gateway runs, and each is told that may go',
  example: 'npx lephi rotate-key --json',
  options: {
    revoke: { type: 'string', value: 'KID', help: 'the key that is in other hands' },
    reason: { type: 'string', value: 'REASON', help: `with --revoke: one of ${revocationReasons.join(', ')}` },
    master: { type: 'boolean', help: 'the master key, not the one that signs' },
    check: { type: 'boolean', help: 'with --master: only count' },
  },
  found: 'something is still sealed with a former key, or opens with none',
  run: async (context) => {
    const { open, options } = context
    const reason = readReason(options)
    if (options.master === true) return rotateMaster(context)
    const { deps } = await open()
    if (typeof options.revoke === 'string') {
      const revoked = await revokeSigningKey(deps, { kid: options.revoke, reason })
      if (!revoked) throw new UsageError(`--revoke: there is no key ${JSON.stringify(options.revoke)}`)
    } else await rotateSigningKey(deps)
    const { kid } = await currentSigningKey(deps)
    const keys = await listSigningKeys(deps)
    return {
      exitCode: 0,
      lines: [
        `Key ${kid} signs; other processes notice within a minute`,
        ...keys.filter((key) => key.kid !== kid).map(formerLine),
      ],
      json: { signs: kid, keys: keys.map(asJson) },
    }
  },
}

const readReason = ({ revoke, reason, master, check }: Options): RevocationReason => {
  if (master === true && revoke !== undefined) throw new UsageError('--revoke goes without --master')
  if (check === true && master !== true) throw new UsageError('--check goes with --master')
  if (reason === undefined) return 'unspecified'
  const found = revocationReasons.find((each) => each === reason)
  if (revoke === undefined) throw new UsageError('--reason goes with --revoke')
  if (!found) throw new UsageError(`--reason is one of ${revocationReasons.join(', ')}`)
  return found
}

const formerLine = ({ kid, retiredAt, revokedAt, revokedReason }: SigningKey): string =>
  revokedAt
    ? `Key ${kid} is revoked from ${toRfc3339(revokedAt)} on: ${revokedReason}`
    : `Key ${kid} has signed until ${retiredAt ? toRfc3339(retiredAt) : 'now'}`

const asJson = ({ kid, createdAt, retiredAt, revokedAt, revokedReason }: SigningKey) => ({
  kid,
  created_at: toRfc3339(createdAt),
  retired_at: retiredAt && toRfc3339(retiredAt),
  revoked_at: revokedAt && toRfc3339(revokedAt),
  revoked_reason: revokedReason,
})
