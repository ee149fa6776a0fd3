import { expect, test } from 'vitest'
import { SHOWN, SPEEDS, commandOf, faster } from './keys.ts'

const pressed = (key: string, more: object = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more })

test('every key that the help shows does what it says, in capitals too', () => {
  for (const [key, command] of SHOWN) {
    const name = { Space: ' ', '←': 'ArrowLeft', '→': 'ArrowRight' }[key] ?? key
    expect([key, commandOf(pressed(name), 'other')]).toEqual([key, command])
    expect([key, commandOf(pressed(name.toLowerCase()), 'other')]).toEqual([key, command])
  }
})

test('keys of the browser, and of whatever has the focus, stay theirs', () => {
  expect(commandOf(pressed('l', { ctrlKey: true }), 'other')).toBeNull()
  expect(commandOf(pressed(' '), 'button')).toBeNull()
  expect(commandOf(pressed('k'), 'button')).toBe('pause')
  expect(commandOf(pressed('ArrowLeft'), 'slider')).toBeNull()
  expect(commandOf(pressed('j'), 'slider')).toBe('back')
  expect(commandOf(pressed('k'), 'text')).toBeNull()
  expect(commandOf(pressed('q'), 'other')).toBeNull()
})

test('faster and faster ends', () => {
  expect(faster(1)).toBe(1.5)
  expect(faster(0.3)).toBe(0.5)
  expect(faster(SPEEDS.at(-1) ?? 0)).toBe(SPEEDS.at(-1))
})
