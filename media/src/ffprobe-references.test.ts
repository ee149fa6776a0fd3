import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { DEFAULT_LIMITS } from './footage.ts'
import { readByFfprobe } from './ffprobe.ts'
import { makeFootage, missingPrograms, sourceOf } from './fixtures.ts'

/** What ffprobe would have to be allowed to follow the references below. */
const LIFTED = {
  '-format_whitelist': 'hls,mpegts',
  '-protocol_whitelist': 'pipe,file,http,tcp,crypto',
} as const
type Guard = keyof typeof LIFTED

/** Outside /usr no sandbox is put around it: what stops it here are its own two lists. */
describe.skipIf(leftOut('what ffprobe opens', missingPrograms('ffprobe', 'ffmpeg', 'bash')))('ffprobe alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-references-'))
  let server: Server
  let asked: string[] = []
  let references: Record<string, Buffer> = {}

  beforeAll(async () => {
    const clip = makeFootage('clip.ts', ['-c:v', 'mpeg2video', '-c:a', 'mp2'])
    writeFileSync(join(folder, 'clip.ts'), clip)
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end(clip)
    })
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    references = {
      'a file of ours': playlist(`file:${join(folder, 'clip.ts')}`),
      'another machine': playlist(`http://127.0.0.1:${port}/clip.ts`),
    }
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })

  const playlist = (segment: string): Buffer =>
    Buffer.from(`#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n${segment}\n#EXT-X-ENDLIST\n`)

  /** The real ffprobe as it is called here, but for the guards that are lifted. */
  const lifting = (...guards: Guard[]): string => {
    const program = join(folder, `ffprobe${guards.join('')}`)
    const cases = guards.map(guard => `    ${guard}) args[i+1]=${LIFTED[guard]} ;;`)
    const lines = ['#!/bin/bash', 'args=("$@")', 'for i in "${!args[@]}"; do', '  case "${args[i]}" in', ...cases]
    writeFileSync(program, [...lines, '  esac', 'done', 'exec /usr/bin/ffprobe "${args[@]}"', ''].join('\n'), {
      mode: 0o755,
    })
    return program
  }
  const read = async (named: string, program: string) => {
    asked = []
    return readByFfprobe(sourceOf(references[named]!), DEFAULT_LIMITS, program)
  }

  const names = ['a file of ours', 'another machine']

  test.each(names)('with neither list would follow a playlist called .mp4 to %s', async named => {
    const { outcome } = await read(named, lifting('-format_whitelist', '-protocol_whitelist'))
    expect(outcome).toBe('parsable')
    expect(asked.length > 0).toBe(named === 'another machine')
  })

  describe.each<[string, Guard[]]>([
    ['with both lists', []],
    ['with the list of protocols alone', ['-format_whitelist']],
    ['with the list of formats alone', ['-protocol_whitelist']],
  ])('%s', (_, lifted) => {
    test.each(names)('does not open %s that a playlist called .mp4 names', async named => {
      expect(await read(named, lifting(...lifted))).toEqual({ outcome: 'unknown-format', facts: [] })
      expect(asked).toEqual([])
    })
  })
})
