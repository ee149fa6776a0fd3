import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { DEFAULT_LIMITS } from './footage.ts'
import { readByFfprobe } from './ffprobe.ts'
import { parseProbe } from './ffprobe-facts.ts'
import { fixture, makeFootage, missingPrograms, sourceOf } from './fixtures.ts'
import { probeCommand, readingTools } from './sandbox.ts'

const FFPROBE = '/usr/bin/ffprobe'
const { sandbox } = await readingTools()
const noSandbox = sandbox === 'bwrap' ? null : 'bubblewrap is missing or may not make namespaces here'

describe.skipIf(leftOut('what bubblewrap keeps from ffprobe', noSandbox))('inside the sandbox', () => {
  const inside = async (program: string, ...args: string[]) => {
    const command = await probeCommand(program, args, DEFAULT_LIMITS)
    return spawnSync(command.file, command.args, { encoding: 'utf8', env: {}, cwd: '/' })
  }

  test('there are no files but programs and libraries', async () => {
    expect((await inside('/usr/bin/cat', '/etc/passwd')).status).not.toBe(0)
    const { stdout } = await inside('/usr/bin/ls', '/')
    expect(
      stdout
        .trim()
        .split('\n')
        .filter(name => !['lib', 'lib64'].includes(name)),
    ).toEqual(['dev', 'etc', 'usr'])
    expect((await inside('/usr/bin/ls', '/etc')).stdout.trim()).toBe('alternatives')
  })

  test('there is no network, no other process and no environment', async () => {
    const python = 'import socket;print([n for _,n in socket.if_nameindex()])'
    const { stdout, status } = await inside('/usr/bin/python3', '-c', python)
    if (status === 0) expect(stdout.trim()).toBe("['lo']")
    expect((await inside('/usr/bin/env')).stdout.trim().split('\n').toSorted()).toEqual(['PATH=/usr/bin', 'PWD=/'])
  })

  test('no file can be written', async () => {
    expect((await inside('/usr/bin/dd', 'if=/dev/zero', 'of=/dev/shm/plaintext', 'bs=1', 'count=1')).status).not.toBe(0)
  })
})

describe.skipIf(leftOut('ffprobe', missingPrograms('ffprobe', 'ffmpeg')))('ffprobe', () => {
  const avi = () => makeFootage('a.avi', ['-c:v', 'mpeg4', '-c:a', 'mp3'])

  test('that is still busy at the end of its time is killed', async () => {
    // A source that never ends keeps ffprobe reading.
    const head = avi()
    const read = async (at: number, length: number) =>
      at === 0 ? Buffer.concat([head, Buffer.alloc(length)]).subarray(0, length) : Buffer.alloc(length)
    const parsed = await readByFfprobe(
      { bytes: 2 ** 45, read },
      { ...DEFAULT_LIMITS, wallMs: 700, sourceBytes: 2 ** 45 },
      FFPROBE,
    )
    expect(parsed.outcome).toBe('timeout')
  })

  test('that does nothing at all is killed as well: the kernel, which counts processor time, never would', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vidne-idle-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const idle = join(folder, 'ffprobe')
    // When it was left alone it ends well, having said nothing.
    writeFileSync(idle, '#!/bin/sh\nexec sleep 20\n', { mode: 0o755 })
    const parsed = await readByFfprobe(sourceOf(Buffer.alloc(10)), { ...DEFAULT_LIMITS, wallMs: 300 }, idle)
    expect(parsed.outcome).toBe('timeout')
  })

  test('gets no more than the limit, and says that it was not all', async () => {
    let asked = 0
    const bytes = avi()
    const source = {
      bytes: bytes.length,
      read: async (at: number, n: number) => ((asked += n), bytes.subarray(at, at + n)),
    }
    const parsed = await readByFfprobe(source, { ...DEFAULT_LIMITS, sourceBytes: 20_000 }, FFPROBE)
    expect(parsed.outcome).toBe('too-large-index')
    expect(asked).toBeLessThanOrEqual(40_000)
    expect(parsed.facts.map(fact => fact.name)).toContain('video-codec')
  })

  test('stops at more keyframes than any footage has', async () => {
    const parsed = await readByFfprobe(sourceOf(avi()), { ...DEFAULT_LIMITS, keyframes: 2 }, FFPROBE)
    expect(parsed.outcome).toBe('too-large-index')
  })

  test('reads what mediabunny was hung by', async () => {
    const parsed = await readByFfprobe(sourceOf(fixture('plain.mp4')), DEFAULT_LIMITS, FFPROBE)
    expect(parsed.outcome).toBe('parsable')
    expect(parsed.facts.find(fact => fact.name === 'created-at')?.value).toBe(Date.UTC(2026, 2, 4, 5, 6, 7))
  })

  test('opens no other file and no address that a file names', async () => {
    for (const text of [
      '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n',
      "ffconcat version 1.0\nfile '/etc/passwd'\n",
      '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>',
    ]) {
      expect(await readByFfprobe(sourceOf(Buffer.from(text)), DEFAULT_LIMITS, FFPROBE)).toEqual({
        outcome: 'unknown-format',
        facts: [],
      })
    }
  })

  test('passes on that the source failed', async () => {
    const read = async (): Promise<Uint8Array> => {
      throw new Error('the key is destroyed')
    }
    await expect(readByFfprobe({ bytes: 10, read }, DEFAULT_LIMITS, FFPROBE)).rejects.toThrow('the key is destroyed')
  })
})

describe('the answer of ffprobe', () => {
  test('is taken for what it is, whatever it is', () => {
    fc.assert(fc.property(fc.json(), fc.string(), (json, noise) => void [parseProbe(json), parseProbe(noise)]))
    const stream = fc.dictionary(
      fc.constantFrom('codec_type', 'codec_name', 'width', 'index', 'channels'),
      fc.jsonValue(),
    )
    const answer = fc.record({
      format: fc.dictionary(fc.constantFrom('duration', 'tags', 'format_name'), fc.jsonValue()),
      streams: fc.array(stream),
    })
    fc.assert(
      fc.property(answer, said => {
        for (const fact of parseProbe(JSON.stringify(said))?.facts ?? [])
          expect(JSON.stringify(fact.value)).not.toMatch(/\.\d/)
      }),
    )
  })

  test('without a track of picture or sound is no footage', () => {
    expect(parseProbe('{"format":{},"streams":[{"codec_type":"subtitle"}]}')).toBeNull()
    expect(parseProbe('{"format":{},"streams":[]}')).toBeNull()
    expect(parseProbe('{"streams":[{"codec_type":"video"}]}')).toBeNull()
  })
})
