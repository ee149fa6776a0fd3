import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor, People } from '../people/people.ts'
import { openPeople } from '../people/people.ts'
import { POL, setClock } from '../people/testing/an-agency.ts'
import { historyKeyId } from '../platform/identifiers.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { ask, begin, footage, patch } from './testing/client.ts'
import { AGENCY, openStores, openTrialDock } from './testing/trial-dock.ts'
import type { TrialDock } from './testing/trial-dock.ts'
import { readBack } from './testing/trial-for.ts'
import { admitUpload, findUpload } from './uploads-store.ts'

const DAY = 86_400_000
const idOf = (upload: string): string => new URL(upload).pathname.split('/')[2] ?? ''

onEachEngine('a file that was deleted here and comes again', ground => {
  const clock = setClock('2026-11-21T12:10:00Z')
  let trial: TrialDock
  let people: People
  let clerk: Actor
  let second: Actor
  let bytes: Buffer
  let upload: string
  let files = 0

  const within = <T>(work: Parameters<typeof ground.database.asAgency<T>>[1]): Promise<T> =>
    ground.database.asAgency(AGENCY, work)
  const signIn = async (token: string): Promise<Actor> => {
    const found = await people.authenticate(`Bearer ${token}`)
    if (!found.holds) throw new Error(found.because)
    return found.actor
  }
  const wish = (actor = clerk, id = idOf(upload)) =>
    trial.dock.askAdmission(actor, { upload: id, reason: 'case 41/26 needs it' })
  const asked = async (): Promise<string> => {
    const answer = await wish()
    if (answer.state !== 'waiting') throw new Error(answer.because)
    return answer.approval
  }
  const approve = (approval: string, actor = second) => within(trx => people.approvals.answer(trx, { approval, actor }))
  const row = () => within(trx => findUpload(trx, idOf(upload)))
  /** What became of the upload, once nobody works on it any more. */
  const recordingOf = async (): Promise<string | null> => {
    for (let tries = 0; tries < 100 && (await row())?.state === 'open'; tries++) await trial.dock.recover()
    return (await row())?.recording ?? null
  }

  beforeAll(async () => {
    const folder = mkdtempSync(join(ground.folder, 'admission-'))
    const { database } = ground
    const shared = await openStores({ folder }, clock)
    const { vault, history } = shared
    people = openPeople({ database, clock, history, vault, policyDigest: async () => POL })
    await vault.create({ agency: AGENCY, keys: [{ id: historyKeyId(AGENCY), kind: 'history' }], expires: null })
    const about = { name: 'Trial', zone: 'Europe/London', pack: 'uk-met', pol: POL, operator: 'Kim Clerk' }
    const founded = await within(trx => people.createAgency(trx, { id: AGENCY, ...about }))
    clerk = await signIn(founded.operator.token)
    const made = await within(trx =>
      people.createToken(trx, clerk, { person: 'Sam Supervisor', role: 'supervisor', expires: null }),
    )
    second = await signIn(made.made ? made.token : '')
    const { approvals } = people
    const deletedHere = async (_trx: unknown, docked: readonly unknown[]) => docked.map(() => true)
    trial = await openTrialDock({ folder, database, clock, shared, approvals, deletedHere })
  })
  afterAll(async () => {
    await trial?.close()
    await trial?.vault.close()
  })
  beforeEach(async () => {
    files += 1
    bytes = footage(4000, `deleted before ${files}`)
    upload = await begin(trial.url, 4000, { path: 'x.mp4', camera: 'CAM' })
    const answer = await patch(upload, 0, bytes)
    expect(JSON.parse(answer.text)).toEqual({
      error: 'deleted-here',
      message: expect.stringContaining(`vidne admit ${idOf(upload)} --reason`),
    })
  })

  test('is taken in when another person agrees, and its history says who agreed and why', async () => {
    const approval = await asked()
    expect(await approve(approval, clerk)).toMatchObject({ because: 'same-person' })
    expect(await recordingOf()).toBeNull()
    expect(await approve(approval)).toMatchObject({ state: 'done', kind: 'take-in-again', subject: idOf(upload) })
    const recording = await recordingOf()
    if (recording === null) throw new Error('nothing was taken in')
    expect(await readBack(trial, recording, bytes.length)).toEqual(bytes)
    expect((await ask('HEAD', upload)).headers['vidne-recording']).toBe(recording)
    const [sealed] = await within(trx => trial.history.of(trx, recording))
    const said = new Map(sealed?.fields.map(field => [field.name, field.value]))
    expect(said.get('taken-in-again')).toEqual({ reason: 'case 41/26 needs it', approval })
    expect(said.get('approvers')).toEqual([clerk.name, 'Sam Supervisor'])
    expect(said.has('approval')).toBe(false)
  })

  test('is asked about once, keeps its bytes until the answer, and tells the agency’s own history no words', async () => {
    const before = (await row())?.expiresAt ?? 0
    clock.at += DAY
    const [first, again] = [await asked(), await asked()]
    expect(again).toBe(first)
    const waiting = await within(trx => people.approvals.waiting(trx, AGENCY))
    const question = waiting.find(one => one.id === first)
    expect(question).toMatchObject({ subject: idOf(upload), told: { reason: 'case 41/26 needs it' } })
    expect(question?.deadline).toBeGreaterThan(before)
    expect((await row())?.expiresAt).toBe(question?.deadline)
    const events = await within(trx => trial.history.of(trx, AGENCY))
    const told = events.findLast(event => event.core.type === 'approval-asked')?.fields ?? []
    expect(told).toContainEqual(expect.objectContaining({ name: 'object', value: idOf(upload) }))
    expect(JSON.stringify(told)).not.toContain('41/26')
  })

  test('is not taken in when the upload was removed or ran out before the answer', async () => {
    const approval = await asked()
    expect((await ask('DELETE', upload)).status).toBe(204)
    expect(await approve(approval)).toMatchObject({ because: 'no-longer-possible', detail: 'upload-gone' })
    expect(await wish()).toEqual({ state: 'refused', because: 'not-withheld' })
  })

  test('is taken in at the next start where the process ended right after the agreement', async () => {
    const admission = { approval: 'a', reason: 'r', askedBy: 'b', confirmedBy: 'c' }
    await within(trx => admitUpload(trx, { id: idOf(upload), admission, expiresAt: clock.at + DAY }))
    expect(await trial.dock.recover()).toMatchObject({ finished: 1 })
    expect((await row())?.state).toBe('complete')
  })

  test('is nothing for a dock, for a supervisor of another agency, or under another id', async () => {
    expect(await wish({ ...clerk, roles: ['dock'] })).toEqual({ state: 'refused', because: 'not-allowed' })
    const elsewhere = '00000000-0000-7000-8000-0000000000b2'
    expect(await wish({ ...clerk, agency: elsewhere })).toEqual({ state: 'refused', because: 'no-such-upload' })
    expect(await wish(clerk, elsewhere)).toEqual({ state: 'refused', because: 'no-such-upload' })
  })
})
