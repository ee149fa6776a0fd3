import type { Actor } from '../people/people.ts'
import type { Described } from './metadata.ts'

/**
 * Where the seal of an upload is made. `gateway` only where a dock of the agency's own took the file off a camera that a person
 * named to it; everything else came from elsewhere and is `received`, also what a person brings in and says where it came from. Nothing that arrives here in plain is ever `captured`.
 */
export function levelOf(actor: Pick<Actor, 'roles'>, described: Described): 'gateway' | 'received' {
  const { session, provenance } = described
  const ownDock = actor.roles.includes('dock') && session !== null && provenance === null
  return ownDock && described.camera !== null && described.cameraSource === 'operator' ? 'gateway' : 'received'
}
