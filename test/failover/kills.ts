// How a primary is lost, drawn from a seed, and how each way is carried out.
import { createChance } from '../score/random.ts'
import type { Cluster } from './cluster.ts'
import { signalAll } from './processes.ts'

/** `power`: SIGKILL for the node's whole tree at once. `partition`: the tree stands still, and is fenced once there is another primary. `patroni`: SIGKILL for Patroni alone, whose PostgreSQL goes on. */
export const killKinds = ['power', 'partition', 'patroni'] as const
export type KillKind = (typeof killKinds)[number]

/** Every kind comes as often as every other, give or take one, in an order that the seed says. */
export const drawKills = (seed: number, count: number): KillKind[] => {
  const chance = createChance(seed)
  const kinds: KillKind[] = []
  while (kinds.length < count) kinds.push(...chance.shuffled([...killKinds]))
  return kinds.slice(0, count)
}

/** Answers the processes that stand still, for whoever fences the node. */
export const killPrimary = async (cluster: Cluster, node: string, kind: KillKind): Promise<void> => {
  const { patroni, all } = await cluster.processesOf(node)
  if (kind === 'patroni') signalAll([patroni], 'SIGKILL')
  else signalAll(all, kind === 'power' ? 'SIGKILL' : 'SIGSTOP')
}
