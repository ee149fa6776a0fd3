import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leftOut, notLinux } from '../../checks/left-out.ts'
import { dock, exported, listed, until } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { filesIn } from './packages.ts'
import { childrenOf } from './plaintext.ts'

/** One byte makes it claim a chunk with 4 278 190 081 samples, which mediabunny counts one by one; the other stops ffprobe. */
function hostile(): Buffer {
  const bytes = readFileSync(join(import.meta.dirname, '../../media/fixtures/plain.mp4'))
  bytes[bytes.indexOf('stsc') + 16] = 0xff
  bytes[bytes.indexOf('dref') + 8] = 0xff
  return bytes
}

let here: Inside
beforeAll(async () => {
  here = await inside()
})
afterAll(() => here?.close())

type Process = { pid: number; words: string[] }

/** The process that parses, as the kernel sees it. */
async function parsing(): Promise<Process> {
  let found: Process | undefined
  await until('a process that parses', async () => {
    found = childrenOf(process.pid)
      .map(pid => ({ pid, words: readProc(pid, 'cmdline').split('\0') }))
      .find(({ words }) => words[0]?.endsWith('node') && words.some(word => word.endsWith('reading-child.ts')))
    return found !== undefined
  })
  return found ?? { pid: 0, words: [] }
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

test.skipIf(leftOut('the limits of a parser’s process', notLinux))(
  'G13: a file made to hang the parser is sealed at once; its parser is confined, can be killed, and takes nothing along',
  async () => {
    const bytes = hostile()
    const { recording } = await dock(here.camera, { path: 'DCIM/hostile.mp4', bytes })
    const { pid, words } = await parsing()
    const limits = readProc(pid, 'limits')
    for (const [limit, most] of [
      ['Max core file size', /0 +0/],
      ['Max file size', /0 +0/],
      ['Max cpu time', /\d+ +\d+ +seconds/],
      ['Max data size', /\d+ +\d+ +bytes/],
    ] as const)
      expect(limits).toMatch(new RegExp(`${limit} +${most.source}`))
    expect(words).toContain('--permission')
    expect(words.filter(word => /^--allow-(?!fs-read=)/.test(word))).toEqual([])
    expect(readProc(pid, 'environ')).toBe('')

    process.kill(pid, 'SIGKILL')
    await until('its mark', async () => (await listed(here.clerk)).every(row => row.parsable !== null))
    expect(await listed(here.clerk)).toMatchObject([{ id: recording, state: 'sealed', parsable: false }])
    const files = await filesIn(await exported(here.clerk, recording))
    expect(files.get('data/media/recording.mp4')?.equals(bytes)).toBe(true)
  },
)
