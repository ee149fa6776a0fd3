import type { Json } from '@vidne/evidence/jcs'
import type { Actor } from './roles.ts'

/** Who acted, as fields of an event: each can be shown or kept back by itself. Null: the installation by the clock. */
export function actorFields(actor: Actor | null): { name: string; value: Json }[] {
  if (actor === null) return [{ name: 'actor', value: 'installation' }]
  return [
    { name: 'actor', value: actor.name },
    { name: 'person', value: actor.person },
    { name: 'roles', value: [...actor.roles] },
    { name: 'token', value: actor.token },
  ]
}
