import { test } from 'vitest'
import { join } from 'node:path'
import { execSync } from 'node:child_process'
import { trialInstallation } from './testing/trial-installation.ts'
import { openQuietGround, settingsOf } from './quiet-ground.ts'
import { makeBackup } from './backup.ts'
import { restoreBackup } from './restore.ts'
import { silentLogger } from '../platform/http/logging.ts'
test('smoke', async () => {
  const t = await trialInstallation()
  let at = performance.now()
  const lap = (n: string) => {
    console.log(n, Math.round(performance.now() - at))
    at = performance.now()
  }
  await t.dock(3, 1_500_000)
  lap('dock')
  const g = await openQuietGround(settingsOf(t.data), silentLogger)
  lap('open')
  console.log(await g.logStanding(), await g.keep.standing())
  const out = join(t.root, 'backup-1')
  const r = await makeBackup(g, { out, objects: 'default', database: 'default', logKeys: false, onProgress() {} })
  lap('backup')
  await g.close()
  console.log(r)
  console.log(
    execSync(
      `find ${out} -type f | head -60; cat ${out}/README.txt; cat ${out}/backup.note; head -c 600 ${out}/database/dock_recording.jsonl; cd ${out} && sha256sum -c --quiet manifest-sha256.txt && echo ALLOK`,
    ).toString(),
  )
  at = performance.now()
  const back = await restoreBackup(
    {
      from: out,
      data: join(t.root, 'again'),
      keys: join(t.data, 'keys'),
      lock: join(t.data, 'lock'),
      missing: false,
      vault: null,
      objects: null,
      database: null,
      onProgress() {},
    },
    silentLogger,
  )
  lap('restore')
  console.log(back)
  t.remove()
})
