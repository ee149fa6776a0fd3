import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { vidne } from '../installation.ts'
import { ServerProcess, initWords } from '../torture/server-process.ts'
import { dock, exported } from './asking.ts'
import { filesIn } from './packages.ts'
import { MAGIC, Search, spellingsOf } from './plaintext.ts'

const folder = mkdtempSync(join(tmpdir(), 'vidne-without-key-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const phrase = `what the witness said ${randomBytes(24).toString('hex')}`
const clip = readFileSync(join(import.meta.dirname, '../../media/fixtures/recorder.mp4'))
const footage = Buffer.concat([clip, Buffer.alloc(400_000, `${phrase}. `)])

test('I-28 whoever has the whole machine but the master key has ciphertext: nothing is served, nothing can be read', async () => {
  const [data, stolen, key] = [join(folder, 'data'), join(folder, 'stolen'), join(folder, 'elsewhere.key')]
  writeFileSync(key, randomBytes(32), { mode: 0o600 })
  const withKey = { VIDNE_MASTER_KEY_FILE: key }
  const founded = await vidne(initWords(data), withKey)
  expect(founded.code, founded.err).toBe(0)
  const tokens = JSON.parse(founded.out) as { deviceToken: string; operatorToken: string }
  const server = await ServerProcess.serve(data, withKey)
  const { recording } = await dock(
    { url: server.url, token: tokens.deviceToken },
    { path: 'DCIM/1.mp4', bytes: footage },
  )
  // With the key it can be read: what is looked for below is there to be found.
  const files = await filesIn(await exported({ url: server.url, token: tokens.operatorToken }, recording))
  expect(files.get('data/media/recording.mp4')?.equals(footage)).toBe(true)
  await server.stop()

  // All of it, as root takes it: settings, database with its write-ahead log, objects, vault, log keys.
  cpSync(data, stolen, { recursive: true })
  const search = new Search([...spellingsOf(phrase), ...MAGIC, { name: 'the master key', bytes: readFileSync(key) }])
  search.folder(stolen)
  expect(search.files).toBeGreaterThan(20)
  expect([...search.found]).toEqual([])

  for (const words of [
    ['serve', '--port', '0'],
    ['vault', 'repair'],
    ['backup', '--out', join(folder, 'backup')],
  ]) {
    const refused = await vidne([...words, '--data', stolen])
    expect({ words, code: refused.code }).not.toMatchObject({ code: 0 })
    expect(refused.err + refused.out).toMatch(/master key/i)
  }
  // Nor with another key, which opens nothing.
  const other = join(folder, 'other.key')
  writeFileSync(other, randomBytes(32), { mode: 0o600 })
  const wrong = await vidne(['serve', '--port', '0', '--data', stolen], { VIDNE_MASTER_KEY_FILE: other })
  expect(wrong.code).not.toBe(0)
})
