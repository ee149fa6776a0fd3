import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { createMasterKey, loadMasterKey } from './master-key.ts'

const ONE = 'ab'.repeat(32)
const TWO = 'cd'.repeat(32)

let folder = ''
let file = ''

beforeEach(async () => {
  folder = await temporaryFolder()
  file = join(folder, 'master.key')
})

async function keyFile(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  await writeFile(path, content)
  await chmod(path, mode)
}

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex')
}

describe('the master key', () => {
  test('made by us is read back, is private, and is never replaced', async () => {
    const made = await createMasterKey(file)
    const found = await loadMasterKey({ file, env: {} })
    expect(hex(found.key)).toBe(hex(made))
    expect(found.from).toBe('file')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const before = await readFile(file, 'utf8')
    await expect(createMasterKey(file)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  test('may be 32 bytes or 64 hexadecimal digits', async () => {
    await keyFile(file, Buffer.from(ONE, 'hex'))
    expect(hex((await loadMasterKey({ file, env: {} })).key)).toBe(ONE)
    await keyFile(file, ONE.toUpperCase())
    expect(hex((await loadMasterKey({ file, env: {} })).key)).toBe(ONE)
    for (const wrong of ['', ONE.slice(1), `${ONE}00`, `${ONE}\n\n`, 'x'.repeat(64), 'y'.repeat(5000)]) {
      await keyFile(file, wrong)
      await expect(loadMasterKey({ file, env: {} })).rejects.toMatchObject({ code: 'not-a-key' })
    }
  })

  test('is taken from the file the environment names before the credential before the data folder', async () => {
    const credentials = join(folder, 'credentials')
    await mkdir(credentials)
    await keyFile(file, ONE)
    await keyFile(join(credentials, 'vidne-master-key'), TWO, 0o440)
    const env = { CREDENTIALS_DIRECTORY: credentials }
    expect(await loadMasterKey({ file, env })).toMatchObject({ from: 'credential' })
    const named = join(folder, 'named')
    await expect(loadMasterKey({ file, env: { ...env, VIDNE_MASTER_KEY_FILE: named } })).rejects.toMatchObject({
      code: 'missing',
    })
    await keyFile(named, 'ef'.repeat(32))
    expect(await loadMasterKey({ file, env: { ...env, VIDNE_MASTER_KEY_FILE: named } })).toMatchObject({
      from: 'environment',
    })
    expect(await loadMasterKey({ file, env: { CREDENTIALS_DIRECTORY: folder } })).toMatchObject({ from: 'file' })
  })

  test('that others can read is refused', async () => {
    for (const mode of [0o640, 0o604, 0o660, 0o700 | 0o010]) {
      await keyFile(file, ONE, mode)
      await expect(loadMasterKey({ file, env: {} })).rejects.toMatchObject({ code: 'open-to-others' })
    }
    await keyFile(join(folder, 'vidne-master-key'), ONE, 0o444)
    await expect(loadMasterKey({ file, env: { CREDENTIALS_DIRECTORY: folder } })).rejects.toMatchObject({
      code: 'open-to-others',
    })
  })

  test('that is a folder or missing is refused, and no message holds a key', async () => {
    await expect(loadMasterKey({ file: folder, env: {} })).rejects.toMatchObject({ code: 'not-a-file' })
    await expect(loadMasterKey({ file, env: {} })).rejects.toMatchObject({ code: 'missing' })
    await keyFile(file, `${ONE}zz`)
    const error = await loadMasterKey({ file, env: {} }).catch((cause: unknown) => cause)
    expect(String(error)).not.toContain(ONE.slice(0, 8))
  })
})
