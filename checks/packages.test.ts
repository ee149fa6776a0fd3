import { expect, test } from 'vitest'
import { filesOf, textOf } from './tree.ts'

type Manifest = { name: string; license?: string } & Partial<
  Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>
>
type Lock = {
  packages: Record<string, { version?: string; license?: string; link?: boolean; hasInstallScript?: boolean }>
}
type Bill = { components: { name: string; version: string }[] }

const manifests = filesOf('package.json', '*/package.json').map(path => JSON.parse(textOf(path)) as Manifest)
const lock = (JSON.parse(textOf('package-lock.json')) as Lock).packages

test('every dependency is pinned to one exact version', () => {
  const pins = manifests.flatMap(one =>
    Object.entries({ ...one.dependencies, ...one.devDependencies, ...one.optionalDependencies }),
  )
  expect(pins.length).toBeGreaterThan(30)
  expect(pins.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('every part states its licence', () => {
  const apache = ['@vidne/tlog', '@vidne/evidence', '@vidne/verifier']
  for (const { name, license } of manifests)
    expect({ name, license }).toEqual({ name, license: apache.includes(name) ? 'Apache-2.0' : 'EUPL-1.2' })
})

test('no package under a GPL is linked in', () => {
  const licences = Object.entries(lock).map(([path, { license }]) => ({ path, license: license ?? '' }))
  expect(licences.length).toBeGreaterThan(100)
  expect(licences.filter(({ license }) => /\b[AL]?GPL/.test(license) && !/MIT|Apache/.test(license))).toEqual([])
})

test('the bill of materials names what the lock file installs', () => {
  const bill = JSON.parse(textOf('bill-of-materials.cdx.json')) as Bill
  const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`))
  const installed = Object.entries(lock)
    .filter(([path, entry]) => path.startsWith('node_modules/') && !entry.link)
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`)
  const unlisted = installed.filter(one => !listed.has(one))
  expect(unlisted, 'run: npm run bill-of-materials').toEqual([])
})
