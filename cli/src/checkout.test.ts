import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkoutAround } from './checkout.ts'

const root = mkdtempSync(join(tmpdir(), 'vidne-checkout-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a folder within a git checkout is known for one, also before it is made', () => {
  mkdirSync(join(root, 'here', '.git'), { recursive: true })
  expect(checkoutAround(join(root, 'here', 'data', 'vidne'))).toBe(join(root, 'here'))
  expect(checkoutAround(join(root, 'elsewhere'))).toBeNull()
})
