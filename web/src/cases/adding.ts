import { vidne } from '../connection/client.ts'

export type Added = { readonly exhibit: string; readonly reference: string }
type NotAdded = { readonly recording: string; readonly error: unknown }
export type AddedToCase = { readonly added: readonly Added[]; readonly failed: readonly NotAdded[] }

/** How one recording is to stand in the case; for several, the installation names each by its number. */
export type Naming = {
  readonly reference?: string
  readonly title?: string
  readonly from?: number
  readonly until?: number
}

/**
 * Makes recordings exhibits of a case, one after the other: their numbers stand in this order. One that is refused stops none of the
 * others, and takes no number.
 */
export async function addToCase(
  id: string,
  recordings: readonly string[],
  naming: Naming,
  done: (count: number) => void,
): Promise<AddedToCase> {
  const added: Added[] = []
  const failed: NotAdded[] = []
  for (const [place, recording] of recordings.entries()) {
    await vidne.cases
      .addExhibit({ id, recording, ...naming })
      .then(({ exhibit, reference }) => added.push({ exhibit, reference }))
      .catch((error: unknown) => failed.push({ recording, error }))
    done(place + 1)
  }
  return { added, failed }
}

/** Takes out again what was just added, last first. Throws what the first refusal was, once all have been tried. */
export async function takeOut(id: string, added: readonly Added[], reason: string): Promise<void> {
  const refusals: unknown[] = []
  for (const { exhibit } of added.toReversed())
    await vidne.cases.removeExhibit({ id, exhibit, reason }).catch((error: unknown) => refusals.push(error))
  if (refusals.length > 0) throw refusals[0]
}
