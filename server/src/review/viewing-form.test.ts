import { expect, test } from 'vitest'
import { packById, packs } from '@vidne/policies/packs'
import { ROLES } from '../people/people.ts'
import { mayView } from '../rules/rules.ts'
import { viewingForm } from './viewing-form.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const FACTS = { own: false, incident: false, viewed: false }

function packCalled(id: string) {
  const pack = packById(id)
  if (pack === null) throw new Error(`no pack ${id}`)
  return pack
}

test('S5-16 at the Duisburg pilot an evidence clerk is asked for a case number and a second person, and a supervisor for nothing', () => {
  const pack = packCalled('de-nrw-oa')
  const clerk = viewingForm(pack, { roles: ['evidence-clerk'], now: NOW }, FACTS)
  expect(clerk).toEqual({
    refused: null,
    purposes: [
      { purpose: 'criminal_prosecution', needsCase: true, needsOwnReport: false, needsSecond: true },
      { purpose: 'access_request', needsCase: true, needsOwnReport: false, needsSecond: true },
    ],
  })
  for (const role of ['supervisor', 'wearer'] as const)
    expect(viewingForm(pack, { roles: [role], now: NOW }, FACTS)).toEqual({ purposes: [], refused: 'no-rule' })
})

test('S4-05 at the schools nothing opens before an incident, and no purpose is attendance', () => {
  const pack = packCalled('se-skola')
  const viewer = { roles: ['site-head'], now: NOW } as const
  expect(viewingForm(pack, viewer, FACTS)).toEqual({ purposes: [], refused: 'no-incident' })
  const open = viewingForm(pack, viewer, { ...FACTS, incident: true })
  expect(open.purposes.map(({ purpose }) => purpose)).not.toContain('attendance')
  expect(open.purposes.length).toBeGreaterThan(0)
})

test.each([...packs.keys()])('the form of %s asks for what the rule wants, and no more', id => {
  const pack = packCalled(id)
  let asked = 0
  for (const role of ROLES)
    for (const own of [true, false])
      for (const incident of [true, false]) {
        const [viewer, facts] = [
          { roles: [role], now: NOW },
          { own, incident, viewed: true },
        ]
        for (const { purpose, needsCase, needsOwnReport } of viewingForm(pack, viewer, facts).purposes) {
          asked += 1
          const may = (wish: object) =>
            mayView(pack, viewer, { purpose, case: 'x', ownReport: true, ...wish }, facts).may
          expect({ role, purpose, may: may({}) }).toEqual({ role, purpose, may: true })
          expect({ role, purpose, may: may({ case: null }) }).toEqual({ role, purpose, may: !needsCase })
          expect({ role, purpose, may: may({ ownReport: false }) }).toEqual({ role, purpose, may: !needsOwnReport })
        }
      }
  expect(asked).toBeGreaterThan(0)
})
