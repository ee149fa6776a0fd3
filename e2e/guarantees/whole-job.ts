// The whole job as a user does it, in a process of its own so that it can be given a machine without a network:
// found, serve, dock, list, export, verify, let time pass, run, state. Says what came of it in one line of JSON.

import { copyFileSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { found, vidne } from '../installation.ts'

const camera = mkdtempSync(join(tmpdir(), 'vidne-camera-'))
const clips = join(import.meta.dirname, '../../media/fixtures')
for (const clip of readdirSync(clips).filter(name => /\.(mp4|webm)$/.test(name)))
  copyFileSync(join(clips, clip), join(camera, clip))

const here = await found('uk-met')
const out = (name: string): string => join(here.data, '..', name)
try {
  const docked = await here.run(['dock', camera, '--trust', here.trust, '--camera', 'BC-1', '--json'], here.deviceToken)
  if (docked.code !== 0) throw new Error(`not docked: ${docked.out}${docked.err}`)
  const [first] = docked.out.split('\n')
  const { recording } = JSON.parse(first ?? '') as { recording: string }
  const front = await fetch(here.url)
  const page = { html: await front.text(), policy: front.headers.get('content-security-policy') }
  const steps = {
    docked,
    exported: await here.run(['export', recording, '--purpose', 'case 41/26', '--out', out('package.zip')]),
    verified: await vidne(['verify', out('package.zip'), '--trust', here.trust, '--rehearsal']),
    checked: await vidne(['log', 'check', '--url', here.url, '--trust', here.trust]),
    advanced: await here.run(['clock', 'set', new Date(Date.now() + 32 * 86_400_000).toISOString()]),
    ran: await here.run(['run', 'nightly']),
    stated: await here.run(['statement', recording, '--out', out('statement.zip')]),
  }
  const codes = Object.fromEntries(Object.entries(steps).map(([step, { code }]) => [step, code]))
  const said = Object.values(steps).map(({ out: text, err }) => text + err)
  process.stdout.write(`${JSON.stringify({ codes, said, page, package: out('package.zip') })}\n`)
} finally {
  await here.stop()
}
