import type { Ground } from '@vidne/server/ground'
import { type State, tableState } from '@vidne/server/platform/testing/table-state'
import { until } from './guarantees/asking.ts'

/** What an installation holds: of two of these it can be said that nothing was changed in between. */
export const stateOf = ({ database }: Ground): Promise<State> => tableState(database)

/** What the tables hold once the installation does nothing more by itself, as after a docking. */
export async function quietStateOf(ground: Ground): Promise<State> {
  let before = await stateOf(ground)
  await until('an installation in which nothing happens', async () => {
    const now = await stateOf(ground)
    const same = JSON.stringify(now) === JSON.stringify(before)
    before = now
    return same
  })
  return before
}
