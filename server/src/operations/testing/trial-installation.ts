import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { begin, footage, patch, sha256 } from '../../dock/testing/client.ts'
import { type Founding, found } from '../../founding.ts'
import { serve } from '../../main.ts'
import { silentLogger } from '../../platform/http/logging.ts'

/** A rehearsal installation in a folder of its own, with footage that came in through the dock. */
export type TrialInstallation = Founding & {
  /** Holds everything of the trial; removed with it. */
  readonly root: string
  readonly data: string
  /** Serves it, docks these many files of these many bytes, waits for their receipts, and stops it. */
  dock(count: number, bytes: number): Promise<void>
  remove(): void
}

export async function trialInstallation(wish: { database?: string } = {}): Promise<TrialInstallation> {
  const root = mkdtempSync(join(tmpdir(), 'vidne-operations-'))
  const data = join(root, 'data')
  const founding = await found(
    {
      data,
      agency: 'Prøvekommunen',
      pack: 'uk-met',
      origin: undefined,
      rehearsal: true,
      vault: undefined,
      database: wish.database,
      objects: undefined,
    },
    silentLogger,
  )
  let files = 0
  return {
    ...founding,
    root,
    data,
    async dock(count, bytes) {
      const serving = await serve(data, { port: 0, logLevel: 'silent' })
      try {
        for (let i = 0; i < count; i++) await dockOne(serving.url, founding.deviceToken, `file ${files++}`, bytes)
      } finally {
        await serving.close()
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

async function dockOne(url: string, token: string, name: string, bytes: number): Promise<void> {
  const content = footage(bytes, name)
  const digest = sha256(content).toString('hex')
  const upload = await begin(url, bytes, { path: `DCIM/${name}\u2028.mp4`, camera: 'CAM-1', sha256: digest }, token)
  const answer = await patch(upload, 0, content, {}, token)
  if (answer.status !== 204) throw new Error(`not docked: ${answer.status} ${answer.text}`)
  for (let look = 0; look < 300; look++) {
    const receipt = await fetch(`${upload}/receipt`, { headers: { authorization: `Bearer ${token}` } })
    await receipt.arrayBuffer()
    if (receipt.status === 200) return
    await pause(100)
  }
  throw new Error('no receipt came')
}
