import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Extent, Result } from './measure.ts'

/** `shown`: how a bench of many figures shows them itself. */
type Bench = {
  readonly run: (extent: Extent) => Promise<Result[]>
  readonly shown?: (results: readonly Result[]) => string
}

const benches: Record<string, () => Promise<Bench>> = {
  ingest: () => import('./ingest.ts'),
  log: () => import('./log.ts'),
  verify: () => import('./verify.ts'),
  read: () => import('./read.ts'),
  start: () => import('./start.ts'),
  export: () => import('./export.ts'),
  decide: () => import('./decide.ts'),
  desk: () => import('./desk.ts'),
  retention: () => import('./retention.ts'),
  'desk-playback': () => import('./desk-playback.ts'),
}

/** On fewer cores loader and server share what there is, and a ratio says nothing about either. */
const coresToJudge = 4

const [name = '', ...options] = process.argv.slice(2)
const bench = benches[name]
if (bench === undefined) {
  console.error(`npm run bench -- NAME [--json] [--short], with NAME one of ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}
const place = mkdtempSync(join(tmpdir(), 'vidne-bench-'))
// PostgreSQL runs as a user of its own and has to get through.
chmodSync(place, 0o755)
process.env['TMPDIR'] = place
process.on('exit', () => rmSync(place, { recursive: true, force: true }))
const short = options.includes('--short')
const judges = availableParallelism() >= coresToJudge && !short
const { run, shown } = await bench()
const measured = await run({ short })
const results = measured.map(result => ({ ...result, holds: judges ? result.holds : null }))
const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}`
if (options.includes('--json')) console.log(JSON.stringify({ name, machine, results }))
else {
  console.log(`${name} on ${machine}${judges ? '' : short ? ' (in short, not judged)' : ' (too few cores to judge)'}`)
  if (shown !== undefined) console.log(shown(results))
  else
    for (const { what, value, unit, target, holds } of results)
      console.log(`${holds === null ? '   ' : holds ? ' ok' : 'NOT'}  ${what}: ${value} ${unit} (must reach ${target})`)
}
process.exit(0)
