import { build } from 'vite'
import { expect, test } from 'vitest'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { decide } from './decide.ts'
import { aTrigger, pack, quiet } from './testing/situations.ts'

/** The script a browser would load for one file, and every module it was made of. */
async function bundled(file: string): Promise<{ script: string; modules: string[] }> {
  const output = await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'silent',
    build: {
      write: false,
      modulePreload: false,
      lib: { entry: join(import.meta.dirname, file), formats: ['iife'], name: 'rules' },
    },
  })
  const [first] = Array.isArray(output) ? output : [output]
  const chunks = first !== undefined && 'output' in first ? first.output.filter(one => one.type === 'chunk') : []
  return { script: chunks.map(({ code }) => code).join(''), modules: chunks.flatMap(({ moduleIds }) => moduleIds) }
}

test('deciding needs nothing of Node and no package: it runs in a browser camera as it does in the server', async () => {
  const { script, modules } = await bundled('decide.ts')
  expect(modules.length).toBeGreaterThan(4)
  expect(modules.filter(id => /node_modules|node:|__vite-browser-external|\.(?:json)$/.test(id))).toEqual([])
  const place: { rules?: { decide: typeof decide }; Temporal: typeof Temporal } = { Temporal }
  runInNewContext(script, place)
  const situation = { ...quiet, triggers: [aTrigger('confrontation_risk')] }
  expect({ ...place.rules?.decide(situation, pack('dk-politi')) }).toEqual(decide(situation, pack('dk-politi')))
})

test.each(['merge.ts', 'diff.ts', 'replay.ts', 'versions.ts', 'loosened.ts', 'freeze.ts', 'override.ts'])(
  '%s needs nothing of Node either',
  async file => {
    const { modules } = await bundled(file)
    expect(modules.length).toBeGreaterThan(1)
    expect(modules.filter(id => /__vite-browser-external|^node:/.test(id))).toEqual([])
    expect(modules.filter(id => id.includes('node_modules') && !id.includes('/zod/'))).toEqual([])
  },
)
