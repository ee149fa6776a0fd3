import { userInfo } from 'node:os'
import type { Loss } from '../keep/keep.ts'
import type { Logger } from '../platform/http/logging.ts'
import { stillWords } from '../platform/still.ts'
import { openQuietGround, settingsOf } from './quiet-ground.ts'
import { OperationRefused, inWords } from './refused.ts'

export type AcceptReport = {
  /** Whether the installation goes on with this store; if not, nothing was changed. */
  readonly accepted: boolean
  /** Epoch milliseconds: when the store was last used by its own mark (null: it has none), and when the database saw it last. */
  readonly asOf: number | null
  readonly seen: number
  /** The recordings of which stored bytes are gone. */
  readonly recordings: readonly string[]
  /** How many uploads under way have lost bytes. */
  readonly uploads: number
}

/**
 * Says what is lost with an object store that was put back from before. With `lost`, the number of those recordings typed out, the
 * installation goes on without them: each is marked, its history says so, by which account of this machine and why, and none of
 * them counts as deleted.
 * @throws OperationRefused in words
 */
export async function acceptOlderStore(
  wish: { data: string; lost: number | null; reason: string },
  log: Logger,
): Promise<AcceptReport> {
  const ground = await openQuietGround(settingsOf(wish.data), log)
  try {
    return await inWords(wish.data, async () => {
      if (ground.migrationsAhead.length > 0) throw new OperationRefused(UPGRADE_FIRST)
      const loss = await ground.keep.findLoss()
      if (loss === null)
        throw new OperationRefused('The object store is not older than the database. Nothing was changed.')
      if (wish.lost === null) return reportOf(loss, false)
      demandCounted(loss, wish.lost)
      const stop = await ground.keep.acceptLoss(loss, { operator: userInfo().username, reason: wish.reason })
      if (stop !== null)
        throw new OperationRefused(`${stillWords('en', stop)} Only then can the loss of objects be accepted.`)
      return reportOf(loss, true)
    })
  } finally {
    await ground.close()
  }
}

const UPGRADE_FIRST =
  'The database is older than this program. Start the server once, which upgrades it, stop it, then repeat the command.'

/** Whoever types the number has seen the list, and it is still the same one. */
function demandCounted({ recordings }: Loss, typed: number): void {
  if (typed === recordings.length) return
  throw new OperationRefused(
    `${recordings.length} recordings have lost bytes, and --lost says ${typed}. Nothing was changed. Look at the list first: leave --lost out.`,
  )
}

function reportOf({ store, recordings, uploads }: Loss, accepted: boolean): AcceptReport {
  return { accepted, asOf: store.mark, seen: store.seen, recordings: recordings.map(one => one.recording), uploads }
}
