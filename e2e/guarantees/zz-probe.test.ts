import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { parsePolicy } from '@vidne/tlog/policy'
import { checkLog, cosignLog } from '@vidne/verifier/log-check'
import { servedLog } from '@vidne/verifier/log-source.node'
import { test } from 'vitest'
import { dock, exported, inDays, run, statementOf, until } from './asking.ts'
import { inside } from './inside.ts'
import { verify } from './packages.ts'
test('probe', async () => {
  const checker = await generateKey('maps.example.org', 'cosignature-ed25519')
  const here = await inside({ settings: { mapCheckers: [checker.vkey] } })
  const { recording } = await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(3000) })
  const own = readFileSync(here.trust, 'utf8')
  const trust = join(here.data, '..', 'court.policy')
  writeFileSync(trust, own.replace('quorum none', `witness maps ${checker.vkey}\ngroup map-checkers any maps\nquorum none`))
  const check = async () => {
    const verdict = await checkLog({ source: servedLog(`${here.clerk.url}/log`), keys: parsePolicy(own).logs })
    const note = await cosignLog(verdict, await signerFromKey(checker.skey))
    const r = await fetch(`${here.clerk.url}/log/cosignature`, { method: 'POST', body: note })
    return r.status
  }
  let go = true
  const loop = (async () => { while (go) { await check().catch(() => 0); await new Promise(r => setTimeout(r, 50)) } })()
  for (const wait of [true, true]) {
    const zip = await exported(here.clerk, recording, { purpose: 'case 1', wait })
    const file = join(here.data, '..', 'p.zip'); writeFileSync(file, zip)
    const v = await verify(file, '--trust', trust, '--rehearsal')
    console.log(v.exit, v.history, v.countersigned, v.reasons)
  }
  await inDays(here.clerk, 32); await run(here.clerk)
  for (let i = 0; i < 2; i++) {
    const file = join(here.data, '..', 'p.zip'); writeFileSync(file, await statementOf(here.clerk, recording))
    const v = await verify(file, '--trust', trust, '--rehearsal')
    console.log(v.exit, v.history, v.countersigned, v.reasons)
    await new Promise(r => setTimeout(r, 4000))
  }
  go = false; await loop
  await here.close()
})
