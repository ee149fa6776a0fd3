import { randomBytes, randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { Trx } from '../platform/database/door.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { agreedExport } from './second-person.ts'
import { shareTables } from './store.ts'

const HOUR = 3_600_000
const AGREED = Date.parse('2026-06-01T12:00:00Z')

onEachEngine('what a second person has agreed to', ground => {
  let [agency, recording, digest] = ['', '', '']
  const inAgency = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => ground.database.asAgency(agency, work)

  beforeEach(async () => {
    ;[agency, recording, digest] = [randomUUID(), randomUUID(), randomBytes(32).toString('hex')]
    const wish = Buffer.from(digest, 'hex')
    const row = { approval: randomUUID(), agency, recording, wish, agreed_at: new Date(AGREED), used_at: null }
    await inAgency(trx => shareTables(trx).insertInto('share_agreement').values(row).execute())
  })

  /** Asked so many hours after the agreement, in a process that began an hour before it; an agreement is good for a day. */
  const agreed = (change: Partial<Parameters<typeof agreedExport>[1]> = {}, hours = 1): Promise<boolean> => {
    const now = AGREED + hours * HOUR
    const asked = { recording, digest, now, since: now - 24 * HOUR, lost: AGREED - HOUR }
    return inAgency(trx => agreedExport(trx, { ...asked, ...change }))
  }

  test('is good for one export', async () => {
    expect(await agreed()).toBe(true)
    expect(await agreed()).toBe(false)
  })

  test('is good once more where the package went with the process that made it', async () => {
    expect(await agreed()).toBe(true)
    expect(await agreed({ lost: AGREED + 2 * HOUR }, 3)).toBe(true)
    expect(await agreed({ lost: AGREED + 2 * HOUR }, 3)).toBe(false)
  })

  test('is good for this very wish about this very recording', async () => {
    expect(await agreed({ digest: randomBytes(32).toString('hex') })).toBe(false)
    expect(await agreed({ recording: randomUUID() })).toBe(false)
    expect(await agreed()).toBe(true)
  })

  test('grows old', async () => {
    expect(await agreed({}, 24)).toBe(false)
    expect(await agreed({}, 23.99)).toBe(true)
  })
})
