import { freshPlace, engines } from '@vidne/server/platform/testing/databases'
import { setup as startStore } from '@vidne/server/platform/testing/radosgw'
import type { Ground } from './installation.ts'

/** What an installation can stand on: one machine, or PostgreSQL and an S3-compatible store. */
export type GroundKind = 'embedded' | 'PostgreSQL and S3'

export const groundKinds: readonly GroundKind[] = engines.includes('postgres')
  ? ['embedded', 'PostgreSQL and S3']
  : ['embedded']

/** Real servers of the test's own. Where a store cannot be had, the folder stands in and a line says so; under CI it fails. */
export async function groundFor(kind: GroundKind): Promise<Ground & { remove(): Promise<void> }> {
  if (kind === 'embedded') return { remove: async () => {} }
  const place = await freshPlace('postgres', 'empty')
  const store = await startStore()
  return {
    ...(place.url === null ? {} : { database: place.url }),
    ...(store === null ? {} : { objects: store.url }),
    async remove() {
      await store?.stop()
      await place.remove()
    },
  }
}
