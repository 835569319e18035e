/**
 * Seals the ledger behind what writes it: committed entries, facts and events get places in their tenant's chain of hashes, and every business day that is over gets a
 * signed root. Nothing that books money waits for it. Both are jobs of flows/run-jobs.ts, and safe when several processes do them at once.
 */
import { CompactSign } from 'jose'
import { chainStart } from '../domain/ledger-canonical.ts'
import { type LedgerSeal, presentSeal, sealClaims, sealFormat, sealTyp } from '../domain/ledger-seal.ts'
import { createMerkleTree } from '../domain/merkle.ts'
import { toHex } from '../lib/hex.ts'
import { stringifyMoney, stringifySorted } from '../lib/json.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import { businessDayRange } from '../lib/time.ts'
import { chainLedger, chainTenants, oldestUnchained, type Reach } from '../store/ledger-chain.ts'
import { latestSeal, type SealableDay, sealNextDay } from '../store/ledger-seals.ts'
import type { Deps } from './deps.ts'
import { currentSigningKey, type SigningKey, signingAlgorithm } from './signing-keys.ts'

/** So many places in one transaction. */
export const chainBatch = 10_000
/** Days that one pass seals for one tenant at most, after the gateway has stood still. */
const daysPerPass = 31

/** Chains a batch and answers how many records it was; null when somebody else chains or seals at this moment. */
export const chainRecords = (
  deps: Deps,
  { reach, batch = chainBatch }: { reach: Reach; batch?: number },
): Promise<number | null> => chainLedger(deps.db, { now: deps.now(), batch, reach })

/** Each process tells for itself, so that none goes on telling what was true when it last had the turn; the search takes too long to be made each time. */
export const measureUnchained = async (deps: Deps): Promise<void> => {
  const now = deps.now().getTime()
  if (Math.abs(now - (measuredAt.get(deps.box) ?? Number.NEGATIVE_INFINITY)) < measureEveryMs) return
  const oldest = await oldestUnchained(deps.db)
  const ageMs = oldest ? now - oldest.getTime() : 0
  deps.metrics.set('lephi_ledger_unchained_age_seconds', {}, Math.max(0, ageMs) / 1_000)
  measuredAt.set(deps.box, now)
}
const measureEveryMs = 30_000
const measuredAt = new WeakMap<SealedBox, number>()

/** Seals every day that is over, of every tenant; answers how many days. */
export const sealDays = async (deps: Deps): Promise<number> => {
  const tenants = await chainTenants(deps.db)
  if (tenants.length === 0) return 0
  let sealed = 0
  for (const tenant of tenants) {
    for (let turn = 0; turn < daysPerPass; turn += 1) {
      // Asked anew for each day, of which there may be many: a key that was revoked meanwhile must seal no more.
      const seal = await sealOneDay(deps, tenant, await currentSigningKey(deps))
      if (!seal) break
      sealed += 1
    }
    const last = await latestSeal(deps.db, tenant, deps.now())
    const ageMs = last ? deps.now().getTime() - businessDayRange(last.day).to.getTime() : 0
    if (last) deps.metrics.set('lephi_ledger_sealed_age_seconds', { agency: tenant }, ageMs / 1_000)
  }
  return sealed
}

const sealOneDay = (deps: Deps, tenant: string, key: SigningKey) =>
  sealNextDay(deps.db, tenant, {
    now: deps.now(),
    sign: async (day, eachLeaf) => {
      const tree = createMerkleTree()
      await eachLeaf(tree.add)
      return signed(deps, key, described(day, tree.root()))
    },
    event: (seal) => ({ id: deps.newId('evt'), data: stringifyMoney(presentSeal(seal)) }),
  })

const described = (day: SealableDay & { sealedAt: Date }, root: Uint8Array): LedgerSeal => ({
  ...day,
  root: toHex(root),
  chainHash: toHex(day.chainHash ?? chainStart(day.agencyCode)),
  format: sealFormat,
})

const signed = async (deps: Deps, key: SigningKey, seal: LedgerSeal) => {
  const claims = new TextEncoder().encode(stringifySorted(sealClaims(seal, deps.publicUrl)))
  const header = { alg: signingAlgorithm, kid: key.kid, typ: sealTyp, cty: 'application/json' }
  const jws = await new CompactSign(claims).setProtectedHeader(header).sign(await key.openPrivateKey())
  return { ...seal, kid: key.kid, jws }
}
