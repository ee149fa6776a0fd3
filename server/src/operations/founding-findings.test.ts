import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signerFromKey } from '@vidne/tlog/keys'
import { parsePolicy } from '@vidne/tlog/policy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLogger } from '../platform/http/logging.ts'
import { SettingRefused } from '../platform/settings/settings.ts'
import { diskFindings } from './disk-findings.ts'
import { toldIn } from './finding.ts'
import { settingsOf } from './quiet-ground.ts'
import { secondKeyFindings } from './second-key-finding.ts'
import { type TrialInstallation, copyOf, trialInstallation } from './testing/trial-installation.ts'
import { found } from '../founding.ts'

let trial: TrialInstallation
beforeAll(async () => {
  trial = await trialInstallation()
})
afterAll(() => trial?.remove())

const snapshotFinding = async (data: string) =>
  (await diskFindings(settingsOf(data))).map(one => toldIn('en', one)).find(finding => finding.code === 'snapshots')

test('the doctor says that nobody knows how long snapshots keep what was deleted here, until somebody says it', async () => {
  const data = copyOf(trial)
  expect(await snapshotFinding(data)).toMatchObject({
    ok: false,
    stops: false,
    text: expect.stringMatching(/not known/),
  })
  appendFileSync(join(data, 'vidne.toml'), 'snapshots = 14\n')
  expect(await snapshotFinding(data)).toMatchObject({ ok: false, text: expect.stringContaining('final 14 days after') })
  const toml = readFileSync(join(data, 'vidne.toml'), 'utf8')
  writeFileSync(join(data, 'vidne.toml'), toml.replace('snapshots = 14', 'snapshots = "none"'))
  expect(await snapshotFinding(data)).toMatchObject({ text: expect.stringContaining('takes no snapshots') })
  writeFileSync(join(data, 'vidne.toml'), toml.replace('snapshots = 14', 'snapshots = "a while"'))
  expect(() => settingsOf(data)).toThrow(SettingRefused)
})

test('a founding keeps what was said of snapshots, and refuses what nobody can mean', async () => {
  const wish = {
    agency: 'Prøvekommunen',
    pack: 'uk-met',
    origin: undefined,
    rehearsal: true,
    vault: undefined,
  } as const
  const places = { database: undefined, objects: undefined }
  for (const [said, kept] of [
    ['31', 31],
    ['none', 'none'],
    [undefined, undefined],
  ] as const) {
    const data = trial.fresh()
    const founding = await found({ ...wish, ...places, data, snapshots: said }, silentLogger)
    expect([founding.snapshots, settingsOf(data).snapshots]).toEqual([kept ?? null, kept])
  }
  const data = trial.fresh()
  for (const snapshots of ['', '0', '-1', 'two weeks', '1.5'])
    await expect(found({ ...wish, ...places, data, snapshots }, silentLogger)).rejects.toThrow('--snapshots')
})

test('the log’s second public key stands in the trust file of a founding, and the doctor names it where it does not', async () => {
  const data = copyOf(trial)
  const trust = join(data, 'trust.policy')
  const { vkey } = await signerFromKey(readFileSync(join(data, 'keys', 'log-ml-dsa-44.skey'), 'utf8').trim())
  expect(trial.secondKey).toBe(vkey)
  expect(parsePolicy(readFileSync(trust, 'utf8')).logs.map(key => key.vkey)[1]).toBe(vkey)
  const named = { code: 'second-key', ok: true, stops: false, text: expect.stringContaining(vkey) }
  expect((await secondKeyFindings(settingsOf(data))).map(one => toldIn('en', one))).toEqual([named])
  const text = readFileSync(trust, 'utf8')
  writeFileSync(trust, text.replace(`log ${vkey}\n`, ''))
  const missing = { code: 'second-key', ok: false, stops: false, text: expect.stringContaining(`log ${vkey}`) }
  expect((await secondKeyFindings(settingsOf(data))).map(one => toldIn('en', one))).toEqual([missing])
  writeFileSync(join(data, 'keys', 'log-ml-dsa-44.skey'), 'spoiled\n')
  expect(await secondKeyFindings(settingsOf(data))).toMatchObject([{ stops: true }])
})
