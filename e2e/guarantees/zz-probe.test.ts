import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'vitest'
import { openEmbedded } from '@vidne/server/platform/database/embedded'
import { Upkeep } from '@vidne/server/platform/database/upkeep'
import { dock, inDays, run, until, listed } from './asking.ts'
import { inside } from './inside.ts'
import { Search } from './plaintext.ts'
const silent = { info() {}, warn(...a: unknown[]) { console.log(a) }, error() {} }
test('probe', async () => {
  const here = await inside()
  const bytes = randomBytes(3_000_000)
  const sha = createHash('sha256').update(bytes).digest()
  const name = `DCIM/unique-${randomBytes(6).toString('hex')}.mp4`
  await dock(here.camera, { path: name, bytes, camera: 'BC-UNIQ-77' })
  for (let i = 0; i < 3; i++) await dock(here.camera, { path: `x${i}`, bytes: randomBytes(1000), camera: 'other' })
  await until('media that was read', async () => (await listed(here.clerk)).every(row => row.parsable !== null))
  const marks = [{ name: 'sha raw', bytes: sha }, { name: 'sha hex', bytes: Buffer.from(sha.toString('hex')) }, { name: 'path', bytes: Buffer.from(name) }, {name:'camera', bytes: Buffer.from('BC-UNIQ-77')}, {name: 'b64 path', bytes: Buffer.from(Buffer.from(name).toString('base64'))}]
  const look = (what: string) => { const s = new Search(marks); s.folder(here.data); console.log(what, [...s.found].map(x => x.replace(here.data, ''))) }
  await inDays(here.clerk, 32)
  await run(here.clerk)
  look('after run')
  await here.again(async () => {
    look('after stop')
    const c = await openEmbedded({ folder: join(here.data, 'database'), log: silent, statementTimeoutMs: 60000, idleInTransactionMs: 60000 } as never)
    const q = async (t: string) => { const l = await c.lease('unhurried'); const r = await l.run(t, []); l.release(false); return r.rows }
    await q("insert into platform_upkeep values ('vacuum', now() - interval '40 hours') on conflict (what) do update set at = excluded.at")
    await new Upkeep(c, silent).look(3)
    await q('checkpoint')
    look('after night')
    for (const t of ['dock_recording', 'dock_upload', 'dock_part', 'dock_fact']) console.log(t, await q(`select pg_relation_filepath('${t}') p`))
    for (const t of ['dock_recording', 'dock_upload', 'dock_part', 'dock_fact', 'pg_statistic']) await q(`vacuum full ${t}`)
    await q('checkpoint')
    look('after full')
    await q('select pg_switch_wal()'); await q('checkpoint'); 
    look('after switch')
    await c.close()
  })
  await here.close()
})
