import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { freshPlace, engines } from '@vidne/server/platform/testing/databases'
import { freshBucket } from '@vidne/server/platform/testing/store-of-run'
import { type Inside, inside, type Wishes } from './guarantees/inside.ts'
import { found, type Ground, type Installation } from './installation.ts'

/** What an installation can stand on: one machine, or PostgreSQL and an S3-compatible store. */
export type GroundKind = 'embedded' | 'PostgreSQL and S3'

export const groundKinds: readonly GroundKind[] = engines.includes('postgres')
  ? ['embedded', 'PostgreSQL and S3']
  : ['embedded']

/** Real servers of the test's own. Where a store cannot be had, the folder stands in and a line says so; under CI it fails. */
export async function groundFor(kind: GroundKind): Promise<Ground & { remove(): Promise<void> }> {
  if (kind === 'embedded') return { remove: async () => {} }
  const [place, store] = await Promise.all([freshPlace('postgres', 'empty'), freshBucket()])
  return {
    ...(place.url === null ? {} : { database: place.url }),
    ...(store === null ? {} : { objects: store.url }),
    async remove() {
      await store?.leave()
      await place.remove()
    },
  }
}

/** An installation that is served in a process of its own, on a ground of its own; `leave` ends both. */
export async function foundOn(
  kind: GroundKind,
  pack: string,
  serveWords: readonly string[] = [],
): Promise<Installation & { leave(): Promise<void> }> {
  const ground = await groundFor(kind)
  const here = await found(pack, ground, serveWords)
  return Object.assign(here, {
    async leave() {
      await here.stop()
      await rm(dirname(here.data), { recursive: true })
      await ground.remove()
    },
  })
}

/** An installation that is served in this process, on a ground of its own, which goes when it is closed. */
export async function insideOn(kind: GroundKind, wishes: Wishes = {}): Promise<Inside> {
  const ground = await groundFor(kind)
  const { database, objects } = ground
  const here = await inside({ ...wishes, database, ...(objects === undefined ? {} : { objects }) })
  const close = here.close.bind(here)
  return Object.assign(here, {
    async close() {
      await close()
      await ground.remove()
    },
  })
}
