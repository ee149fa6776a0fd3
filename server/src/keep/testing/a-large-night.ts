import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { captureId } from '@vidne/evidence/event'
import type { Ground } from '../../ground.ts'
import { historyKeyId } from '../../platform/identifiers.ts'
import { newObjectName } from '../../platform/objects/objects.ts'

/** What of an installation a night is made in. */
export type NightGround = Pick<Ground, 'database' | 'clock' | 'vault' | 'objects' | 'history' | 'policyDigest'>

/** So many rows are loaded in one statement. */
const chunk = 10_000
const parts = 4
const partBytes = 65_536
const dayMs = 86_400_000
/** The rule of uk-met for footage without a category. */
const lifeMs = 31 * dayMs

/** Recordings that stay: their rows with dock and keep, and chains that nobody reads in. Deadlines lie over a month. */
export async function loadKept(
  ground: NightGround,
  { agency, kept, from }: { agency: string; kept: number; from: number },
): Promise<void> {
  const { database, clock } = ground
  const [received, first] = [new Date(clock.now()), new Date(from)]
  for (let loaded = 0; loaded < kept; loaded += chunk) {
    const [start, end] = [loaded, Math.min(loaded + chunk, kept) - 1]
    await database.asInstallation(trx =>
      sql`
        with made as (
          select gen_random_uuid() as id, sha256(int8send(n)) as digest, ${first}::timestamptz + n % 44640 * interval '1 minute' as ends
          from generate_series(${start}::bigint, ${end}::bigint) n
        ), docked as (
          insert into dock_recording (id, agency, camera, path, bytes, sha256, level, received_at, recorded_at, proposed_hold, read_state)
          select id, ${agency}::uuid, 'BC-1', 'DCIM/a.mp4', 1048576, digest, 'gateway', ${received}, ${received}, false, 'read' from made
        ), chained as (
          insert into history_chain (subject, agency, kind, capture_id, created_at)
          select id, ${agency}::uuid, 'recording', digest, ${received} from made
        )
        insert into keep_deadline (recording, agency, rule, direction, anchor, anchor_source, settled, delete_after, state, vault_state,
          vault_hour)
        select id, ${agency}::uuid, 'uncategorised', 'max', ends - interval '31 days', 'recorded', true, ends, 'kept', 'settled',
          extract(epoch from ends)::bigint / 3600 from made`.execute(trx),
    )
  }
}

/** Recordings that the next night finds due, as the dock makes them, except for what a camera would have sent. */
export async function sealDue(ground: NightGround, agency: string, due: number): Promise<void> {
  for (let sealed = 0; sealed < due; sealed += 100) {
    const most = Math.min(100, due - sealed)
    await sealSome(
      ground,
      agency,
      // Over the whole day before: as many hours of keys as a day has.
      Array.from({ length: most }, (_, at) => ground.clock.now() - ((sealed + at) / due) * dayMs),
    )
  }
}

async function sealSome(ground: NightGround, agency: string, times: readonly number[]): Promise<void> {
  const { vault, objects, database, history, clock } = ground
  const made = await Promise.all(
    times.map(async recordedAt => {
      const id = randomUUID()
      const names = Array.from({ length: parts }, () => newObjectName())
      for (const name of names) await objects.write(name, [randomBytes(partBytes)])
      const manifest = manifestNow()
      return { id, names, manifest, recordedAt, received: clock.now() }
    }),
  )
  const keys = made.flatMap(({ id }) => [
    { id, kind: 'data' as const },
    { id: historyKeyId(id), kind: 'history' as const },
  ])
  await vault.create({ agency, keys, expires: clock.now() + lifeMs })
  await database.asAgency(agency, async trx => {
    for (const { id, names, manifest, recordedAt, received } of made) {
      await sql`insert into dock_recording (id, agency, camera, path, bytes, sha256, level, received_at, recorded_at, proposed_hold, read_state)
        values (${id}::uuid, ${agency}::uuid, 'BC-2', 'DCIM/b.mp4', ${parts * partBytes}, ${Buffer.from(manifest.sha256, 'hex')}, 'gateway',
          ${new Date(received)}, ${new Date(recordedAt)}, false, 'waiting')`.execute(trx)
      await sql`insert into dock_part (agency, recording, part, object, plain_offset, plain_bytes)
        select ${agency}::uuid, ${id}::uuid, place - 1, object, (place - 1) * ${partBytes}::bigint, ${partBytes}::int
        from unnest(${names}::text[]) with ordinality as p (object, place)`.execute(trx)
    }
    const pol = await ground.policyDigest(trx, agency)
    const beginnings = made.map(({ id, manifest }) => {
      const fields = [{ name: 'manifest', value: manifest }]
      return {
        agency,
        subject: id,
        kind: 'recording',
        captureId: captureId(manifest),
        firstType: 'sealed',
        pol,
        fields,
      } as const
    })
    await history.beginMany(trx, beginnings)
  })
}

function manifestNow() {
  const random = () => randomBytes(32).toString('hex')
  return {
    v: 1 as const,
    salt: random(),
    level: 'gateway' as const,
    bytes: parts * partBytes,
    sha256: random(),
    pieces: { size: 1_048_576 as const, count: 1, root: random() },
    media: { extension: 'mp4' },
  }
}
