import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateKey } from '@vidne/tlog/keys'
import { vidne } from '../installation.ts'
import { dock, exported, get, personIn } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { runAlone, watchedNetwork } from './network.ts'
import { filesIn, unpacked } from './packages.ts'

const checkout = join(import.meta.dirname, '../..')
const verifier = join(checkout, 'verifier/bin/vidne-verify.mjs')
const vectors = join(checkout, 'vectors/packages')
const trust = join(vectors, 'trust.policy')
const noted = mkdtempSync(join(tmpdir(), 'vidne-network-'))

/** An unpacked package to which its sender has added whatever a careless verifier might pick up. */
async function trap(): Promise<{ folder: string; sprung: string; bare: string }> {
  const files = await filesIn(readFileSync(join(vectors, 'recording.zip')))
  const [folder, bare] = [unpacked(files), unpacked(files)]
  const sprung = join(folder, 'sprung')
  const poison = `require('node:fs').writeFileSync(${JSON.stringify(sprung)}, '')`
  const bait: Record<string, string> = {
    'trust.policy': readFileSync(trust, 'utf8'),
    'trust/trust.policy': readFileSync(trust, 'utf8'),
    'demands.json': '{}',
    'vidne.toml': 'mode = "rehearsal"\n',
    'package.json': '{"type":"commonjs","main":"index.js"}',
    'index.js': poison,
    '.noderc': poison,
    'node_modules/@vidne/evidence/index.js': poison,
    'node_modules/@vidne/evidence/package.json': '{"name":"@vidne/evidence","main":"index.js"}',
    'node_modules/kysely/index.js': poison,
  }
  for (const [name, text] of Object.entries(bait)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return { folder, sprung, bare }
}

function run(folder: string, words: readonly string[]) {
  const watched = watchedNetwork(noted)
  const shell = ['sh', '-c', 'cd "$1"; shift; exec "$@"', 'sh', folder]
  const { status, stdout } = runAlone([...shell, process.execPath, verifier, ...words, '--json'], watched.env)
  return {
    status,
    verdict: JSON.parse(stdout) as { history: string; reasons: { code: string }[] },
    told: watched.noted(),
  }
}

const codes = ({ verdict }: ReturnType<typeof run>): string[] => verdict.reasons.map(reason => reason.code)

test('G15: a verifier that is given no trust file trusts nobody, whatever lies in the package and beside it', async () => {
  const { folder } = await trap()
  for (const words of [['.'], [join(vectors, 'recording.zip')]]) {
    const verdict = run(folder, words)
    expect(verdict).toMatchObject({ status: 1, verdict: { history: 'unproven' } })
    expect(codes(verdict)).toContain('no-trust-file')
  }
})

test('G15: a verifier runs nothing of a package, asks nobody, and needs no network', async () => {
  const { folder, sprung, bare } = await trap()
  const suspicious = run(folder, ['.', '--trust', trust])
  expect(codes(suspicious)).toContain('trust-inside')
  expect(suspicious.status).toBe(1)
  const clean = run(folder, [bare, '--trust', trust])
  expect(clean).toMatchObject({ status: 0, verdict: { history: 'checked', reasons: [] } })
  expect(existsSync(sprung)).toBe(false)
  for (const { told } of [suspicious, clean]) {
    expect(told.some(one => one.kind === 'began')).toBe(true)
    expect(told.filter(one => one.kind !== 'began')).toEqual([])
  }
})

let here: Inside
beforeAll(async () => {
  here = await inside()
  await dock(here.camera, { path: 'DCIM/1.mp4', bytes: Buffer.from('footage') })
})
afterAll(async () => {
  await here?.close()
  rmSync(noted, { recursive: true, force: true })
})

test('S5-09 a package for the prosecutor is verified on a machine without network, by what was handed over and a trust file', async () => {
  const { recording } = await dock(here.camera, { path: 'DCIM/incident.mp4', bytes: Buffer.from('the incident') })
  const [folder, zip] = [unpacked(new Map()), join(noted, 'prosecutor.zip')]
  // Outside the agency nothing goes by one person alone.
  const wish = { purpose: 'criminal proceedings', to: 'Staatsanwaltschaft', case: 'Az. 41/26', wait: false }
  const { approval } = await get<{ approval: string }>(here.clerk, 'POST', `/api/recordings/${recording}/exports`, wish)
  await get(await personIn(here.clerk, 'Second', 'supervisor'), 'POST', `/api/approvals/${approval}/approve`)
  writeFileSync(zip, await exported(here.clerk, recording, wish))
  const whole = run(folder, [zip, '--trust', here.trust, '--rehearsal'])
  expect(whole).toMatchObject({ status: 0, verdict: { intact: true, reasons: [] } })
  expect(whole.told.filter(one => one.kind !== 'began')).toEqual([])
  const bytes = readFileSync(zip)
  const at = bytes.indexOf('the incident')
  expect(at).toBeGreaterThan(0)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  writeFileSync(zip, bytes)
  expect(codes(run(folder, [zip, '--trust', here.trust, '--rehearsal']))).toContain('footage-altered')
})

test('G15: whoever checks a log takes its key from elsewhere: from the server itself it is never sound', async () => {
  const check = ['log', 'check', '--url', here.clerk.url, '--json']
  const unknown = await vidne(check)
  expect({ code: unknown.code, said: JSON.parse(unknown.out) as unknown }).toMatchObject({
    // What was asked for, the recomputation, was found right; that anybody vouches for it is not said.
    code: 0,
    said: { sound: false, consistent: true, keysGiven: false, findings: [{ fault: 'signer-unknown' }] },
  })
  const own = mkdtempSync(join(noted, 'log-'))
  const key = join(own, 'maps.key')
  expect(await vidne(['log', 'key', 'maps.example.org', '--out', key])).toMatchObject({ code: 0 })
  const vouching = [...check, '--cosign', key, '--out', join(own, 'cosigned')]
  for (const wish of [vouching, [...check, '--remember', join(own, 'last')]]) {
    expect(await vidne(wish)).toMatchObject({ code: 1 })
  }
  expect([existsSync(join(own, 'cosigned')), existsSync(join(own, 'last'))]).toEqual([false, false])
  const others = join(own, 'others.policy')
  writeFileSync(others, `log ${(await generateKey('elsewhere.example.org/log', 'ed25519')).vkey}\nquorum none\n`)
  expect(await vidne([...check, '--trust', others])).toMatchObject({ code: 1 })
  expect(await vidne([...check, '--trust', here.trust])).toMatchObject({ code: 0 })
})
