import { join } from 'node:path'
import { execSync } from 'node:child_process'
import { sql } from '/work/main/node_modules/kysely/dist/index.js'
import { openDatabase } from '/work/main/server/src/platform/database/door.ts'
import { postgresPrograms, startPostgres } from '/work/main/server/src/platform/testing/postgres-server.ts'
import { openedStatement, originOf, testLog } from '/work/main/server/src/seal/test-log.ts'
import { checkInclusion, leafHash } from '@vidne/tlog/merkle'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { parseNote } from '@vidne/tlog/note'
import { openTileFolder } from '/work/main/server/src/seal/tile-store.ts'

const N = Number(process.argv[2] ?? 1_000_000)
const logger = { debug() {}, info() {}, warn: console.warn, error: console.error }
const server = await startPostgres(postgresPrograms())
const database = await openDatabase({ url: server.url('postgres'), folder: '/tmp/sealbench/db', log: logger })
const log = await testLog({ database })
let seal = await log.open({ log: logger })
await seal.openLog(openedStatement(originOf(log)))
let t = performance.now()
for (let at = 0; at < N; at += 50_000) {
  await database.asInstallation(trx => sql`insert into history_pending (leaf, label)
    select '\\x01'::bytea || sha256(('l' || i)::bytea) || sha256(('c' || i)::bytea), sha256(('l' || i)::bytea) from generate_series(${at}::int, ${at + 50_000 - 1}::int) i`.execute(trx))
}
console.log('filled pending ms', (performance.now() - t).toFixed(0))
while (seal.metrics().leaves < N) await new Promise(r => setTimeout(r, 50))
console.log('numbered + signed', N, 'ms since fill began', (performance.now() - t).toFixed(0), 'rss', (process.memoryUsage().rss / 1e6).toFixed(0))
t = performance.now()
await seal.publish()
console.log('publish ms', (performance.now() - t).toFixed(0), 'labels', seal.metrics().labels)
const { size, root } = parseCheckpoint(parseNote(Buffer.from((await seal.serve('checkpoint')).body).toString()).text)
const pct = (a: number[], p: number) => a.toSorted((x, y) => x - y)[Math.floor(a.length * p)]!.toFixed(3)
const make: number[] = [], check: number[] = [], pos: number[] = [], map: number[] = [], mapOld: number[] = []
const tiles = openTileFolder(join(log.folder, 'log'))
for (let i = 0; i < 2000; i++) {
  const index = Math.floor(Math.random() * size)
  const t0 = performance.now()
  const proof = await seal.proofOf(index, size)
  make.push(performance.now() - t0)
  if (i % 10 === 0) {
    const leaf = (await tiles.entries(Math.floor(index / 256), index % 256 + 1)).at(-1)!
    const t1 = performance.now()
    if (!checkInclusion({ leafHash: leafHash(leaf), index, size, root, proof }).holds) throw new Error('bad')
    check.push(performance.now() - t1)
    if (leaf[0] === 1) {
      const label = leaf.slice(1, 33)
      const t2 = performance.now(); await seal.position(label); pos.push(performance.now() - t2)
      const t3 = performance.now(); await seal.mapProofs([label], new Uint8Array(32), size - 1); map.push(performance.now() - t3)
    }
  }
}
console.log('proof make p50/p99', pct(make, 0.5), pct(make, 0.99), 'check', pct(check, 0.5), pct(check, 0.99), 'position', pct(pos, 0.5), 'map 2 proofs p50', pct(map, 0.5), pct(map, 0.99))
const s2 = size - 1
await database.asInstallation(trx => sql`insert into history_pending (leaf, label)
    select '\\x01'::bytea || sha256(('x' || i)::bytea) || sha256(('c' || i)::bytea), sha256(('x' || i)::bytea) from generate_series(1, 10000) i`.execute(trx))
await new Promise(r => setTimeout(r, 3000))
for (let i = 0; i < 50; i++) { const t3 = performance.now(); await seal.mapProofs([new Uint8Array(Buffer.from((i*997).toString(16).padStart(64, '5'), 'hex'))], new Uint8Array(32), s2); mapOld.push(performance.now() - t3) }
console.log('map proofs 10k labels ago p50', pct(mapOld, 0.5), pct(mapOld, 0.99))
const apparent = Number(execSync(`find ${log.folder}/log -type f -printf '%s\\n' | awk '{s+=$1} END {print s}'`).toString())
const blocks = Number(execSync(`du -sB1 ${log.folder}/log`).toString().split('\t')[0])
console.log('bytes per entry', (apparent / seal.metrics().leaves).toFixed(1), 'on blocks', (blocks / seal.metrics().leaves).toFixed(1))
await seal.close()
t = performance.now()
seal = await log.open({ log: logger })
console.log('open ms', (performance.now() - t).toFixed(0), seal.standing())
let worst = 0, last = performance.now()
const timer = setInterval(() => { const now = performance.now(); worst = Math.max(worst, now - last - 5); last = now }, 5)
while (!seal.metrics().mapReady) await new Promise(r => setTimeout(r, 50))
clearInterval(timer)
console.log('map ready ms', (performance.now() - t).toFixed(0), 'worst pause ms', worst.toFixed(0), 'rss', (process.memoryUsage().rss / 1e6).toFixed(0))
await seal.close(); await log.remove(); await database.close(); await server.remove(); process.exit(0)
