import { mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { leftOut, notLinux } from '../../../../checks/left-out.ts'
import { FolderInUse, lockFolder } from './folder-lock.ts'

const pace = { beatMs: 30, watchMs: 150, freshMs: 10_000 }
const ignore = (): void => {}
let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidne-lock-'))
  file = join(folder, 'in-use-by.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Whole or not at all, as a real holder writes it: one that is read half written is nobody's. */
function heartbeat(beat: number, place: string | null = 'another machine'): void {
  writeFileSync(`${file}.other`, JSON.stringify({ holder: 'other', pid: 1, host: 'rack2', place, beat }))
  renameSync(`${file}.other`, file)
}

test('a folder is held by one and free again after release', async () => {
  const lock = await lockFolder(folder, ignore, pace)
  await expect(lockFolder(folder, ignore, pace)).rejects.toThrow(FolderInUse)
  await lock.release()
  expect(existsSync(file)).toBe(false)
  await (await lockFolder(folder, ignore, pace)).release()
})

test('a holder on another machine that still shows life keeps the folder', async () => {
  let beat = 0
  heartbeat(beat)
  const beating = setInterval(() => heartbeat(++beat), 30)
  await expect(lockFolder(folder, ignore, pace)).rejects.toThrow('process 1 on rack2')
  clearInterval(beating)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ holder: 'other' })
})

test('a holder on another machine that shows no life while it is watched has lost the folder', async () => {
  heartbeat(7)
  const before = performance.now()
  const lock = await lockFolder(folder, ignore, pace)
  expect(performance.now() - before).toBeGreaterThan(140)
  await lock.release()
})

test('an old heartbeat is not waited for', async () => {
  heartbeat(7)
  utimesSync(file, new Date(0), new Date(0))
  const lock = await lockFolder(folder, ignore, { ...pace, watchMs: 60_000 })
  await lock.release()
})

test('a heartbeat torn by a power cut is nobody’s', async () => {
  writeFileSync(file, '{"holder":"oth')
  await (await lockFolder(folder, ignore, pace)).release()
})

test.skipIf(leftOut('a dead holder of a folder, known by its socket', notLinux))(
  'a holder that died in this very place is not waited for',
  async () => {
    const first = await lockFolder(folder, ignore, pace)
    const left = readFileSync(file)
    await first.release()
    writeFileSync(file, left) // as kill -9 leaves it: fresh, and the kernel has freed the socket
    const second = await lockFolder(folder, ignore, { ...pace, watchMs: 60_000 })
    await second.release()
  },
)

test('a holder whose folder was taken over hears of it and does not write over the other', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const lock = await lockFolder(folder, resolve, pace)
  heartbeat(1)
  await promise
  await lock.release()
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ holder: 'other' })
})
