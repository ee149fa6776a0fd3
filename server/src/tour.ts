import { readFile } from 'node:fs/promises'
import { tourFacts } from '@vidne/contract/tour'
import type { Ground } from './ground.ts'
import { open } from './open-door.ts'
import { errorCode } from './platform/durable/disk.ts'

/** What a demo shows; null in every installation that is none. A normal one never looks: what lies in its folder makes no tour of it. */
export const tour = open.tour.handler(async ({ context: { house } }) => {
  if (house === null || house.ground.rehearsal === null) return { demo: null }
  const facts = await factsIn(house.ground)
  if (facts === null) return { demo: null }
  return { demo: { ...facts, trust: await readFile(house.ground.places.trust, 'utf8') } }
})

async function factsIn({ places }: Ground) {
  const text = await readFile(places.tour, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  })
  return text === null ? null : tourFacts.parse(JSON.parse(text))
}
