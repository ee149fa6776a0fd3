import { freeze } from '@vidne/policies/freeze'
import { packById } from '@vidne/policies/packs'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../people/people.ts'
import { peopleTrial, setClock, type PeopleTrial } from '../people/testing/an-agency.ts'
import type { Trx } from '../platform/database/door.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { openPublishing, openRules, type Publishing, type Rules } from '../rules/rules.ts'
import { openConfiguring, type Configuring, type Files, type Imported } from './configuring.ts'

const british = packById('uk-met')!
const swedish = packById('se-skola')!
const because = 'our own assessment of June 2026'
const REASON = 'one way of working in both districts'

type Read = Extract<Imported, { state: 'read' }>

onEachEngine('the configuration of an agency as files', ground => {
  const clock = setClock('2026-11-22T09:00:00Z')
  let trial: PeopleTrial
  let rules: Rules
  let publishing: Publishing
  let configuring: Configuring
  /** The agency that is exported, and one that was founded a moment ago. */
  let east: Actor
  let west: Actor
  beforeAll(async () => {
    trial = await peopleTrial(ground, clock)
    const { database } = ground
    const { history, people } = trial
    rules = openRules({ clock, history })
    publishing = openPublishing({ database, clock, history, people, rules })
    configuring = openConfiguring({ database, clock, history, people, rules, publishing })
  })
  beforeEach(async () => {
    east = await founded('East')
    west = await founded('West')
    await configured(east)
  })

  const as = <T>(actor: Actor, work: (trx: Trx) => Promise<T>) => ground.database.asAgency(actor.agency, work)
  async function founded(name: string): Promise<Actor> {
    const actor = (await trial.found(name)).operatorActor
    await as(actor, trx => rules.adopt(trx, actor.agency, british, 'Europe/London'))
    clock.at += 1000
    return actor
  }
  /** Two units, one with rules of its own; staff, cameras and trainings; a version that the agency has published. */
  async function configured(chief: Actor): Promise<void> {
    const { units, staff, registers } = trial.people
    await as(chief, async trx => {
      const [school, night] = [await units.named(trx, chief, 'Skolen på Ærø'), await units.named(trx, chief, 'Night')]
      const wearer = await staff.enlist(trx, chief, { name: 'Ada', machine: false, roles: ['wearer', 'supervisor'] })
      await staff.enlist(trx, chief, { name: 'Rack', machine: true, roles: ['dock'] })
      await units.assign(trx, chief, { member: { person: wearer!.id }, unit: school })
      await units.assign(trx, chief, { member: { camera: 'C-1' }, unit: night })
      const training = { person: 'Ada', course: 'Camera', completedAt: clock.at - 1000 }
      await registers.recordTraining(trx, chief, training)
      const wrong = await registers.recordTraining(trx, chief, { ...training, course: 'Dogs' })
      if (wrong !== 'in-the-future') await registers.revokeTraining(trx, chief, wrong.id)
    })
    clock.at += 1000
    await published(chief, null, shorter('P20D'))
    await published(chief, 'Skolen på Ærø', { ...shorter('P10D'), autoStart: { v: false, f: 'policy', s: because } })
  }
  const shorter = (v: string) => ({
    retention: { uncategorised: { ...british.retention['uncategorised'], v, f: 'policy', s: because } },
  })
  async function published(chief: Actor, unit: string | null, override: unknown): Promise<void> {
    const asked = await publishing.ask(chief, { unit, override, since: null, reason: 'tried for a year' })
    if (asked.state !== 'waiting') throw new Error(asked.because)
    await confirmed(chief, asked.approval)
  }
  async function confirmed(chief: Actor, approval: string): Promise<void> {
    const second = await trial.person(chief, 'Second', 'data-protection-officer')
    const answer = await as(chief, trx => trial.people.approvals.answer(trx, { approval, actor: second }))
    expect(answer).toMatchObject({ state: 'done' })
    clock.at += 1000
  }
  const bring = (files: Files, apply = true, actor = west) =>
    configuring.import(actor, { files, apply, reason: REASON })
  async function read(files: Files, apply = true): Promise<Read> {
    const imported = await bring(files, apply)
    if (imported.state !== 'read') throw new Error(JSON.stringify(imported))
    return imported
  }
  const exported = (actor = east) => configuring.export(actor.agency)
  const nameless = ({ 'agency.json': _name, ...rest }: Files) => rest
  const eventsOf = async (actor: Actor) => (await as(actor, trx => trial.history.of(trx, actor.agency))).length
  const whats = (of: readonly { what: string }[]) => [...new Set(of.map(({ what }) => what))].toSorted()
  const withFile = (files: Files, file: string, value: unknown): Files => ({ ...files, [file]: value })

  test('brought there by several at once is made once: no training stands twice, nor anything else', async () => {
    const files = await exported()
    const imported = await Promise.all([1, 2, 3, 4].map(() => read(files)))
    const register = (actor: Actor) => as(actor, trx => trial.people.registers.trainings(trx, actor.agency))
    const standing = (await register(west)).map(({ person, course }) => [person, course])
    expect(standing).toEqual([['Ada', 'Camera']])
    expect(imported.filter(({ differences }) => whats(differences).includes('training-missing'))).toHaveLength(1)
    const told = (await as(west, trx => trial.history.of(trx, west.agency))).map(({ core }) => core.type)
    for (const type of ['training-recorded', 'configuration-imported'])
      expect(told.filter(one => one === type)).toHaveLength(1)
  })

  test('is the same in both once it was brought there: persons first, then the policies, each by two persons', async () => {
    const files = await exported()
    const first = await read(files)
    expect(whats(first.differences)).toEqual([
      'camera-unassigned',
      'person-missing',
      'person-unassigned',
      'policy-differs',
      'role-missing',
      'training-missing',
      'unit-missing',
    ])
    expect(first.publications).toMatchObject([{ unit: null }])
    expect((await as(west, trx => rules.policyInForce(trx, west.agency))).pack.retention['uncategorised']?.v).toBe(
      'P31D',
    )
    expect((await read(files)).publications).toEqual(first.publications)
    await confirmed(west, first.publications[0]!.approval)
    const second = await read(files)
    expect(whats(second.differences)).toEqual(['policy-differs'])
    expect(second.publications).toMatchObject([{ unit: 'Skolen på Ærø' }])
    await confirmed(west, second.publications[0]!.approval)
    const events = await eventsOf(west)
    expect(await read(files)).toEqual({ state: 'read', applied: false, differences: [], kept: [], publications: [] })
    expect(await eventsOf(west)).toBe(events)
    expect(nameless(await exported(west))).toEqual(nameless(files))
    expect((await exported(west))['agency.json']).toMatchObject({ name: 'West' })
  })

  test('is told and not touched by a dry run; applied, the history says why', async () => {
    const files = await exported()
    const [before, events] = [await exported(west), await eventsOf(west)]
    expect(await read(files, false)).toMatchObject({ applied: false, publications: [] })
    expect([await exported(west), await eventsOf(west)]).toEqual([before, events])
    await read(files)
    const said = (await as(west, trx => trial.history.of(trx, west.agency))).find(
      ({ core }) => core.type === 'configuration-imported',
    )
    expect(said?.fields.find(({ name }) => name === 'reason')?.value).toBe(REASON)
  })

  test('holds no token and nothing that is one', async () => {
    expect(JSON.stringify(await exported())).not.toMatch(/vdn_|token|secret|hash/i)
  })

  test('has each camera where it is now, and a unit’s policy only where that says something of its own', async () => {
    const { units } = trial.people
    const move = (camera: string, unit: string | null) =>
      as(east, async trx => {
        const found = unit === null ? null : await units.called(trx, east.agency, unit)
        await units.assign(trx, east, { member: { camera }, unit: found })
      })
    await move('C-2', 'Night')
    clock.at += 1000
    await move('C-1', 'Skolen på Ærø')
    await move('C-2', null)
    clock.at += 1000
    await published(east, null, shorter('P10D'))
    await published(east, 'Night', shorter('P8D'))
    await published(east, null, shorter('P8D'))
    const files = await exported()
    expect(files['cameras.json']).toEqual([{ camera: 'C-1', unit: 'Skolen på Ærø' }])
    expect(files['units.json']).toEqual([
      { name: 'Night', policy: null },
      { name: 'Skolen på Ærø', policy: expect.stringMatching(/^policy\/units\/skolen-paa-aeroe_/) },
    ])
  })

  test('takes nothing away: what is more or stricter here stays, and is told', async () => {
    const files = await exported()
    await as(west, async trx => {
      const { units, staff, registers } = trial.people
      const own = await units.named(trx, west, 'Harbour')
      const ada = await staff.enlist(trx, west, { name: 'ada', machine: false, roles: ['auditor'] })
      await units.assign(trx, west, { member: { person: ada!.id }, unit: own })
      await units.assign(trx, west, { member: { camera: 'C-1' }, unit: own })
      await registers.recordTraining(trx, west, { person: 'Bo', course: 'Boats', completedAt: clock.at - 5 })
    })
    clock.at += 1000
    await published(west, null, shorter('P5D'))
    const before = await exported(west)
    const { kept, publications } = await read(files)
    expect(whats(kept)).toEqual([
      'camera-elsewhere',
      'person-elsewhere',
      'person-more',
      'policy-stricter',
      'role-more',
      'training-more',
      'unit-more',
    ])
    expect(publications.map(({ unit }) => unit)).toEqual(['Skolen på Ærø'])
    const after = await exported(west)
    for (const file of ['cameras.json', 'policy/agency.json']) expect(after[file]).toEqual(before[file])
    expect(after['trainings.json']).toHaveLength(2)
    expect(after['people.json']).toContainEqual({
      name: 'ada',
      machine: false,
      unit: 'Harbour',
      roles: ['auditor', 'supervisor', 'wearer'],
    })
  })

  test('leaves a training struck out that was struck out here', async () => {
    await read(await exported())
    const [training] = await as(west, trx => trial.people.registers.trainings(trx, west.agency))
    await as(west, trx => trial.people.registers.revokeTraining(trx, west, training!.id))
    expect((await read(await exported())).kept).toMatchObject([{ what: 'training-struck-out', course: 'Camera' }])
    expect((await exported(west))['trainings.json']).toEqual([])
  })

  test('is undone whole where a policy cannot be asked for', async () => {
    const files = await exported()
    const later = { unit: null, override: shorter('P25D'), since: clock.at + 86_400_000, reason: 'next year' }
    const asked = await publishing.ask(west, later)
    if (asked.state !== 'waiting') throw new Error(asked.because)
    await confirmed(west, asked.approval)
    const [before, events] = [await exported(west), await eventsOf(west)]
    expect(await bring(files)).toEqual({
      state: 'refused',
      because: 'not-to-publish',
      unit: null,
      draft: 'later-version',
    })
    expect([await exported(west), await eventsOf(west)]).toEqual([before, events])
  })

  describe('is refused by file and place, and nothing is done,', () => {
    const refusedAs = async (files: Files, refusal: object) => {
      const before = await eventsOf(west)
      expect(await bring(files)).toMatchObject({ state: 'refused', ...refusal })
      expect(await eventsOf(west)).toBe(before)
    }
    const person = { name: 'Bo', machine: false, unit: null, roles: ['wearer'] }

    test('where a policy is of another pack', async () => {
      const files = await exported()
      const other = { because: 'pack-differs', here: 'uk-met', there: 'se-skola' }
      await refusedAs(withFile(files, 'policy/agency.json', freeze(swedish)), { ...other, file: 'policy/agency.json' })
      const agency = { v: 1, name: 'East', zone: 'Europe/London', pack: 'se-skola' }
      await refusedAs(withFile(files, 'agency.json', agency), { ...other, file: 'agency.json' })
      const unit = Object.keys(files).find(file => file.startsWith('policy/units/'))!
      await refusedAs(withFile(files, unit, freeze(swedish)), { ...other, file: unit })
    })

    test('where a role is unknown, or a machine would be a person', async () => {
      const files = await exported()
      const people = (more: object) =>
        withFile(files, 'people.json', [
          { ...person, name: 'Ada' },
          { ...person, ...more },
        ])
      const file = 'people.json'
      await refusedAs(people({ roles: ['sheriff'] }), {
        because: 'unknown-role',
        file,
        path: '1.roles.0',
        role: 'sheriff',
      })
      await refusedAs(people({ roles: ['dock'] }), { because: 'odd-file', file, path: '1.roles' })
      await refusedAs(people({ machine: true }), { because: 'odd-file', file, path: '1.roles' })
      await refusedAs(people({ name: 'Dock' }), {
        because: 'machine-and-person',
        file,
        path: '1.machine',
        name: 'Dock',
      })
    })

    test('where a file is missing, too many, or does not say what it should', async () => {
      const files = await exported()
      const { 'cameras.json': _gone, ...fewer } = files
      await refusedAs(fewer, { because: 'odd-file', file: 'cameras.json', path: '', detail: 'is missing' })
      await refusedAs(withFile(files, '../x.json', {}), { because: 'odd-file', file: '../x.json' })
      await refusedAs(withFile(files, 'units.json', [{ name: 'A', policy: '../../etc/passwd' }]), {
        file: 'units.json',
        path: '0.policy',
      })
      const policy = { ...freeze(british), decider: 'nobody' }
      await refusedAs(withFile(files, 'policy/agency.json', policy), { file: 'policy/agency.json', path: 'decider' })
      await refusedAs(withFile(files, 'units.json', [{ name: 'A', policy: null, more: 1 }]), {
        file: 'units.json',
        path: '0',
      })
      await refusedAs(withFile(files, 'cameras.json', [{ camera: 'C', unit: 'Nowhere' }]), { path: '0.unit' })
      await refusedAs(withFile(files, 'people.json', [person, { ...person, name: ' bo ' }]), { path: '1.name' })
      const training = { person: 'Ada', course: 'X', completedAt: '2027-01-01T00:00:00Z' }
      await refusedAs(withFile(files, 'trainings.json', [training]), {
        because: 'in-the-future',
        file: 'trainings.json',
        path: '0.completedAt',
      })
      await refusedAs(withFile(files, 'trainings.json', [{ ...training, person: 'Nobody' }]), { path: '0.person' })
    })
  })
})
