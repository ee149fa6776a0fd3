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
import { type Extent, type Result, atLeast, atMost, median, quantile } from './measure.ts'
import { found, serveVidne } from './servers.ts'

const mib = 1_048_576

const rounds = 5

/** Events to signed checkpoints on PostgreSQL, receipts while cameras dock, and proofs of a large log; five rounds of each. */
export async function run({ short }: Extent): Promise<Result[]> {
  const counted = short ? 1 : rounds
  return [
    ...(await events(counted)),
    await receipts(counted, short ? 2 : 25),
    ...(await proofs(counted, short ? 10_000 : 1_000_000)),
  ]
}

const chains = 64
const batches = 60
const writers = 8

type Inside = Awaited<ReturnType<typeof openInside>>
type Writing = { inside: Inside; agency: string; pol: Uint8Array; subjects: readonly string[] }

async function events(counted: number): Promise<Result[]> {
  const programs = postgresPrograms()
  if (programs === null) throw new Error('PostgreSQL is not here')
  const postgres = await startPostgres(programs)
  spawnSync('psql', ['-c', 'create database bench', postgres.url('postgres')])
  const installation = found(['--database', postgres.url('bench')])
  const inside = await openInside(installation)
  const writing = await beginChains(inside)
  const rates: number[] = []
  for (let round = 0; round < counted; round++) rates.push(await roundOf(writing))
  const entry = bytesBelow(join(installation.data, 'log')) / inside.seal.metrics().leaves
  await inside.stages.dock.close()
  await inside.close()
  await postgres.remove()
  installation.remove()
  return [
    atLeast('events committed to signed checkpoints, batched, PostgreSQL', median(rates), 5000, '/s'),
    atMost('tiles and bundles', entry, 110, 'B/entry'),
  ]
}

async function beginChains(inside: Inside): Promise<Writing> {
  const { database, history, vault, people } = inside
  const [agency = ''] = await people.agencies()
  const subjects = Array.from({ length: chains }, () => randomUUID())
  const keys = subjects.map(id => ({ id: historyKeyId(id), kind: 'history' as const }))
  await vault.create({ agency, expires: null, keys })
  const pol = await database.asAgency(agency, trx => inside.policyDigest(trx, agency))
  for (const subject of subjects) {
    const first = { agency, subject, kind: 'agency', firstType: 'opened', pol, fields: [] } as const
    await database.asAgency(agency, trx => history.begin(trx, { ...first, captureId: randomBytes(32) }))
  }
  return { inside, agency, pol, subjects }
}

/** Events a second, from the first statement until a signed checkpoint covers the last of them. */
async function roundOf(writing: Writing): Promise<number> {
  const { inside, subjects } = writing
  const before = inside.seal.metrics().leaves
  const began = performance.now()
  const shares = Array.from({ length: writers }, (_, writer) =>
    subjects.filter((_subject, at) => at % writers === writer),
  )
  await Promise.all(shares.map(own => write(writing, own)))
  const written = batches * subjects.length
  while (inside.seal.metrics().leaves < before + written) await pause(5)
  return written / ((performance.now() - began) / 1000)
}

async function write({ inside, agency, pol }: Writing, own: readonly string[]): Promise<void> {
  const fields = [{ name: 'note', value: 'bench' }]
  for (let batch = 0; batch < batches / 4; batch++) {
    const entries = Array.from({ length: 4 }, () => own).flat()
    const happenings = entries.map(subject => ({ subject, type: 'annotated' as const, pol, fields }))
    await inside.database.asAgency(agency, trx => inside.history.appendMany(trx, happenings))
  }
}

/** p99 of each round, their median; the 60 uploads go on through all rounds, and each dock brings four files more. */
async function receipts(counted: number, docks: number): Promise<Result> {
  const installation = found()
  const server = await serveVidne(installation)
  const p99s: number[] = []
  const token = installation.deviceToken
  let loading = true
  const load = (async () => {
    while (loading) await upload({ url: server.url, token, uploads: 60, bytes: 4 * mib })
  })()
  for (let round = 0; round < counted; round++) {
    const waits: number[] = []
    for (let dock = 0; dock < docks; dock++) {
      const { paths } = await upload({ url: server.url, token, uploads: 4, bytes: 64 * 1024 })
      waits.push(...(await Promise.all(paths.map(path => receiptWait(`${server.url}${path}/receipt`, token)))))
    }
    p99s.push(quantile(waits, 0.99))
  }
  loading = false
  await load
  await server.stop()
  installation.remove()
  return atMost('receipt after the last byte, 64 uploads running, p99', median(p99s), 1.5, 's')
}

/** Seconds until there is a receipt, asked for often. */
async function receiptWait(url: string, token: string): Promise<number> {
  const began = performance.now()
  for (;;) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    await answer.arrayBuffer()
    if (answer.status === 200) return (performance.now() - began) / 1000
    await pause(20)
  }
}

/** p50 of each round of 400 proofs, their medians. */
async function proofs(counted: number, entries: number): Promise<Result[]> {
  const log = new MemoryLog()
  const bytes = new Uint8Array(randomBytes(32 * entries))
  await log.append(Array.from({ length: entries }, (_, index) => bytes.subarray(32 * index, 32 * (index + 1))))
  const root = await rootAt(log, entries)
  const cache = new TileCache(log)
  const p50s = { make: [] as number[], check: [] as number[] }
  for (let round = 0; round < counted; round++) {
    const times = { make: [] as number[], check: [] as number[] }
    for (let proved = 0; proved < 400; proved++) {
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
    p50s.make.push(median(times.make))
    p50s.check.push(median(times.check))
  }
  const of = entries === 1_000_000 ? '10⁶' : entries
  return [
    atMost(`proof at ${of} entries: to make, p50`, median(p50s.make), 1, 'ms'),
    atMost(`proof at ${of} entries: to check, p50`, median(p50s.check), 0.1, 'ms'),
  ]
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
