import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { printable, walk } from './walk.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidne-walk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, day: number): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), 'x')
  utimesSync(join(folder, path), new Date(Date.UTC(2024, 0, day)), new Date(Date.UTC(2024, 0, day)))
}

async function paths(leaveOut: string[] = []): Promise<string[]> {
  return (await walk(folder, leaveOut)).files.map(file => printable(file.path))
}

test('what was locked comes first, then the oldest', async () => {
  put('3.mp4', 3)
  put('1.mp4', 1)
  put('DCIM/EMERGENCY/9.mp4', 9)
  put('MOVIE/ro/8.mp4', 8)
  put('CAM12345_000001_20240101120000_0001_lock.MP4', 7)
  expect(await paths()).toEqual([
    'CAM12345_000001_20240101120000_0001_lock.MP4',
    'MOVIE/ro/8.mp4',
    'DCIM/EMERGENCY/9.mp4',
    '1.mp4',
    '3.mp4',
  ])
})

test('links and special files are told and not followed', async () => {
  put('a.mp4', 1)
  symlinkSync('/etc', join(folder, 'etc'))
  symlinkSync(join(folder, 'a.mp4'), join(folder, 'b.mp4'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const { files, passed } = await walk(folder, [])
  expect(files).toHaveLength(1)
  expect(passed.map(one => `${printable(one.path)}: ${one.why}`).toSorted()).toEqual([
    'b.mp4: it is a symbolic link, which is not followed',
    'etc: it is a symbolic link, which is not followed',
    'pipe: it is not a regular file',
  ])
})

test("the agent's own folders are not docked, nor what computers leave behind", async () => {
  put('a.mp4', 1)
  put('state/receipts/x.receipt', 1)
  put('System Volume Information/IndexerVolumeGuid', 1)
  expect(await paths([join(folder, 'state/receipts')])).toEqual(['a.mp4'])
})

test('a folder that is not there is a trouble of the whole run', async () => {
  await expect(walk(join(folder, 'none'), [])).rejects.toThrow('ENOENT')
})

test('bytes that are no text are printed so that nothing else prints the same within their kind', () => {
  expect(printable(Buffer.from([0x61, 0xff, 0x25]))).toBe('a%FF%25')
  expect(printable(Buffer.from('a\nb'))).toBe('a%0Ab')
  expect(printable(Buffer.from('å 🚓'))).toBe('å 🚓')
})
