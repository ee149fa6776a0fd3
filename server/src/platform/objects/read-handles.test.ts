import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leftOut, notLinux } from '../../../../checks/left-out.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { ReadHandles } from './read-handles.ts'

async function files(count: number): Promise<{ folder: string; paths: string[] }> {
  const folder = await temporaryFolder()
  const paths = Array.from({ length: count }, (_, n) => join(folder, `${n}`))
  for (const [n, path] of paths.entries()) await writeFile(path, `content of ${n}`)
  return { folder, paths }
}

test('many readers of many files each get the bytes of their own file while others are let go', async () => {
  const { paths } = await files(40)
  const handles = new ReadHandles(3)
  const reads = Array.from({ length: 2000 }, async (_, n) => {
    const which = (n * 7) % paths.length
    if (n % 11 === 0) handles.forget(paths[(n * 13) % paths.length] ?? '')
    expect(Buffer.from(await handles.read(paths[which] ?? '', 0, 100)).toString()).toBe(`content of ${which}`)
  })
  await Promise.all(reads)
  handles.close()
})

test.skipIf(leftOut('the counting of open files', notLinux))(
  'no more files stay open than were allowed, and none after closing',
  async () => {
    const { paths } = await files(30)
    const open = async (): Promise<number> => (await readdir('/proc/self/fd')).length
    const before = await open()
    const handles = new ReadHandles(5)
    for (const path of paths) await handles.read(path, 0, 10)
    // Files are closed beside other work, and listing them opens one.
    await expect.poll(async () => (await open()) - before).toBeLessThanOrEqual(6)
    handles.close()
    await expect.poll(async () => (await open()) - before).toBeLessThanOrEqual(1)
  },
)

test('a file that is not there yet is found when it comes', async () => {
  const { folder } = await files(0)
  const handles = new ReadHandles(5)
  const path = join(folder, 'late')
  await expect(handles.read(path, 0, 1)).rejects.toMatchObject({ code: 'ENOENT' })
  await writeFile(path, 'here')
  expect(Buffer.from(await handles.read(path, 1, 2)).toString()).toBe('er')
  handles.close()
})
