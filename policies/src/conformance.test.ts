import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PolicyPack } from './pack.ts'
import { packById, packs } from './packs.ts'
import { valuesOf } from './values.ts'
import { additions, anchorExceptions, exceptions } from './testing/exceptions.ts'

type Value = { v: unknown; f: string; s: string; dir?: string; anchor?: string }
type Table = { id: string; title: string } & Record<string, unknown>

const tables = readFileSync(join(import.meta.dirname, '../conformance/policy-packs.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Table)

/** Items of these lists are codes; in the table some are sentences or names. */
const codeOf = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')

/** A table's own words for POLCAM hold a period; the pack has it as a figure beside the code. */
const RENAMED: Readonly<Record<string, string>> = {
  polcam_registration_within_p14d_of_set_up_or_change_where_public_traffic_areas_are_filmed:
    'polcam_registration_where_public_traffic_areas_are_filmed',
  yearly_stage_1_2_3_counts_assaults_recordings_kept: 'yearly_stage_counts_assaults_recordings_kept',
}

function inTable(part: unknown, path: string): [string, Value][] {
  if (Array.isArray(part))
    return part.map((item: Value) => {
      const code = codeOf(String(item.v))
      return [`${path}.${RENAMED[code] ?? code}`, item]
    })
  if (typeof part !== 'object' || part === null) return []
  if ('v' in part && 'f' in part) return [[path, part as Value]]
  return Object.entries(part).flatMap(([name, member]) => inTable(member, path === '' ? name : `${path}.${name}`))
}

const inPack = (pack: PolicyPack) =>
  new Map(valuesOf(pack).map(({ path, leaf }) => [path, leaf as unknown as Value] as const))

const excepted = (list: typeof exceptions, pack: string, path: string) =>
  list.some(one => one.pack === pack && one.path === path)

/** The words that carry a basis, without those that only we understand. */
const carrying = (basis: string) =>
  basis
    .replaceAll(/\bseed \d|own knowledge|\bverify\b/g, '')
    .split(/[^\p{L}\d]+/u)
    .filter(word => word.length > 3)

describe.each(tables)('the pack $id', table => {
  const pack = packById(table.id)!
  const rows = inTable({ ...table, id: null, title: null }, '')
  const values = inPack(pack)

  test('says what the table says, field by field', () => {
    expect(pack.title).toBe(table.title)
    expect(rows.length).toBeGreaterThan(30)
    for (const [path, row] of rows.filter(([path]) => !excepted(exceptions, table.id, path))) {
      const found = values.get(path)
      // Items of a list of codes are compared by their path, which holds the code.
      const value = found?.v === path.split('.').at(-1) ? found?.v : row.v
      expect({ path, v: found?.v, f: found?.f }).toEqual({ path, v: value, f: row.f })
    }
  })

  test('binds in the direction and from the anchor that the table says', () => {
    for (const [path, row] of rows.filter(([, { dir }]) => dir !== undefined)) {
      const found = values.get(path)
      const moved = excepted(anchorExceptions, table.id, path)
      const anchor = moved ? 'case' : (row.anchor ?? 'end_of_capture')
      expect({ path, dir: found?.dir, anchor: found?.anchor }).toEqual({ path, dir: row.dir, anchor })
    }
  })

  test('names at least the sources that the table names', () => {
    for (const [path, row] of rows.filter(([path]) => !excepted(exceptions, table.id, path))) {
      const words = carrying(values.get(path)?.s ?? '')
      expect({ path, missing: carrying(row.s).filter(word => !words.includes(word)) }).toEqual({ path, missing: [] })
    }
  })

  test('has nothing beside the table but what the list of additions names', () => {
    const known = new Set(rows.map(([path]) => path))
    const beside = [...values.keys()].filter(path => !known.has(path))
    expect(
      beside.filter(path => !Object.keys(additions).some(added => path === added || path.startsWith(`${added}.`))),
    ).toEqual([])
  })
})

test('every exception and every addition is one', () => {
  expect(tables.map(({ id }) => id).toSorted()).toEqual([...packs.keys()].toSorted())
  for (const { pack, path, because } of [...exceptions, ...anchorExceptions]) {
    const row = inTable(
      tables.find(({ id }) => id === pack),
      '',
    ).find(([found]) => found === path)?.[1]
    const value = inPack(packById(pack)!).get(path)
    expect(because).not.toBe('')
    expect(row).toBeDefined()
    expect({ v: value?.v, f: value?.f, anchor: value?.anchor }).not.toEqual({
      v: row?.v,
      f: row?.f,
      anchor: row?.anchor,
    })
  }
  const paths = [...packs.values()].flatMap(pack => [...inPack(pack).keys()])
  expect(
    Object.keys(additions).filter(added => !paths.some(path => path === added || path.startsWith(`${added}.`))),
  ).toEqual([])
})

test('the flags are counted: of the table as it was measured but for the exceptions, and of all that is shipped', () => {
  const flags = ['law', 'policy', 'seed', 'default'] as const
  const counted = (values: readonly { f: string }[]) => flags.map(flag => values.filter(({ f }) => f === flag).length)
  const taken = Object.fromEntries(
    tables.map(table => {
      const rows = new Set(inTable({ ...table, id: null, title: null }, '').map(([path]) => path))
      return [
        table.id,
        counted([...inPack(packById(table.id)!)].flatMap(([path, leaf]) => (rows.has(path) ? [leaf] : []))),
      ]
    }),
  )
  // Measured in the table: 2/8/5/35, 21/0/1/14, 3/21/3/21, 12/7/1/20, 17/0/5/14. Three defaults of Duisburg became law,
  // and "none" is gone from two lists.
  expect(taken).toEqual({
    'dk-politi': [2, 8, 5, 35],
    'dk-borger': [21, 0, 1, 13],
    'uk-met': [3, 21, 3, 21],
    'se-skola': [12, 7, 1, 20],
    'de-nrw-oa': [20, 0, 5, 10],
  })
  const shipped = Object.fromEntries([...packs].map(([id, pack]) => [id, counted([...inPack(pack).values()])]))
  expect(shipped).toMatchInlineSnapshot(`
    {
      "de-nrw-oa": [
        22,
        0,
        8,
        21,
      ],
      "dk-borger": [
        29,
        0,
        1,
        21,
      ],
      "dk-politi": [
        3,
        13,
        7,
        49,
      ],
      "se-skola": [
        18,
        12,
        2,
        28,
      ],
      "uk-met": [
        4,
        29,
        3,
        36,
      ],
    }
  `)
})
