import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { clocksOf, isLockedFolder, vendorName } from './names.ts'

test('a body camera names itself and its wearer; default ids name nobody', () => {
  expect(vendorName('D4A9_000123_20241231235959_0007.MP4')).toEqual({ camera: 'D4A9', wearer: '000123', locked: false })
  expect(vendorName('0000000_000000_20241231235959_0007_lock.mp4')).toEqual({
    camera: null,
    wearer: null,
    locked: true,
  })
})

test('names that only look as if they named a camera name none', () => {
  for (const name of [
    'IMG_20240101_120000.mp4',
    'GX010042.MP4',
    'PXL_20240101_120000123.mp4',
    '20240101120000.mp4',
    'a',
  ]) {
    expect(vendorName(name)).toEqual({ camera: null, wearer: null, locked: false })
  }
})

test.each([
  ['IMG_20240229_235958.mp4', '2024-02-29T23:59:58'],
  ['AXON_Body_3_Video_2024-03-01_1402.mp4', '2024-03-01T14:02:00'],
  ['D4A9_000123_20241231235959_0007.MP4', '2024-12-31T23:59:59'],
  ['2024-01-02 03.04.05.mov', '2024-01-02T03:04:05'],
])('the date in %s is kept without a zone', (name, local) => {
  expect(clocksOf(name, 5)).toEqual([
    { source: 'file modification time', at: 5 },
    { source: 'file name', local },
  ])
})

test('what is no date is not taken for one', () => {
  for (const name of ['20230231120000.mp4', 'serial-123456789012345678.mp4', 'MOV_0001.mp4', '99991399256161.mp4']) {
    expect(clocksOf(name, 5)).toHaveLength(1)
  }
})

test('any name is read without a throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), name => clocksOf(name, 0).length >= 1 && vendorName(name) !== null),
  )
})

test('folders are recognised whatever their case, and only whole', () => {
  expect(['LOCKED', 'locked', 'Emergency', 'EMR', 'RO'].every(isLockedFolder)).toBe(true)
  expect(['unlocked', 'PRO', 'emergency-drill', 'DCIM'].some(isLockedFolder)).toBe(false)
})
