import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { languages } from '@vidne/locales/say'
import type { About } from '../platform/http/about.ts'
import { type Said, byMonth } from './counting.ts'
import { addDeletionPages } from './routes.ts'

const said = (index: number, at: string, counts: Record<string, number>): Said => ({
  index,
  leafHash: new Uint8Array(32).fill(index),
  statement: {
    type: 'deletion-run',
    v: 1,
    at: Date.parse(at),
    counts: Object.entries(counts).map(([rule, items]) => ({ rule, items })),
  },
})

const log = [
  said(4, '2026-09-30T21:30:00Z', { uncategorised: 2 }),
  said(9, '2026-09-30T22:30:00Z', { uncategorised: 40, complaint: 1 }),
  said(12, '2026-10-05T03:00:00Z', { uncategorised: 1700, 'early-deletion': 1 }),
]

describe('counting', () => {
  test('adds up months by the clock of the agency, newest first, and each rule within one', () => {
    expect(byMonth(log, 'Europe/Copenhagen').map(({ month, counts, total }) => ({ month, counts, total }))).toEqual([
      {
        month: '2026-10',
        counts: [
          { rule: 'uncategorised', items: 1740 },
          { rule: 'complaint', items: 1 },
          { rule: 'early-deletion', items: 1 },
        ],
        total: 1742,
      },
      { month: '2026-09', counts: [{ rule: 'uncategorised', items: 2 }], total: 2 },
    ])
    expect(byMonth(log, 'UTC').map(({ total }) => total)).toEqual([1701, 43])
  })

  test('gives the statements of a month one digest, which changes with each of them', () => {
    const digest = (of: readonly Said[]) => byMonth(of, 'UTC').at(-1)?.digest
    expect(digest(log)).toMatch(/^[0-9a-f]{64}$/)
    expect(digest(log.slice(0, 2))).toBe(digest(log))
    expect(digest(log.slice(0, 1))).not.toBe(digest(log))
    expect(digest([log[1]!, log[0]!])).not.toBe(digest(log))
  })
})

describe('the pages', () => {
  let size = 13
  let asked = 0
  const app = new Hono<{ Bindings: { about: About } }>()
  const seal = {
    said: async () => {
      asked += 1
      return log
    },
    metrics: () => ({ publicLeaves: size }),
  }
  addDeletionPages(app, () => ({ seal, zone: async () => 'Europe/Copenhagen' }), false)
  const about: About = { id: 'a-request', client: '127.0.0.1', language: 'sv' }
  const page = async (path: string): Promise<string> => (await app.request(path, {}, { about })).text()

  test.each(languages)('S3-11 are there in %s, without script and without anything from elsewhere', async language => {
    for (const path of [`/deletions?lang=${language}`, `/deletions/2026-10?lang=${language}`]) {
      const html = await page(path)
      expect(html).toContain(`<html lang="${language}">`)
      expect(html).not.toMatch(/<script|<style|style=| on\w+=|https?:/)
      expect(html).not.toMatch(/\{\w+\}/)
    }
  })

  test("take the reader's language where the address names none", async () => {
    expect(await page('/deletions')).toContain('<html lang="sv">')
    expect(await page('/deletions')).toContain('oktober 2026')
  })

  test('tell of every statement of a month its place and its hash', async () => {
    const html = await page('/deletions/2026-10?lang=en')
    for (const { index, leafHash } of log.slice(1)) {
      expect(html).toContain(`Place in the log: ${index}.`)
      expect(html).toContain(Buffer.from(leafHash).toString('hex'))
    }
    expect(html).toContain('1,742')
    expect(html).not.toContain('04'.repeat(32))
    expect((await app.request('/deletions/2025-01', {}, { about })).status).toBe(404)
  })

  test('count the log once for each public checkpoint, however often they are asked for', async () => {
    asked = 0
    await Promise.all(Array.from({ length: 20 }, () => page('/deletions')))
    expect(asked).toBe(0)
    size += 1
    await Promise.all(Array.from({ length: 20 }, () => page('/deletions')))
    expect(asked).toBe(1)
  })

  test('say so where nothing was deleted yet, and where nobody has founded anything', async () => {
    const empty = new Hono<{ Bindings: { about: About } }>()
    addDeletionPages(empty, () => null, true)
    const html = await (await empty.request('/deletions?lang=en', {}, { about })).text()
    expect(html).toContain('Nothing has been deleted yet.')
    expect(html).toContain('class="rehearsal"')
  })
})
