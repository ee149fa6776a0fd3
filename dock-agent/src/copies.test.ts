import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parsePolicy } from '@vidne/tlog/policy'
import { checkReceipt } from '@vidne/evidence/receipt'
import { freshGround } from '../../server/src/platform/testing/databases.ts'
import { footage } from '../../server/src/dock/testing/client.ts'
import { AGENCY } from '../../server/src/dock/testing/trial-dock.ts'
import type { DockLine, DockWish } from './dock-agent.ts'
import { dockCamera, docked } from './testing/trial-camera.ts'
import { openTrialRack } from './testing/trial-rack.ts'
import type { TrialRack } from './testing/trial-rack.ts'

const MIB = 1_048_576
const ground = freshGround('embedded')
let rack: TrialRack
let camera: string
let state: string
let turn = 0

beforeAll(async () => {
  rack = await openTrialRack({ folder: ground.folder, database: ground.database })
})
afterAll(() => rack.trial.close())
beforeEach(() => {
  camera = mkdtempSync(join(ground.folder, 'camera-'))
  state = mkdtempSync(join(ground.folder, 'state-'))
  turn += 1
})

const dock = (wishes: Partial<DockWish> = {}) => dockCamera({ rack, camera, state, turn }, wishes)

function put(name: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(camera, name)), { recursive: true })
  writeFileSync(join(camera, name), bytes)
}

describe('the same bytes under two paths of a camera are one recording', () => {
  const both = ['DCIM/a.mp4', 'LOCKED/a.mp4']
  const pathsOf = async (line: DockLine | undefined): Promise<(readonly [string, unknown])[]> => {
    const events = await ground.database.asAgency(AGENCY, trx => rack.trial.history.of(trx, docked(line).recording))
    return events.map(({ core, fields }) => [core.type, fields.find(({ name }) => name === 'path')?.value] as const)
  }
  /** A line with a receipt for each path; in the history, each path once, and by no further run again. */
  const expectBoth = async (lines: DockLine[]) => {
    expect(lines.map(({ path }) => path).toSorted()).toEqual(both)
    expect(new Set(lines.map(line => docked(line).recording)).size).toBe(1)
    for (const line of lines) {
      const expected = { bytes: docked(line).bytes, sha256: Buffer.from(docked(line).sha256, 'hex') }
      const text = readFileSync(docked(line).receipt, 'utf8')
      expect(await checkReceipt({ text, policy: parsePolicy(rack.trust), expected })).toMatchObject({ holds: true })
    }
    const paths = await pathsOf(lines[0])
    expect(paths.map(([type]) => type)).toEqual(['sealed', 'received-again'])
    expect(paths.map(([, path]) => path).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(both)
    await dock()
    expect(await pathsOf(lines[0])).toEqual(paths)
  }

  test('when both are docked at once', async () => {
    for (const path of both) put(path, footage(MIB, `copies ${turn}`))
    await expectBoth(await dock())
  })

  test('when the second is docked long after the first in the same run, also from a camera that is wiped', async () => {
    put(both[0]!, footage(MIB, `queue ${turn}`))
    for (let nth = 0; nth < 5; nth++) put(`DCIM/b${nth}.mp4`, footage(4 * MIB, `between ${turn} ${nth}`))
    put(both[1]!, footage(MIB, `queue ${turn}`))
    const lines = await dock({ wipe: true })
    expect(lines).toHaveLength(7)
    await expectBoth(lines.filter(({ path }) => both.includes(path)))
    expect(readdirSync(camera, { recursive: true }).filter(name => String(name).endsWith('.mp4'))).toEqual([])
  })

  test('when the second was made after a first run', async () => {
    put(both[1]!, footage(MIB, `later ${turn}`))
    const [first] = await dock()
    put(both[0]!, footage(MIB, `later ${turn}`))
    const lines = await dock()
    expect(docked(lines[0]).recording).toBe(docked(first).recording)
    await expectBoth(lines)
  })

  test('but what has only moved on the camera is no second copy, and is not sent again', async () => {
    put(both[0]!, footage(MIB, `moved ${turn}`))
    const [first] = await dock()
    mkdirSync(join(camera, 'LOCKED'))
    renameSync(join(camera, both[0]!), join(camera, both[1]!))
    const [moved] = await dock()
    expect(docked(moved)).toMatchObject({ path: both[1], recording: docked(first).recording })
    expect(await pathsOf(first)).toEqual([['sealed', both[0]]])
  })
})
