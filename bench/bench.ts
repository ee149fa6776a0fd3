import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Result } from './measure.ts'

const benches: Record<string, () => Promise<{ run: () => Promise<Result[]> }>> = {
  ingest: () => import('./ingest.ts'),
  log: () => import('./log.ts'),
  verify: () => import('./verify.ts'),
  read: () => import('./read.ts'),
  start: () => import('./start.ts'),
}

/** On fewer cores loader and server share what there is, and a ratio says nothing about either. */
const coresToJudge = 4

const [name = '', ...options] = process.argv.slice(2)
const bench = benches[name]
if (bench === undefined) {
  console.error(`npm run bench -- NAME, with NAME one of ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}
const judges = availableParallelism() >= coresToJudge
const measured = await (await bench()).run()
const results = measured.map(result => ({ ...result, holds: judges ? result.holds : null }))
const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}`
if (options.includes('--json')) console.log(JSON.stringify({ name, machine, results }))
else {
  console.log(`${name} on ${machine}${judges ? '' : ' (too few cores to judge)'}`)
  for (const { what, value, unit, target, holds } of results)
    console.log(`${holds === null ? '   ' : holds ? ' ok' : 'NOT'}  ${what}: ${value} ${unit} (must reach ${target})`)
}
process.exit(0)
