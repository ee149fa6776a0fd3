import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { logId } from '@vidne/evidence/event'
import type { Actor } from '../../people/people.ts'
import { systemClock } from '../../platform/clock.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/door.ts'
import { openHistory } from '../../platform/history/history.ts'
import type { History } from '../../platform/history/history.ts'
import { silentLogger } from '../../platform/http/logging.ts'
import type { Logger } from '../../platform/http/logging.ts'
import { openObjects } from '../../platform/objects/objects.ts'
import type { Objects } from '../../platform/objects/objects.ts'
import { openVault } from '../../platform/vault/vault.ts'
import type { Vault } from '../../platform/vault/vault.ts'
import { createDock } from '../dock.ts'
import type { Dock, DockGround, DockLimits } from '../dock.ts'

export const AGENCY = '00000000-0000-7000-8000-0000000000a1'
const OTHER_AGENCY = '00000000-0000-7000-8000-0000000000b2'

/** Who presents which token. */
const ACTORS: Readonly<Record<string, Actor>> = {
  dock: actor('01', AGENCY, 'dock', 'Dock'),
  clerk: actor('02', AGENCY, 'evidence-clerk', 'Kim Clerk'),
  'second-dock': actor('03', AGENCY, 'dock', 'Second dock'),
  investigator: actor('04', AGENCY, 'investigator', 'Ida Investigator'),
  'other-agency': actor('05', OTHER_AGENCY, 'dock', 'Dock elsewhere'),
}

export const TRIAL_ORIGIN = 'dock.test/log'

export type TrialParts = {
  readonly dock: Dock
  readonly database: Database
  readonly objects: Objects
  readonly vault: Vault
  readonly history: History
  readonly folder: string
  /** Receipts by recording; a test puts them there. */
  readonly receipts: Map<string, string>
}

/** A dock on a port, on real files and a real database. */
export type TrialDock = TrialParts & { readonly url: string; readonly server: Server; close(): Promise<void> }

export type TrialWishes = {
  folder: string
  database: Database
  clock?: Clock
  log?: Logger
  port?: number
  limits?: Partial<DockLimits>
  deletedHere?: DockGround['deletedHere']
  approvals?: DockGround['approvals']
  readMedia?: DockGround['readMedia']
  standsStill?: DockGround['standsStill']
  objects?: Objects
  /** What another trial of the same installation opened; it stays to that one. */
  shared?: Pick<TrialParts, 'objects' | 'vault' | 'history'>
  receiptOf?: (history: History, database: Database, recording: string) => Promise<string | null>
  /** Answers what is not the dock's, or gives null. */
  beside?: (parts: TrialParts, request: IncomingMessage, response: ServerResponse) => Promise<void> | null
}

export async function openTrialDock(wishes: TrialWishes): Promise<TrialDock> {
  const { folder, database } = wishes
  const clock = wishes.clock ?? systemClock
  const { objects, vault, history } = wishes.shared ?? (await openStores(wishes, clock))
  const receipts = new Map<string, string>()
  const dock = createDock({
    database,
    objects,
    vault,
    history,
    clock,
    log: wishes.log ?? silentLogger,
    limits: wishes.limits ?? {},
    policyDigest: async () => new Uint8Array(32),
    receiptOf: async recording => receipts.get(recording) ?? wishes.receiptOf?.(history, database, recording) ?? null,
    readMedia: wishes.readMedia ?? null,
    ...(wishes.deletedHere && { deletedHere: wishes.deletedHere }),
    ...(wishes.approvals && { approvals: wishes.approvals }),
    ...(wishes.standsStill && { standsStill: wishes.standsStill }),
  })
  const parts = { dock, database, objects, vault, history, folder, receipts }
  const { server, port } = await listen(wishes, parts)
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise(closed => server.close(closed))
    await dock.close()
    if (wishes.shared !== undefined) return
    await vault.close()
    if (wishes.objects === undefined) await objects.close()
  }
  return { ...parts, url: `http://127.0.0.1:${port}`, server, close }
}

/** Objects, vault and history in a folder, as a trial opens them for itself. */
export async function openStores(
  { folder, objects }: Pick<TrialWishes, 'folder' | 'objects'>,
  clock: Clock,
): Promise<Pick<TrialParts, 'objects' | 'vault' | 'history'>> {
  const copies = [join(folder, 'vault', 'a'), join(folder, 'vault', 'b')] as const
  const vault = await openVault({ copies, master: new Uint8Array(32).fill(7), clock })
  const history = openHistory({ log: logId(TRIAL_ORIGIN), clock, keys: vault })
  return { objects: objects ?? (await openObjects(join(folder, 'objects'))), vault, history }
}

async function listen(wishes: TrialWishes, parts: TrialParts): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const asked = wishes.beside?.(parts, request, response) ?? parts.dock.handle(request, response, actorOf(request))
    asked.catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      response.writeHead(500).end()
    })
  })
  server.requestTimeout = 0
  await new Promise<void>(listening => server.listen(wishes.port ?? 0, '127.0.0.1', listening))
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

/** Who makes a request, by the word behind Bearer. */
export function actorOf(request: IncomingMessage): Actor | null {
  const presented = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  return ACTORS[presented] ?? null
}

function actor(number: string, agency: string, role: Actor['roles'][number], name: string): Actor {
  const id = (kind: string): string => `00000000-0000-7000-8000-${kind.padEnd(10, '0')}${number}`
  return { person: id('01'), agency, roles: [role], token: id('02'), name }
}
