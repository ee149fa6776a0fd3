import { expect, test } from 'vitest'
import { notHisWord, type Reported } from './reported.ts'

const nothing: Reported = {
  wearer: 'PC 41',
  camera: null,
  at: 0,
  running: false,
  triggers: [],
  zones: [],
  stops: [],
  task: null,
  stage: null,
  override: null,
  notice: null,
  emergency: false,
}
const trigger = (source: Reported['triggers'][number]['source']) => [{ code: 'confrontation_risk', source, at: 0 }]

test('S1-20 a trigger is only taken from somebody who can speak for its source', () => {
  expect(notHisWord({ ...nothing, triggers: trigger('dispatcher') }, ['commander'])).toBe(null)
  expect(notHisWord({ ...nothing, triggers: trigger('wearer') }, ['wearer'])).toBe(null)
  expect(notHisWord({ ...nothing, triggers: trigger('dispatcher') }, ['wearer'])).toBe('triggers')
  expect(notHisWord({ ...nothing, triggers: trigger('wearer') }, ['commander'])).toBe('triggers')
  expect(notHisWord({ ...nothing, triggers: trigger('sensor') }, ['dock'])).toBe(null)
  expect(notHisWord({ ...nothing, triggers: trigger('operation') }, ['dock'])).toBe('triggers')
})

test('nobody overrides in a role that is not theirs; a dock hands over what the camera has stored', () => {
  const override = { by: 'commander', reason: 'told to by radio' } as const
  expect(notHisWord({ ...nothing, override }, ['commander'])).toBe(null)
  expect(notHisWord({ ...nothing, override }, ['wearer'])).toBe('override')
  expect(notHisWord({ ...nothing, override }, ['dock'])).toBe(null)
})
