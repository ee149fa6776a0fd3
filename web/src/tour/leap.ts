import { vidne } from '../connection/client.ts'
import { clockOf } from '../shell/me.ts'
import { questions } from '../connection/questions.ts'
import { type Demo, takePlace } from './demo.ts'

export type Gone = { recording: string; rule: string }
export type Kept = { recording: string; rule: string; would: string }

/** What one leap of the clock did. `stopped`: why the run did not delete, in the installation's words. */
export type Leapt = { from: string; to: string; gone: readonly Gone[]; kept: readonly Kept[]; stopped: string | null }

const DAY = 86_400_000
const AHEAD_DAYS = 60

/**
 * Sets the rehearsal's clock to the next hour at which something is over its time, and begins the nightly run, in the place of whoever
 * may. Null: nothing falls due by itself any more.
 */
export async function leap(demo: Demo): Promise<Leapt | null> {
  await takePlace(demo.leap.person)
  const now = clockOf(await vidne.me())
  const { items, blocked } = await vidne.keep.due({ by: new Date(now + AHEAD_DAYS * DAY).toISOString() })
  // What a person decides about at its end does not go by itself.
  const bySelf = items.filter(({ direction }) => direction !== 'review')
  const [next] = bySelf.map(one => Date.parse(one.deleteAfter)).toSorted((one, other) => one - other)
  if (next === undefined) return null
  const to = Math.max(now + 1000, next + ROOM_MS)
  await vidne.clock.set({ instant: new Date(to).toISOString() })
  const run = await vidne.keep.run({ what: 'nightly' })
  await questions.invalidateQueries()
  return {
    from: new Date(now).toISOString(),
    to: new Date(to).toISOString(),
    gone: run.deleted,
    kept: blocked.flatMap(({ recording, rule, deleteAfter, because }) => {
      const over = because === 'held' && deleteAfter !== null && Date.parse(deleteAfter) <= to
      return over ? [{ recording, rule, would: deleteAfter }] : []
    }),
    stopped: run.state === 'done' ? null : run.because,
  }
}

/** Past the deadline, so that several of one shift go in the same run. */
const ROOM_MS = 6 * 3_600_000

/** The signed statement of a deletion, as a file. */
export async function statementOf(recording: string): Promise<File> {
  let state = await vidne.recordings.statement({ id: recording })
  while (state.state === 'sealing') {
    await new Promise(done => setTimeout(done, 500))
    state = await vidne.exports.find({ id: state.export })
  }
  if (state.state !== 'ready') throw new Error('a statement waits for nobody')
  const answer = await fetch(state.download, { credentials: 'same-origin' })
  if (!answer.ok) throw new TypeError(`${answer.status}`)
  return new File([await answer.arrayBuffer()], 'statement.zip')
}
