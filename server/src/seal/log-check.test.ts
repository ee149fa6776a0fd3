import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateKey, parseVerifierKey, signerFromKey } from '@vidne/tlog/keys'
import { bundlePath } from '@vidne/tlog/tiles'
// What the outside uses to check a log; the server itself never does.
import { checkLog, cosignLog } from '../../../verifier/src/log-check.ts'
import { proveConsistency } from '../../../verifier/src/log-prove.ts'
import { folderLog, servedLog } from '../../../verifier/src/log-source.node.ts'
import { engines, freshGround } from '../platform/testing/databases.ts'
import type { Seal } from './seal.ts'
import { lastSigned, openedStatement, originOf, testLog, type TestLog } from './testing/test-log.ts'

describe('a map-checker outside', () => {
  const ground = freshGround(engines.at(-1) ?? 'embedded')
  let log: TestLog
  let seal: Seal
  let http: Server
  let url: string
  const keys = (): ReturnType<typeof parseVerifierKey>[] => [parseVerifierKey(log.signers.log.vkey)]
  const note = async (): Promise<string> => Buffer.from((await seal.serve('checkpoint')).body).toString()

  beforeEach(async () => {
    log = await testLog(ground)
    seal = await log.open()
    await seal.openLog(openedStatement(originOf(log)))
    http = createServer(async (request, response) => {
      const { status, headers, body } = await seal.serve((request.url ?? '').replace(/^\/log\//, ''))
      response.writeHead(status, headers).end(body)
    })
    await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/log/`
  })
  afterEach(async () => {
    http.closeAllConnections()
    http.close()
    await seal.close()
    await log.remove()
  })

  test('finds a log of real events sound: over HTTP as it is public, and in its folder as it is signed', async () => {
    for (const count of [3, 80, 400]) {
      await log.commit(count)
      await seal.publish()
    }
    const [event] = await log.commit(1)
    await seal.settle({ label: event!.label, wait: 'private' })
    expect(await checkLog({ source: servedLog(url), keys: keys() })).toMatchObject({ sound: true, mapRoots: 4 })
    const source = folderLog(join(log.folder, 'log'))
    expect(await checkLog({ source, keys: keys(), checkpoint: lastSigned(log) })).toMatchObject({
      sound: true,
      mapRoots: 5,
    })
    expect(await checkLog({ source, keys: keys() })).toMatchObject({ sound: true, mapRoots: 4 })
  })

  test('cosigns it, and the installation takes the cosignature and shows it', async () => {
    const checker = await generateKey('checker.example.org', 'cosignature-ed25519')
    await seal.close()
    seal = await log.open({ mapCheckers: [checker.vkey] })
    const [event] = await log.commit(1)
    await seal.whenSealed(event!.label)
    await seal.publish()
    const verdict = await checkLog({ source: servedLog(url), keys: keys() })
    expect(await seal.acceptCosignature(await cosignLog(verdict, await signerFromKey(checker.skey)))).toBe(verdict.size)
    expect(await seal.state(event!.label)).toBe('countersigned')
    expect(await note()).toContain('checker.example.org')
  })

  test('proves that the checkpoint it kept and the one it sees now belong to one log', async () => {
    const kept = await note()
    await log.commit(300)
    await seal.publish()
    const now = await note()
    expect(await proveConsistency([kept, now], { source: servedLog(url), keys: keys() })).toMatchObject({
      consistent: true,
    })
    expect(await checkLog({ source: servedLog(url), keys: keys(), earlier: [kept] })).toMatchObject({ sound: true })
  })

  test('finds a byte that was changed on the disk', async () => {
    await log.commit(300)
    await seal.publish()
    const path = join(log.folder, 'log', bundlePath(0, 256))
    const bytes = readFileSync(path)
    bytes[5000]! ^= 1
    writeFileSync(path, bytes)
    const { sound, findings } = await checkLog({ source: servedLog(url), keys: keys() })
    expect(sound).toBe(false)
    expect(findings.map(finding => finding.fault)).toContain('tile-differs')
  })
})
