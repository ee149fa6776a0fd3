import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { said } from './testing/said.ts'
import { type Vector, vectorFiles } from './testing/vector-files.ts'

const vectors = join(import.meta.dirname, '../../vectors')
const readIndex = (folder: string) => JSON.parse(readFileSync(join(vectors, folder, 'index.json'), 'utf8')) as Vector[]

/** Runs the command as in the vector's own folder. */
async function verdictOn(folder: string, { file, words }: Vector) {
  const at = (word: string) => (word.startsWith('--') ? word : join(vectors, folder, word))
  const { code, out } = await said('verify', [at(file), ...words.map(at), '--json'])
  return { exit: code, ...JSON.parse(out) }
}

describe('of what is genuine', () => {
  test.each(readIndex('packages'))('$name: $why', async vector => {
    const { reasons, ...verdict } = vector.verdict as { reasons: { code: string; where: string }[] }
    const said = await verdictOn('packages', vector)
    expect(said).toMatchObject({ exit: 0, ...verdict })
    expect(said.reasons.map(({ code, where }: { code: string; where: string }) => ({ code, where }))).toEqual(reasons)
  })
})

describe('a deceit is refused by name and place', () => {
  const index = readIndex('tampered')
  test('there are at least forty', () => expect(index.length).toBeGreaterThan(40))

  test.each(index)('$name: $why', async vector => {
    const said = await verdictOn('tampered', vector)
    expect(said).toMatchObject({ exit: vector.exit, ...vector.verdict })
    const places = said.reasons.map(({ code, where }: { code: string; where: string }) => ({
      code,
      where: where.replace(`${join(vectors, 'tampered')}/`, ''),
    }))
    expect(places).toContainEqual(vector.because)
  })
})

test('the vectors are those that the builder makes, and nothing lies beside them', async () => {
  const made = await vectorFiles()
  const differing = [...made].filter(([path, bytes]) => Buffer.compare(readFileSync(join(vectors, path)), bytes) !== 0)
  expect(differing.map(([path]) => path)).toEqual([])
  const there = globSync('{packages,tampered}/**/*', { cwd: vectors, withFileTypes: true }).filter(one => one.isFile())
  expect(there.length).toBe(made.size)
})
