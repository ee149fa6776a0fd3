import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { leftOut } from '../../../../checks/left-out.ts'
import { radosgwMissing, startRadosgw } from './radosgw.ts'

const DOOR_OF_RUN = 'VIDNE_TEST_STORE_DOOR'

/** A bucket of a test's own in a real S3 store, and how to leave it. */
export type Bucket = { readonly url: string; leave(): Promise<void> }

/**
 * vitest's globalSetup: one S3 store for the whole run, in a process of its own. It is started when the first test asks for a bucket, so
 * that a run that needs none does not wait for it, and goes with the run. Without it every test starts its own, which takes half a minute
 * each and is otherwise the same.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (radosgwMissing() !== null) return async () => {}
  const door = spawn(process.execPath, [join(import.meta.dirname, 'store-worker.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = once(door, 'exit')
  for await (const line of createInterface({ input: door.stdout })) {
    process.env[DOOR_OF_RUN] = line
    break
  }
  return async () => {
    // It ends with its input, also where this process is killed.
    door.stdin.end()
    await gone
  }
}

/** An empty bucket. Where radosgw is missing it throws under CI and otherwise says so and returns null. */
export async function freshBucket(): Promise<Bucket | null> {
  if (leftOut('a real S3 store', radosgwMissing())) return null
  const door = process.env[DOOR_OF_RUN]
  if (door === undefined) {
    const store = await startRadosgw()
    return { url: store.url, leave: () => store.stop() }
  }
  const answer = await fetch(door, { method: 'POST' })
  if (!answer.ok) throw new Error(await answer.text())
  return { url: await answer.text(), leave: async () => {} }
}
