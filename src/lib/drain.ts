/** Works through what is due: several workers, each taking one thing at a time, so that a slow one holds up nobody else. */

export type DrainLimits = { limit: number; concurrency: number }

/**
 * Takes and works until nothing is due or `limit` things were taken; answers how many. What `work` throws goes to `failed`, and the rest goes on: the
 * lease brings the failed thing back. Whoever finds something calls the next worker, so that a pass in which nothing is due asks once.
 */
export const drain = async <Item>(
  { limit, concurrency }: DrainLimits,
  take: () => Promise<Item | null>,
  work: (item: Item) => Promise<void>,
  failed: (error: unknown, item: Item) => void,
): Promise<number> => {
  const allEnded = Promise.withResolvers<void>()
  let begun = 0
  let count = 0
  let started = 0
  let ended = 0
  const startWorker = () => {
    if (started === concurrency || begun === limit) return
    started += 1
    worker().then(() => {
      ended += 1
      if (ended === started) allEnded.resolve()
    }, allEnded.reject)
  }
  const worker = async () => {
    while (begun < limit) {
      begun += 1
      const item = await take()
      if (item === null) return
      count += 1
      startWorker()
      await work(item).catch((error: unknown) => failed(error, item))
    }
  }
  if (limit <= 0) return 0
  startWorker()
  await allEnded.promise
  return count
}
