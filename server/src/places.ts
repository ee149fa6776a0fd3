import { join } from 'node:path'
import type { Settings } from './platform/settings/settings.ts'

/** Where an installation keeps what. Each place is of one room; no other writes there. */
export type Places = {
  settings: string
  trust: string
  database: string
  objects: string
  vault: [string, string]
  log: string
  lock: string
  logKey: string
  secondKey: string
  masterKey: string
  clock: string
  /** What a demo left for its visitors. */
  tour: string
}

export function placesOf({ data, vault, objects }: Pick<Settings, 'data' | 'vault' | 'objects'>): Places {
  const copies = vault ?? join(data, 'vault')
  return {
    settings: join(data, 'vidne.toml'),
    trust: join(data, 'trust.policy'),
    database: join(data, 'database'),
    objects: objects ?? join(data, 'objects'),
    vault: [join(copies, 'a'), join(copies, 'b')],
    log: join(data, 'log'),
    lock: join(data, 'lock'),
    logKey: join(data, 'keys', 'log.skey'),
    secondKey: join(data, 'keys', 'log-ml-dsa-44.skey'),
    masterKey: join(data, 'keys', 'master.key'),
    clock: join(data, 'rehearsal-clock.json'),
    tour: join(data, 'tour.json'),
  }
}
