import { createHash, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { canonicalize } from '@vidne/evidence/jcs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../keep/testing/trial-keep.ts'
import type { Actor } from '../people/people.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { type CasesTrial, openCasesTrial } from './testing/trial-cases.ts'
import type { WorkContent, WorkEntry } from './work.ts'

const NOTE = { kind: 'note', words: 'The man in the red jacket ran north.' } as const
const LINE = { kind: 'line', from: 61_000, until: 64_500, speaker: 'PC 1', words: 'Stop there, please.' } as const

onEachEngine('what people write about a recording', ground => {
  let here: CasesTrial
  let recording: string
  let investigator: Actor

  beforeAll(async () => {
    here = await openCasesTrial(ground)
    const { trial } = here
    await trial.newAgency('uk-met')
    investigator = await trial.person('Ida', 'supervisor')
  })
  afterAll(() => here.trial.close())

  const fresh = async (): Promise<string> => (recording = await here.trial.record())
  const written = async (actor: Actor, content: WorkContent, edit: { entry: string; saw: number } | null = null) => {
    const answer = await here.work.write(actor, { recording, edit, content })
    if (answer.state !== 'written') throw new Error(JSON.stringify(answer))
    return answer.entry
  }
  const words = async (actor: Actor) => ((await here.work.of(actor, recording))?.entries ?? []).map(one => one.content)

  test('stands there for whoever answers for the footage, and each edit is an event with the digest of the words', async () => {
    await fresh()
    const { trial, work } = here
    const note = await written(trial.clerk, NOTE)
    const changed = await written(investigator, { ...NOTE, words: 'He ran south.' }, { entry: note.id, saw: 1 })
    expect(changed).toMatchObject({ version: 2, by: investigator.person, createdBy: trial.clerk.person })
    expect(await words(trial.clerk)).toEqual([{ kind: 'note', words: 'He ran south.' }])
    expect(await work.remove(trial.clerk, { recording, entry: note.id, saw: 2 })).toEqual({ state: 'removed' })
    expect(await words(trial.clerk)).toEqual([])
    const events = (await trial.inAgency(trx => trial.history.of(trx, recording))).filter(
      one => one.core.type === 'annotated',
    )
    const told = events.map(({ fields }) => Object.fromEntries(fields.map(({ name, value }) => [name, value])))
    expect(told.map(one => [one['entry-kind'], one['change'], one['version'], one['actor']])).toEqual([
      ['note', 'added', 1, 'Kim Clerk'],
      ['note', 'changed', 2, 'Ida'],
      ['note', 'removed', 3, 'Kim Clerk'],
    ])
    expect(JSON.stringify(told)).not.toContain('ran')
    const versions = await work.versions(trial.clerk, { recording, entry: note.id })
    expect(versions?.map(one => one.content?.kind === 'note' && one.content.words)).toEqual(
      [undefined, 'He ran south.', NOTE.words].map(one => one ?? false),
    )
    const { rows } = await trial.inAgency(trx =>
      sql<{
        salt: Uint8Array
      }>`select salt from review_entry_version where entry = ${note.id}::uuid and version = 1`.execute(trx),
    )
    const digest = createHash('sha256').update(rows[0]!.salt).update(canonicalize(NOTE)).digest('hex')
    expect(told[0]?.['words']).toBe(digest)
  })

  test('is lost to nobody: of two who edit one line the second is told what stands, and nothing was changed', async () => {
    await fresh()
    const line = await written(here.trial.clerk, LINE)
    const edit = { entry: line.id, saw: 1 }
    const [mine, theirs] = [
      { ...LINE, words: 'Stop, police.' },
      { ...LINE, words: 'Stay there, please.' },
    ]
    const both = await Promise.all([
      here.work.write(here.trial.clerk, { recording, edit, content: mine }),
      here.work.write(investigator, { recording, edit, content: theirs }),
    ])
    expect(both.map(one => one.state).toSorted()).toEqual(['conflict', 'written'])
    const won = both.find(one => one.state === 'written')
    const lost = both.find(one => one.state === 'conflict')
    expect(lost).toEqual({ state: 'conflict', theirs: won?.state === 'written' ? won.entry : null })
    expect(await words(investigator)).toEqual([won?.state === 'written' ? won.entry.content : null])
    expect(await here.work.remove(investigator, { recording, entry: line.id, saw: 1 })).toMatchObject({
      state: 'conflict',
      theirs: { version: 2 },
    })
    const again = await written(investigator, theirs, { entry: line.id, saw: 2 })
    expect(again.version).toBe(3)
    expect(await here.work.versions(investigator, { recording, entry: line.id })).toHaveLength(3)
    expect((await here.trial.told(recording)).filter(type => type === 'annotated')).toHaveLength(3)
  })

  test('of two who write different lines both stand, also at once', async () => {
    await fresh()
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        written(at % 2 === 0 ? here.trial.clerk : investigator, { ...LINE, from: at * 1000, until: null }),
      ),
    )
    const entries = (await here.work.of(here.trial.clerk, recording))?.entries ?? []
    expect(new Set(entries.map((one: WorkEntry) => one.id))).toEqual(new Set(all.map(one => one.id)))
    expect((await here.trial.told(recording)).filter(type => type === 'annotated')).toHaveLength(12)
  })

  test('what somebody took away meanwhile is told as gone, and an edit of it changes nothing', async () => {
    await fresh()
    const note = await written(here.trial.clerk, NOTE)
    await here.work.remove(here.trial.clerk, { recording, entry: note.id, saw: 1 })
    const edit = { entry: note.id, saw: 1 }
    expect(await here.work.write(investigator, { recording, edit, content: NOTE })).toEqual({
      state: 'conflict',
      theirs: null,
    })
  })

  describe('a wearer', () => {
    test('writes about his own recordings and reads what he wrote himself, no more', async () => {
      await fresh()
      const anna = await here.trial.person('Anna Berg', 'wearer')
      await ground.database.asInstallation(trx =>
        sql`update dock_recording set wearer = 'Anna Berg', wearer_key = 'anna berg' where id = ${recording}::uuid`.execute(
          trx,
        ),
      )
      const complaint = await written(here.trial.clerk, { kind: 'note', words: 'Complaint 12 is about her.' })
      await written(anna, NOTE)
      expect(await words(anna)).toEqual([NOTE])
      expect(await words(here.trial.clerk)).toHaveLength(2)
      const edit = { entry: complaint.id, saw: 1 }
      expect(await here.work.write(anna, { recording, edit, content: NOTE })).toMatchObject({
        because: 'no-such-entry',
      })
      expect(await here.work.versions(anna, { recording, entry: complaint.id })).toBeNull()
      await fresh()
      expect(await here.work.of(anna, recording)).toBeNull()
      expect(await here.work.write(anna, { recording, edit: null, content: NOTE })).toMatchObject({
        because: 'no-such-recording',
      })
    })
  })

  test('is refused to roles that do not reach, and about what is not on the list', async () => {
    await fresh()
    const auditor = await here.trial.person('Ada', 'auditor')
    await written(here.trial.clerk, NOTE)
    expect(await words(auditor)).toEqual([NOTE])
    const wish = { recording, edit: null, content: NOTE } as const
    expect(await here.work.write(auditor, wish)).toMatchObject({ because: 'not-allowed' })
    const reader = await here.trial.person('Rea', 'figures-reader')
    expect(await here.work.of(reader, recording)).toBeNull()
    const stranger = { ...here.trial.clerk, agency: randomUUID() }
    await expect(here.work.write(stranger, wish)).rejects.toThrow(/policy/)
  })

  test('a marker or line that ends before it begins is refused', async () => {
    await fresh()
    const content = { ...LINE, from: 5000, until: 4000 }
    expect(await here.work.write(here.trial.clerk, { recording, edit: null, content })).toMatchObject({
      because: 'odd-times',
    })
  })

  test('an incident leads to the other recordings of it that are on the list, however its number is spelled', async () => {
    const one = await fresh()
    await written(here.trial.clerk, { kind: 'incident', reference: 'CAD 4411/26', words: 'the fight at the kiosk' })
    await fresh()
    await written(here.trial.clerk, { kind: 'incident', reference: 'cad  4411 / 26', words: '' })
    expect(await here.work.incidents(here.trial.clerk, recording)).toMatchObject([
      { reference: 'cad  4411 / 26', recordings: [{ id: one }] },
    ])
    const pia = await here.trial.person('Pia', 'prosecutor')
    expect(await here.work.incidents(pia, recording)).toBeNull()
  })

  test('goes with the footage, every version of it, and nothing is written once the deletion has begun', async () => {
    await fresh()
    const { trial, work, access, cases } = here
    const note = await written(trial.clerk, NOTE)
    await written(trial.clerk, { ...NOTE, words: 'Changed.' }, { entry: note.id, saw: 1 })
    trial.start([access.eraser, work.eraser, cases.eraser])
    trial.clock.at += 32 * DAY + HOUR
    expect((await trial.run()).deleted.map(one => one.recording)).toContain(recording)
    const { rows } = await ground.database.asInstallation(trx =>
      sql<{ left: number }>`select (select count(*) from review_entry where subject = ${recording}::uuid)::int
        + (select count(*) from review_entry_version where subject = ${recording}::uuid)::int as left`.execute(trx),
    )
    expect(rows).toEqual([{ left: 0 }])
    expect(await work.write(trial.clerk, { recording, edit: null, content: NOTE })).toMatchObject({
      because: 'deleted',
    })
  })
})
