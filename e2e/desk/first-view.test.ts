import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Chunk = { file: string; src?: string; isEntry?: boolean; imports?: string[]; css?: string[] }

const built = join(import.meta.dirname, '../../web/dist')
const manifest = JSON.parse(readFileSync(join(built, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>

/** Everything the first page needs before it shows a word: the entry, what it imports, its styles, one language of the shell. */
function firstView(): string[] {
  const entry = Object.values(manifest).find(chunk => chunk.isEntry)
  if (entry === undefined) throw new Error('the desk was built without an entry')
  const files = new Set<string>(['index.html'])
  const add = (chunk: Chunk | undefined) => {
    if (chunk === undefined || files.has(chunk.file)) return
    files.add(chunk.file)
    for (const style of chunk.css ?? []) files.add(style)
    for (const name of chunk.imports ?? []) add(manifest[name])
  }
  add(entry)
  add(Object.values(manifest).find(chunk => chunk.src?.endsWith('locales/desk/shell/de.json')))
  return [...files]
}

test('the first view is at most 220 kB (gzip)', () => {
  const files = firstView()
  expect(files.length).toBeGreaterThan(3)
  const bytes = files.reduce((sum, file) => sum + statSync(join(built, `${file}.gz`)).size, 0)
  expect(bytes).toBeLessThanOrEqual(220_000)
  expect(bytes).toBeGreaterThan(50_000)
})

test('no schema library comes into the browser', () => {
  const chunks = [...new Set(Object.values(manifest).map(chunk => chunk.file))].filter(file => file.endsWith('.js'))
  const withZod = chunks.filter(file =>
    /ZodError|\$ZodType|"invalid_type"/.test(readFileSync(join(built, file), 'utf8')),
  )
  expect(withZod).toEqual([])
})
