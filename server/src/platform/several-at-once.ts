/**
 * Does `work` for each item, at most `atOnce` at a time. When one fails, no further item is begun, and the first failure is
 * thrown only when the others have ended: after it, nothing is being written any more.
 */
export async function severalAtOnce<Item>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  const queue = Iterator.from(items)
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      await work(item).catch((failure: unknown) => failures.push(failure))
      if (failures.length > 0) return
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  if (failures.length > 0) throw failures[0]
}
