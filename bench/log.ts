import { spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { checkInclusion, leafHash } from '@vidne/tlog/merkle'
import { TileCache } from '@vidne/tlog/tile-cache'
import { inclusionProof, rootAt } from '@vidne/tlog/tiles'
import { historyKeyId } from '@vidne/server/platform/identifiers'
import { postgresPrograms, startPostgres } from '@vidne/server/platform/testing/postgres-server'
import { MemoryLog } from '../tlog/testing/memory-log.ts'
import { openInside } from './inside.ts'
import { upload } from './loader.ts'
import { type Result, atLeast, atMost, median, quantile } from './measure.ts'
import { type Installation, found, serveVidne } from './servers.ts'

const mib = 1_048_576

/** Events to signed checkpoints on PostgreSQL, receipts while cameras dock, and proofs of a large log. */
export async function run(): Promise<Result[]> {
  return [...(await events()), await receipts(), ...(await proofs())]
}

const chains = 64
const batches = 60
const writers = 8

async function events(): Promise<Result[]> {
  const programs = postgresPrograms()
  if (programs === null) throw new Error('PostgreSQL is not here')
  const postgres = await startPostgres(programs)
  spawnSync('psql', ['-c', 'create database bench', postgres.url('postgres')])
  const address = postgres.url('bench')
  const installation = found(['--database', address])
  const inside = await openInside(installation)
  const { database, history, vault, seal, people } = inside
  const [agency = ''] = await people.agencies()
  const subjects = Array.from({ length: chains }, () => randomUUID())
  await vault.create({
    agency,
    expires: null,
    keys: subjects.map(id => ({ id: historyKeyId(id), kind: 'history' as const })),
  })
  const pol = await database.asAgency(agency, trx => inside.policyDigest(trx, agency))
  for (const subject of subjects)
    await database.asAgency(agency, trx =>
      history.begin(trx, {
        agency,
        subject,
        kind: 'agency',
        captureId: randomBytes(32),
        firstType: 'opened',
        pol,
        fields: [],
      }),
    )
  const rates: number[] = []
  for (let round = 0; round < 5; round++) rates.push(await round_(subjects))
  const entry = bytesBelow(join(installation.data, 'log')) / seal.metrics().leaves
  await inside.stages.dock.close()
  await inside.close()
  await postgres.remove()
  installation.remove()
  return [
    atLeast('events committed to signed checkpoints, batched, PostgreSQL', median(rates), 5000, '/s'),
    atMost('tiles and bundles', entry, 110, 'B/entry'),
  ]

  async function round_(all: readonly string[]): Promise<number> {
    const before = seal.metrics().leaves
    const began = performance.now()
    await Promise.all(
      Array.from({ length: writers }, (_, writer) => write(all.filter((_subject, at) => at % writers === writer))),
    )
    const written = batches * all.length
    while (seal.metrics().leaves < before + written) await pause(5)
    return written / ((performance.now() - began) / 1000)
  }

  async function write(own: readonly string[]): Promise<void> {
    for (let batch = 0; batch < batches / 4; batch++) {
      const entries = Array.from({ length: 4 }, () => own).flat()
      await database.asAgency(agency, trx =>
        history.appendMany(
          trx,
          entries.map(subject => ({
            subject,
            type: 'annotated' as const,
            pol,
            fields: [{ name: 'note', value: 'bench' }],
          })),
        ),
      )
    }
  }
}

async function receipts(): Promise<Result> {
  const installation = found()
  const server = await serveVidne(installation)
  const waits: number[] = []
  const token = installation.deviceToken
  let loading = true
  const load = (async () => {
    while (loading) await upload({ url: server.url, token, uploads: 63, bytes: 4 * mib })
  })()
  for (let camera = 0; camera < 100; camera++) {
    const { paths } = await upload({ url: server.url, token, uploads: 1, bytes: 64 * 1024 })
    const began = performance.now()
    for (;;) {
      const answer = await fetch(`${server.url}${paths[0]}/receipt`, { headers: { authorization: `Bearer ${token}` } })
      await answer.arrayBuffer()
      if (answer.status === 200) break
      await pause(20)
    }
    waits.push((performance.now() - began) / 1000)
  }
  loading = false
  await load
  await server.stop()
  ;(installation satisfies Installation).remove()
  return atMost('receipt after the last byte, 64 uploads running, p99', quantile(waits, 0.99), 1.5, 's')
}

const entries = 1_000_000

async function proofs(): Promise<Result[]> {
  const log = new MemoryLog()
  const bytes = new Uint8Array(randomBytes(32 * entries))
  await log.append(Array.from({ length: entries }, (_, index) => bytes.subarray(32 * index, 32 * (index + 1))))
  const root = await rootAt(log, entries)
  const cache = new TileCache(log)
  const times = { make: [] as number[], check: [] as number[] }
  for (let round = 0; round < 400; round++) {
    const index = Math.floor(Math.random() * entries)
    const began = performance.now()
    const proof = await inclusionProof(cache, index, entries)
    const made = performance.now()
    const hash = log.leafHashes[index] ?? leafHash(new Uint8Array())
    const verdict = checkInclusion({ leafHash: hash, index, size: entries, root, proof })
    times.make.push(made - began)
    times.check.push(performance.now() - made)
    if (!verdict.holds) throw new Error('a proof does not hold')
  }
  return [
    atMost('proof at 10⁶ entries: to make, p50', median(times.make), 1, 'ms'),
    atMost('proof at 10⁶ entries: to check, p50', median(times.check), 0.1, 'ms'),
  ]
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
