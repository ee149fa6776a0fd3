export type Failed = { readonly id: string; readonly error: unknown }

/** So many at once: quick for a person, and no flood for the installation. */
const AT_ONCE = 4

/** Does something to each; those to which it could not be done, with why. One that fails stops none of the others. */
export async function doToMany(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
  done: (count: number) => void,
): Promise<Failed[]> {
  const failed: Failed[] = []
  const waiting = ids.values()
  let count = 0
  const work = async () => {
    for (const id of waiting) {
      await act(id).catch((error: unknown) => failed.push({ id, error }))
      done(++count)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return failed
}
