import { getMigrations } from 'better-auth/db/migration'
import { expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { onEachEngine } from '../../platform/testing/databases.ts'
import { libraryOptions } from './library.ts'

onEachEngine('the tables of identities', ground => {
  test('are those that this version of the library wants', async () => {
    const { database } = ground
    const options = libraryOptions({
      database,
      wall: systemClock,
      secret: 'x'.repeat(32),
      oidc: { issuer: 'https://id.example.org', clientId: 'vidne', clientSecret: null },
    })
    const { toBeCreated, toBeAdded, toBeAddedIndexes, unsafeChanges, schemaProblems } = await getMigrations(options)
    expect({ toBeCreated, toBeAdded, toBeAddedIndexes, unsafeChanges, schemaProblems }).toEqual({
      toBeCreated: [],
      toBeAdded: [],
      toBeAddedIndexes: [],
      unsafeChanges: [],
      schemaProblems: [],
    })
  })
})
