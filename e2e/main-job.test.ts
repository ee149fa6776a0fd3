import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ground, type Installation, found, vidne } from './installation.ts'
import { type GroundKind, groundFor, groundKinds } from './grounds.ts'

const clips = join(import.meta.dirname, '../media/fixtures')

/** A camera's storage as it comes to the dock: two clips, one large file, a text that calls itself a film. */
function cameraFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-camera-'))
  mkdirSync(join(folder, 'DCIM'))
  for (const clip of readdirSync(clips).filter(name => /\.(mp4|webm)$/.test(name)))
    copyFileSync(join(clips, clip), join(folder, 'DCIM', clip))
  writeFileSync(join(folder, 'DCIM', 'large.mp4'), randomBytes(3_500_000))
  writeFileSync(join(folder, 'DCIM', 'notes.mp4'), 'this is a text')
  writeFileSync(join(folder, 'DCIM', 'empty.mp4'), '')
  const yesterday = new Date(Date.now() - 86_400_000)
  for (const name of readdirSync(join(folder, 'DCIM'))) utimesSync(join(folder, 'DCIM', name), yesterday, yesterday)
  return folder
}

type Docked = { path: string; recording: string; sha256: string; bytes: number; receipt: string }
type Row = {
  id: string
  sha256: string | null
  bytes: number
  state: string
  deleteAfter: string | null
  held: boolean
}
const linesOf = <T>(text: string) =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T)

describe.each(groundKinds)('from a folder of footage to a package that a court can check (%s)', kind => {
  const folder = cameraFolder()
  const out = mkdtempSync(join(tmpdir(), 'vidne-out-'))
  let here: Installation
  let ground: Ground & { remove(): Promise<void> }
  let docked: Docked[]

  beforeAll(async () => {
    ground = await groundFor(kind as GroundKind)
    here = await found('uk-met', ground)
    const spoken = await here.run(
      ['dock', folder, '--trust', here.trust, '--camera', 'CAM-7', '--json'],
      here.deviceToken,
    )
    expect(spoken.err + spoken.out, 'dock').toContain('recording')
    docked = linesOf<Docked>(spoken.out)
  })
  afterAll(async () => {
    await here?.stop()
    await ground?.remove()
  })

  const rows = async () => JSON.parse((await here.run(['recordings', '--json'])).out) as Row[]

  test('every file is docked, each with a receipt that verifies on its own', async () => {
    expect(docked.map(one => one.path).toSorted()).toEqual(
      readdirSync(join(folder, 'DCIM'))
        .map(name => `DCIM/${name}`)
        .toSorted(),
    )
    for (const { receipt } of docked)
      expect(await vidne(['receipt', receipt, '--trust', here.trust, '--rehearsal'])).toMatchObject({ code: 0 })
  })

  test('what was docked is listed as sealed, with the day it goes', async () => {
    const listed = await rows()
    expect(listed.map(row => row.id).toSorted()).toEqual(docked.map(one => one.recording).toSorted())
    for (const row of listed) expect(row).toMatchObject({ state: 'sealed', deleteAfter: expect.any(String) })
  })

  test('docking the same folder again docks nothing twice', async () => {
    await here.run(['dock', folder, '--trust', here.trust, '--camera', 'CAM-7', '--json'], here.deviceToken)
    expect(await rows()).toHaveLength(docked.length)
  })

  test('an export verifies offline; a changed byte is told by place', async () => {
    const large = docked.find(one => one.path.endsWith('large.mp4'))!
    const file = join(out, 'large.zip')
    const exported = await here.run(['export', large.recording, '--purpose', 'case 41/26', '--out', file, '--json'])
    expect(exported).toMatchObject({ code: 0 })
    const verified = await vidne(['verify', file, '--trust', here.trust, '--rehearsal', '--json'])
    expect(verified).toMatchObject({ code: 0 })
    expect(JSON.parse(verified.out)).toMatchObject({ intact: true, history: 'asserted' })

    const bytes = readFileSync(file)
    const media = bytes.indexOf(readFileSync(join(folder, 'DCIM', 'large.mp4')).subarray(0, 64))
    bytes[media + 2_000_000]! ^= 1
    const altered = join(out, 'altered.zip')
    writeFileSync(altered, bytes)
    const refused = await vidne(['verify', altered, '--trust', here.trust, '--rehearsal', '--json'])
    expect(refused.code).toBe(1)
    const verdict = JSON.parse(refused.out) as { intact: boolean; reasons: { code: string; where: string }[] }
    expect(verdict.intact).toBe(false)
    expect(verdict.reasons.map(reason => reason.where).join()).toContain('1048576')
  })

  test('without a trust file nothing is claimed, and without --rehearsal a rehearsal is refused', async () => {
    const file = join(out, 'large.zip')
    expect(await vidne(['verify', file, '--rehearsal'])).toMatchObject({ code: 1 })
    expect(await vidne(['verify', file, '--trust', here.trust])).toMatchObject({ code: 1 })
    const refused = await vidne(['receipt', docked[0]!.receipt, '--trust', here.trust, '--json'])
    expect(refused).toMatchObject({ code: 1 })
    expect(JSON.parse(refused.out)).toMatchObject({ mode: 'rehearsal', reasons: [{ code: 'rehearsal' }] })
    expect(await vidne(['verify', join(folder, 'DCIM', 'notes.mp4'), '--trust', here.trust])).toMatchObject({ code: 2 })
  })

  test('a hold outlives the deadline; two persons lift it; then the recording goes, with a statement that verifies', async () => {
    const kept = docked.find(one => one.path.endsWith('large.mp4'))!
    expect(await here.run(['hold', kept.recording, '--reason', 'complaint 12'])).toMatchObject({ code: 0 })
    const inForty = new Date(Date.now() + 40 * 86_400_000).toISOString()
    expect(await here.run(['clock', 'set', inForty])).toMatchObject({ code: 0 })
    expect(await here.run(['run', 'nightly', '--json'])).toMatchObject({ code: 0 })
    expect((await rows()).filter(row => row.state !== 'deleted').map(row => row.id)).toEqual([kept.recording])

    const asked = await here.run(['release', kept.recording, '--reason', 'complaint withdrawn'])
    const { approval } = JSON.parse(asked.out) as { approval: string }
    expect(await here.run(['approve', approval])).toMatchObject({ code: 1 })
    const words = [
      'token',
      'create',
      '--person',
      'Second Person',
      '--role',
      'evidence-clerk',
      '--expires',
      '2099-01-01',
      '--json',
    ]
    const second = (JSON.parse((await here.run(words)).out) as { token: string }).token
    expect(await here.run(['approve', approval], second)).toMatchObject({ code: 0 })
    expect(await here.run(['run', 'nightly', '--json'])).toMatchObject({ code: 0 })
    expect((await rows()).map(row => row.state)).toEqual(docked.map(() => 'deleted'))

    const file = join(out, 'statement.zip')
    expect(await here.run(['statement', kept.recording, '--out', file])).toMatchObject({ code: 0 })
    expect(await vidne(['verify', file, '--trust', here.trust, '--rehearsal'])).toMatchObject({ code: 0 })
  })
})
