// LED article 25(1): collection, alteration, consultation, disclosure, combination and erasure, each with who, when, why and to whom.
// Done here through the HTTP API, by a person at the command line, and by whoever keeps the machine at its data folder; by the screens of
// the desk in ../desk/six-operations.test.ts.
// What is read afterwards is what the product itself gives out: the statement of the deletion with names, which has the whole history of the recording.
// Whoever goes past the product into the database with all rights writes no row anywhere: G5 and G7 are about him.

import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { engines, freshPlace } from '@vidne/server/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allCommands } from '../../cli/src/commands.ts'
import { vidne } from '../installation.ts'
import { type Asked, DAY, ask, dock, exported, get, personIn, run, statementOf } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { historyIn } from './told-history.ts'

const until = '2098-01-01T00:00:00.000Z'
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
/** A person acts in a role, by a token of his own. */
const by = (actor: string, role: string) => ({ actor, person: uuid, token: uuid, roles: [role] })
const clerk = by('Clara Clerk', 'evidence-clerk')
const supervisor = by('Sam Supervisor', 'supervisor')

/** Written by hand: what the law asks of each of the six, in the words of what was done below. */
const SIX = {
  // Whose: by which camera, of which wearer. Why: the policy in force, which the event is bound to (see below).
  collection: [{ type: 'sealed', camera: 'C-1', ...by('Dock', 'dock') }],
  alteration: [{ type: 'categorised', rule: 'complaint', basis: 'complaint 12', ...clerk }],
  // To whom: whoever looked.
  consultation: [{ type: 'viewed', purpose: 'investigation', case: '41/26', ...clerk }],
  disclosure: [
    { type: 'exported', purpose: 'hearing of 3 March', recipient: 'Prøvekommunen', ...clerk },
    { type: 'exported', purpose: 'file of the prosecutor', case: '41/26', recipient: 'Crown Prosecutor', ...clerk },
  ],
  combination: [
    { type: 'case-noted', 'case-event': 'not_charged', case: '41/26', reason: 'joined to its case', ...clerk },
    { type: 'access-granted', 'to-name': 'Ida Investigator', to: uuid, reason: 'works on 41/26', ...clerk },
  ],
  // Who asked and why, who agreed; then the installation carries it out, by the rule that is named.
  erasure: [
    { type: 'approval-asked', kind: 'early-deletion', reason: 'filmed by mistake', ...clerk },
    { type: 'approval-given', kind: 'early-deletion', ...supervisor },
    { type: 'deletion-due', rule: 'early-deletion', actor: 'installation' },
    { type: 'key-destroyed', rule: 'early-deletion', actor: 'installation' },
    { type: 'deleted', rule: 'early-deletion', actor: 'installation' },
  ],
}

describe.each(engines)('on %s', engine => {
  let place: { url: string | null; remove: () => Promise<void> }
  let here: Inside
  let policy: string
  const people = { clerk: '', supervisor: '', ida: '' }
  const folder = mkdtempSync(join(tmpdir(), 'vidne-six-'))

  const as = (token: string): Asked => ({ url: here.clerk.url, token })
  const words = async (token: string, ...given: string[]) => {
    const env = { VIDNE_TOKEN: token, XDG_STATE_HOME: join(folder, 'state') }
    const said = await vidne([...given, '--server', here.clerk.url], env)
    expect({ given, ...said }).toMatchObject({ code: 0 })
    return said.out
  }

  beforeAll(async () => {
    place = await freshPlace(engine, 'empty')
    here = await inside({ database: place.url ?? undefined, settings: { readMedia: false } })
    people.clerk = (await personIn(here.clerk, 'Clara Clerk', 'evidence-clerk')).token ?? ''
    people.supervisor = (await personIn(here.clerk, 'Sam Supervisor', 'supervisor')).token ?? ''
    people.ida = (await personIn(here.clerk, 'Ida Investigator', 'investigator')).token ?? ''
    policy = (await get<{ digest: string }>(here.clerk, 'GET', '/api/policy')).digest
  })
  afterAll(async () => {
    await here?.close()
    await place?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  async function findSix(recording: string, since: number): Promise<void> {
    const history = await historyIn(await statementOf(as(people.clerk), recording, { names: true }))
    const [after, before] = [since - 1000, here.ground.clock.now() + 1000]
    for (const [operation, rows] of Object.entries(SIX))
      for (const row of rows) {
        const found = history.filter(told => told.type === row.type)
        expect({ operation, found }).toEqual({
          operation,
          found: expect.arrayContaining([expect.objectContaining(row)]),
        })
        for (const { at, pol } of found) {
          expect([at > after, at < before], `${operation} says when`).toEqual([true, true])
          expect(pol, `${operation} says by which policy`).toBe(policy)
        }
      }
  }

  async function agree(asked: { approval?: string }): Promise<void> {
    await get(as(people.supervisor), 'POST', `/api/approvals/${asked.approval ?? ''}/approve`)
  }

  test('I-11 all six through the HTTP API are in the history of the recording, each with who, when, why and to whom', async () => {
    const since = here.ground.clock.now()
    const me = as(people.clerk)
    const file = { path: 'DCIM/api.mp4', bytes: randomBytes(3000), camera: 'C-1', wearer: 'Wilma Wearer' }
    const { recording } = await dock(here.camera, file)
    const of = (what: string) => `/api/recordings/${recording}/${what}`
    await get(me, 'POST', of('categories'), { rule: 'complaint', basis: 'complaint 12' })
    await get(me, 'POST', of('views'), { purpose: 'investigation', case: '41/26' })
    await exported(me, recording, { purpose: 'hearing of 3 March' })
    const outside = { purpose: 'file of the prosecutor', case: '41/26', to: 'Crown Prosecutor', wait: false }
    await agree(await get(me, 'POST', of('exports'), outside))
    await exported(me, recording, outside)
    const on = new Date(since - DAY).toISOString().slice(0, 10)
    const note = { event: 'not_charged', on, case: '41/26' }
    expect((await ask(me, 'POST', of('case-events'), note)).status).toBe(400)
    await get(me, 'POST', of('case-events'), { ...note, reason: 'joined to its case' })
    await get(me, 'POST', of('grants'), { person: 'Ida Investigator', until, reason: 'works on 41/26' })
    await agree(await get(me, 'POST', of('deletion'), { reason: 'filmed by mistake' }))
    expect((await run(me)).deleted.map(one => one.recording)).toEqual([recording])
    await findSix(recording, since)
  })

  test('I-11 all six by a person at the command line are there as well', async () => {
    const since = here.ground.clock.now()
    const camera = join(folder, 'camera')
    mkdirSync(join(camera, 'DCIM'), { recursive: true })
    writeFileSync(join(camera, 'DCIM', 'cli.mp4'), randomBytes(3000))
    const docked = await words(
      here.camera.token ?? '',
      'dock',
      camera,
      '--camera',
      'C-1',
      '--trust',
      here.trust,
      '--json',
    )
    const { recording } = JSON.parse(docked) as { recording: string }
    const mine = (...given: string[]) => words(people.clerk, ...given)
    const agreed = async (said: string) =>
      words(people.supervisor, 'approve', (JSON.parse(said) as { approval: string }).approval)
    await mine('categorise', recording, '--rule', 'complaint', '--basis', 'complaint 12')
    const looked = ['--purpose', 'investigation', '--case', '41/26', '--out', join(folder, 'seen.mp4')]
    await mine('view', recording, ...looked)
    await mine('export', recording, '--purpose', 'hearing of 3 March', '--out', join(folder, 'inside.zip'))
    const wish = ['export', recording, '--purpose', 'file of the prosecutor', '--case', '41/26']
    const outside = [...wish, '--to', 'Crown Prosecutor', '--out', join(folder, 'outside.zip'), '--json']
    await agreed(await mine(...outside))
    await mine(...outside)
    const on = new Date(since - DAY).toISOString().slice(0, 10)
    await mine('case', recording, 'not_charged', '--on', on, '--case', '41/26', '--reason', 'joined to its case')
    await mine('grant', recording, '--to', 'Ida Investigator', '--until', until, '--reason', 'works on 41/26')
    await agreed(await mine('delete', recording, '--reason', 'filmed by mistake', '--json'))
    await mine('run', 'nightly')
    await findSix(recording, since)
  })

  test('I-11 at the data folder one command touches recordings, and each says which account of the machine did it and why', async () => {
    const objects = [join(here.data, 'objects'), join(folder, 'objects')] as const
    await run(here.clerk)
    await here.again(() => cpSync(...objects, { recursive: true }))
    const { recording } = await dock(here.camera, { path: 'DCIM/lost.mp4', bytes: randomBytes(3000), camera: 'C-1' })
    await run(here.clerk)
    const accept = ['objects', 'accept', '--data', here.data, '--lost', '1']
    await here.again(async () => {
      rmSync(objects[0], { recursive: true })
      cpSync(objects[1], objects[0], { recursive: true })
      expect(await vidne(accept)).toMatchObject({ code: 2, err: expect.stringContaining('--reason') })
      expect(await vidne([...accept, '--reason', 'the newer disk burned'])).toMatchObject({ code: 0 })
    })
    await agree(
      await get(as(people.clerk), 'POST', `/api/recordings/${recording}/deletion`, { reason: 'its bytes are gone' }),
    )
    await run(here.clerk)
    const history = await historyIn(await statementOf(as(people.clerk), recording, { names: true }))
    expect(history.find(({ type }) => type === 'annotated')).toMatchObject({
      'parts-lost': 1,
      reason: 'the newer disk burned',
      actor: 'operator',
      operator: userInfo().username,
      at: expect.any(Number),
    })
    // Whoever is outside is told that an operator did it and why, and not by which account.
    const outside = (await historyIn(await statementOf(as(people.clerk), recording))).find(
      ({ type }) => type === 'annotated',
    )
    expect(outside).toMatchObject({ 'parts-lost': 1, reason: 'the newer disk burned', actor: 'operator' })
    expect(outside).not.toHaveProperty('operator')
  })
})

// A command that works on the data folder asks nobody who he is. So none may look at, hand over, join or erase a recording. Whoever adds one
// decides here what it leaves in the histories; those of today touch no recording, except `objects accept`, whose word is tested above.
test('I-11 no command at the data folder looks at a recording, hands it over, joins it to anything or erases it', async () => {
  const offline = (await allCommands()).filter(({ options }) => 'data' in options).map(({ name }) => name)
  expect(offline.toSorted()).toEqual([
    'backup',
    'doctor',
    'init',
    'log check',
    'log continue',
    'log prove',
    'log rebuild',
    'objects accept',
    'restore',
    'serve',
    'upgrade',
    'vault repair',
  ])
})
