import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { packs } from '@vidne/policies/packs'
import { FoundingRefused } from './founding-refused.ts'
import { found } from './founding.ts'
import type { Role } from './people/people.ts'
import { placesOf } from './places.ts'
import type { Logger } from './platform/http/logging.ts'
import { SettingRefused, type Settings } from './platform/settings/settings.ts'
import { loadMasterKey } from './platform/vault/master-key.ts'

/** What whoever sets an installation up in a browser has chosen. */
export type SetUpWish = {
  readonly agency: string
  readonly pack: string
  readonly origin: string | null
  readonly rehearsal: boolean
  readonly administrator: string
  readonly second: { readonly name: string; readonly role: Role } | null
  readonly snapshots: number | 'none' | null
  readonly vault: string | null
}

/** Shown once. The links hold seven days; each makes one account. */
export type SetUpDone = {
  readonly origin: string
  readonly invitation: string
  readonly second: string | null
  readonly dockToken: string
  readonly trust: string
  readonly masterKey: string
  readonly vault: string[]
}

/** The way to found an installation in a browser, as long as there is none. */
export interface SetUp {
  /** Stands in the link that is printed where the server was started: whoever has it may found, once. */
  readonly secret: string
  holds(secret: string): boolean
  readonly data: string
  /** What the settings of the server say already: it is founded there, and nowhere else. */
  readonly places: {
    readonly database: 'embedded' | 'server'
    readonly objects: 'folder' | 's3'
    readonly vault: string | null
  }
  readonly packs: readonly { readonly id: string; readonly zone: string }[]
  /** Founds it. When it is refused nothing was founded, and it can be tried again. */
  found(wish: SetUpWish): Promise<SetUpDone | { readonly refused: FoundingRefused }>
  /** Resolves when no founding is at work here: then its places are free to be opened. */
  idle(): Promise<void>
}

type Ground = {
  settings: Pick<Settings, 'data' | 'database' | 'objects' | 'vault'>
  log: Logger
  /** Resolves once the installation is served. */
  stands: Promise<void>
}

export function openSetUp({ settings, log, stands }: Ground): SetUp {
  // Nobody may be waiting for it when it fails; whoever waits is told.
  stands.catch(() => {})
  const secret = randomBytes(32).toString('base64url')
  const digest = digestOf(secret)
  const state = { open: true, work: Promise.resolve() }
  return {
    secret,
    data: resolve(settings.data),
    places: {
      database: settings.database === undefined ? 'embedded' : 'server',
      objects: settings.objects?.startsWith('s3:') === true ? 's3' : 'folder',
      vault: settings.vault === undefined ? null : resolve(settings.vault),
    },
    holds: given => state.open && timingSafeEqual(digestOf(given), digest),
    packs: [...packs.values()].map(pack => ({ id: pack.id, zone: pack.zone.v })),
    async found(wish) {
      if (!state.open) return { refused: new FoundingRefused('being-set-up') }
      state.open = false
      try {
        const work = foundFor({ settings, log }, wish)
        state.work = work.then(
          () => {},
          () => {},
        )
        const done = await work
        // What follows is asked of the installation itself.
        await stands
        return done
      } catch (error) {
        state.open = true
        if (error instanceof FoundingRefused) return { refused: error }
        if (error instanceof SettingRefused)
          return { refused: new FoundingRefused('setting-unusable', { what: error.message }, { cause: error }) }
        throw error
      }
    },
    idle: () => state.work,
  }
}

async function foundFor({ settings, log }: Omit<Ground, 'stands'>, wish: SetUpWish): Promise<SetUpDone> {
  const { data, database } = settings
  // Where the settings name a place the server will look there, whatever was founded elsewhere.
  const vault = settings.vault ?? wish.vault ?? undefined
  const places = { vault: vault === undefined ? undefined : resolve(vault), objects: placeOf(settings.objects) }
  const founding = await found(
    {
      data,
      agency: wish.agency,
      pack: wish.pack,
      origin: wish.origin ?? undefined,
      rehearsal: wish.rehearsal,
      ...places,
      database,
      ...(wish.snapshots === null ? {} : { snapshots: String(wish.snapshots) }),
      people: { administrator: wish.administrator, second: wish.second },
    },
    log,
  )
  const kept = placesOf({ data: resolve(data), ...places })
  return {
    origin: founding.origin,
    invitation: linkOf(founding.invitations[0]),
    second: wish.second === null ? null : linkOf(founding.invitations[1]),
    dockToken: founding.deviceToken,
    trust: await readFile(founding.trust, 'utf8'),
    masterKey: (await loadMasterKey({ file: kept.masterKey })).path,
    vault: [...kept.vault],
  }
}

/** A path means the folder where the server was started, and not where it is started one day. */
function placeOf(objects: string | undefined): string | undefined {
  return objects === undefined || /^(s3|file):/.test(objects) ? objects : resolve(objects)
}

function linkOf(secret: string | undefined): string {
  if (secret === undefined) throw new Error('the founding invited nobody')
  return `/invitation#${secret}`
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}
