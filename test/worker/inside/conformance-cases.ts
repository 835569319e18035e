// Collects the cases of every provider and runs those of one.
import { registry } from '../../../src/providers/registry.ts'
import { conformanceSuite } from '../../providers/conformance/suite.ts'
import type { ProviderKit } from '../../providers/kit.ts'
import { cases } from './collected.ts'

export type Result = { group: string; title: string; failure: string | null }

const collect = async (): Promise<void> => {
  if (cases.length > 0) return
  const kits = new Map<string, ProviderKit>()
  for (const name of Object.keys(registry)) {
    const { kit } = (await import(`../../providers/${name}.kit.ts`)) as { kit: ProviderKit }
    kits.set(name, kit)
  }
  conformanceSuite(kits)
}

export const runCases = async (provider: string): Promise<Result[]> => {
  await collect()
  const results: Result[] = []
  for (const { group, title, run } of cases.filter((each) => each.group.split(',')[0] === provider)) {
    const failure = await Promise.resolve()
      .then(run)
      .then(
        () => null,
        (error: unknown) => String(error instanceof Error ? (error.stack ?? error) : error),
      )
    results.push({ group, title, failure })
  }
  return results
}
