/** Works through what is due: several workers, each taking one thing at a time, so that a slow one holds up nobody else. */

export type DrainLimits = { limit: number; concurrency: number }

/**
 * Takes and works until nothing is due or `limit` things were taken; answers how many. What `work` throws goes to `failed`, and the rest goes on: the
 * lease brings the failed thing back.
 */
export const drain = async <Item>(
  { limit, concurrency }: DrainLimits,
  take: () => Promise<Item | null>,
  work: (item: Item) => Promise<void>,
  failed: (error: unknown, item: Item) => void,
): Promise<number> => {
  let begun = 0
  let count = 0
  const worker = async () => {
    while (begun < limit) {
      begun += 1
      const item = await take()
      if (item === null) return
      count += 1
      await work(item).catch((error: unknown) => failed(error, item))
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, limit) }, worker))
  return count
}
