import { mkdtempSync } from 'node:fs'
import { request } from 'node:http'
import type { ClientRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Objects } from '../../platform/objects/objects.ts'
import type { Ground } from '../../platform/testing/databases.ts'
import { AGENCY, openTrialDock } from './trial-dock.ts'
import type { TrialDock, TrialWishes } from './trial-dock.ts'

/** What a body of an upload is called. */
export const STREAM = 'application/offset+octet-stream'

type Wish = Omit<TrialWishes, 'folder' | 'database'>

/** A dock for the tests of the surrounding `describe`, in a folder of its own. `wish` is asked when the ground is there. */
export function trialFor(
  ground: Ground,
  wish: (folder: string) => Wish | Promise<Wish> = () => ({}),
): { trial: TrialDock; restart: () => Promise<void> } {
  const held: { trial?: TrialDock; folder?: string } = {}
  const open = async (): Promise<void> => {
    held.folder ??= mkdtempSync(join(ground.folder, 'dock-'))
    held.trial = await openTrialDock({ folder: held.folder, database: ground.database, ...(await wish(held.folder)) })
  }
  beforeAll(open)
  afterAll(() => held.trial?.close())
  const there = (): TrialDock => {
    if (held.trial === undefined) throw new Error('the dock is only there while tests run')
    return held.trial
  }
  return {
    get trial() {
      return there()
    },
    restart: async () => {
      await there().close()
      await open()
    },
  }
}

export async function readBack(
  trial: TrialDock,
  recording: string | string[] | undefined,
  bytes: number,
): Promise<Buffer> {
  const opened = await trial.dock.openRecording(AGENCY, String(recording))
  expect(opened.bytes).toBe(bytes)
  return Buffer.from(await opened.read(0, bytes))
}

export async function objectsIn(trial: TrialDock): Promise<string[]> {
  const names: string[] = []
  for await (const name of trial.objects.list()) names.push(name)
  return names.toSorted()
}

/** A PATCH that goes on sending until its socket is destroyed. */
export function slowPatch(upload: string, offset: number, length: number, token = 'dock'): ClientRequest {
  const headers = { 'tus-resumable': '1.0.0', authorization: `Bearer ${token}`, 'content-type': STREAM }
  const sending = request(upload, {
    method: 'PATCH',
    agent: false,
    headers: { ...headers, 'upload-offset': String(offset), 'content-length': String(length) },
  })
  sending.on('error', () => {})
  return sending
}

/** The folder store as an object store shows itself: bytes go through `append`. */
export function withoutDescriptor(objects: Objects): Objects {
  return new Proxy(objects, {
    get(target, name) {
      if (name === 'kind') return 's3'
      if (name === 'lend') return async () => null
      if (name === 'open') {
        return async (object: string) => {
          const writer = await target.open(object)
          return {
            file: null,
            append: (bytes: Uint8Array) => writer.append(bytes),
            close: () => writer.close(),
            abort: () => writer.abort(),
          }
        }
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
