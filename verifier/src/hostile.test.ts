import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import { TEST_LOG_SKEY } from '@vidne/evidence/testing/small-log'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PackageSource, zipPackage } from './package-source.ts'
import { DELETED, TRUST, bagged, makePackage } from './testing/sample-package.ts'
import { receiptOf } from './testing/tampered/case.ts'
import { inMemory, packageOf, zipped } from './testing/zipped.ts'
import { Unreadable } from './verdict.ts'
import { verifyPackage } from './verify.ts'
import { verifyReceipt } from './verify-receipt.ts'

test('(what was not changed is not refused)', async () => {
  for (const { files } of [made, statement])
    expect(await refused(async () => judge(await packageOf(files)))).toBe(false)
})

/** Whether it was refused, in whichever way. Anything thrown but Unreadable goes through. */
async function refused(judging: () => Promise<{ holds: boolean }>): Promise<boolean> {
  try {
    return !(await judging()).holds
  } catch (refusal) {
    if (refusal instanceof Unreadable) return true
    throw refusal
  }
}

const judge = (source: PackageSource) => verifyPackage(source, { trust: TRUST })
const made = await makePackage()
const statement = await makePackage({ story: DELETED })

describe('nothing that was changed passes, and nothing makes the verifier stumble', () => {
  test.each([
    ['package', made.files],
    ['statement', statement.files],
  ])('one flipped bit anywhere in a %s', async (_, files) => {
    const zip = await zipped(files)
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(7), async (at, bit) => {
        const flipped = zip.slice()
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
        expect(await refused(async () => judge(await zipPackage(inMemory(flipped))))).toBe(true)
      }),
      { numRuns: 800 },
    )
  })

  test('a list in another spelling, though it says the same', async () => {
    const tag = PACKAGE_FILE.tagManifest
    const list = Buffer.from(made.files.get(tag) ?? []).toString('utf8')
    const spellings = [list.toUpperCase(), list.replace('  ', ' '), list.replaceAll('\n', '\r\n'), list.trimEnd()]
    for (const spelling of [list.replace(/[a-f]/, letter => letter.toUpperCase()), ...spellings]) {
      const { reasons } = await judge(await packageOf(new Map(made.files).set(tag, Buffer.from(spelling))))
      expect(reasons[0]?.code).toBe('bag-malformed')
    }
  })

  test('a package that ends anywhere, or begins later', async () => {
    const zip = await zipped(made.files)
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length - 1), fc.boolean(), async (at, end) => {
        const cut = end ? zip.subarray(0, at) : zip.subarray(at + 1)
        expect(await refused(async () => judge(await zipPackage(inMemory(cut))))).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  // The start page and the read-me prove nothing, and nothing commits to them; bag-info is checked for what is read of it.
  const bound = [...made.files.keys()].filter(name => !['index.html', 'README.txt', 'bag-info.txt'].includes(name))
  const lists = new Set<string>([PACKAGE_FILE.payloadManifest, PACKAGE_FILE.tagManifest])

  test('a byte of any file, with both lists made to fit', async () => {
    const names = bound.filter(name => !lists.has(name))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (name, where, by) => {
          const files = new Map(made.files)
          // Not `slice`, which gives a view of the same memory where a file is a Buffer.
          const bytes = Uint8Array.from(files.get(name) ?? [])
          const at = where % bytes.length
          bytes[at] = (bytes[at] ?? 0) ^ by
          files.set(name, bytes)
          expect({ name, refused: await refused(async () => judge(await packageOf(bagged(files)))) }).toEqual({
            name,
            refused: true,
          })
        },
      ),
      { numRuns: 400 },
    )
  })

  test('a file that is missing, empty, doubled under another name or exchanged, with both lists made to fit', async () => {
    const names = bound.filter(name => !lists.has(name))
    for (const name of names) {
      const bytes = made.files.get(name) ?? new Uint8Array()
      const without = new Map(made.files)
      without.delete(name)
      const changes = [
        without,
        new Map(made.files).set(name, new Uint8Array()),
        new Map(made.files).set(`${name}.old`, bytes),
        new Map(made.files).set(name, Buffer.concat([bytes, Buffer.from('\n')])),
        ...names
          .filter(other => other !== name)
          .map(other => new Map(made.files).set(name, made.files.get(other) ?? bytes)),
      ]
      for (const files of changes)
        expect({ name, refused: await refused(async () => judge(await packageOf(bagged(files)))) }).toEqual({
          name,
          refused: true,
        })
    }
  })

  test('a byte of a receipt', async () => {
    // Signed by the log alone: a countersignature that nobody knows is passed over, and a receipt asks for none.
    const receipt = receiptOf(await makePackage({ skeys: [TEST_LOG_SKEY] }))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(receipt.length - 1),
        fc.constantFrom('A', '0', ' ', '\n', '=', 'ø', '\0'),
        async (at, letter) => {
          const text = receipt.slice(0, at) + letter + receipt.slice(at + 1)
          fc.pre(text !== receipt)
          expect(await refused(() => verifyReceipt(text, { trust: TRUST }))).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a package is not read beyond what a package has', () => {
  const huge = (name: string, bytes: number): PackageSource => ({
    files: new Map([...[...made.files].map(([path, own]): [string, number] => [path, own.length]), [name, bytes]]),
    read: async (path, offset, length) => {
      if (length > 2_000_000) throw new Error(`${path} would be read whole`)
      if (path === name) return new Uint8Array(length)
      return (made.files.get(path) ?? new Uint8Array()).subarray(offset, offset + length)
    },
    onDisk: () => null,
  })

  test.each([
    ['events/0001.tlog-proof', 17 * 1024 * 1024],
    [PACKAGE_FILE.checkpoint, 17 * 1024 * 1024],
    [PACKAGE_FILE.captureManifest, 17 * 1024 * 1024],
    [PACKAGE_FILE.payloadManifest, 17 * 1024 * 1024],
    [PACKAGE_FILE.bagInfo, 17 * 1024 * 1024],
    [PACKAGE_FILE.map, 257 * 1024 * 1024],
  ])('%s of %i bytes is named and left unread', async (name, bytes) => {
    const verdict = await judge(huge(name, bytes))
    expect(verdict).toMatchObject({ holds: false, intact: false })
    expect(verdict.reasons).toContainEqual({ code: 'file-too-large', where: name })
  })

  test('a list of pieces that is longer than the footage has pieces is not read at all', async () => {
    const verdict = await judge(huge(PACKAGE_FILE.pieces, 50_000_000))
    expect(verdict.reasons).toContainEqual({ code: 'pieces-altered', where: PACKAGE_FILE.pieces })
  })

  test('two hundred thousand wrong files are not two hundred thousand reasons', async () => {
    const names = Array.from({ length: 200_000 }, (_, at): [string, number] => [`data/x${at}`, 70_000])
    const source = huge('data/x', 1)
    const verdict = await judge({ ...source, files: new Map([...source.files, ...names]) })
    expect(verdict.reasons).toHaveLength(501)
    expect(verdict.reasons.at(-1)).toEqual({ code: 'more-reasons', where: '500' })
    expect(verdict).toMatchObject({ intact: false, history: 'unproven', holds: false })
  })
})
