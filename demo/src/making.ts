import { writeFileSync } from 'node:fs'
import type { TourDuty } from '@vidne/contract/tour'
import { agencies } from './agencies.ts'
import { playMonth, type Telling } from './filling.ts'
import { foundAll } from './founding.ts'
import { monthOf } from './month.ts'

/** Founds the rehearsal and plays its month, until today. `told`: how far it is, from 0 to 1. */
export async function makeDemo(
  data: string,
  p: { today: number; seed: number; told: (share: number) => void },
): Promise<void> {
  const month = monthOf(p.today, p.seed)
  const { opened, founded } = await foundAll(data, month.begins)
  try {
    const telling = await playMonth(opened, founded, { month, today: p.today, told: p.told })
    writeFileSync(opened.ground.places.tour, `${JSON.stringify(await tourOf(telling))}\n`)
  } finally {
    await opened.close()
  }
}

/** Whose place a visitor is offered first; others stand on the page of personas. */
const OFFERED: readonly (readonly [duty: TourDuty, agency: string, name: string])[] = [
  ['wearer', 'dk', 'Sofie Bruun'],
  ['sergeant', 'dk', 'Nanna Skov'],
  ['clerk', 'uk', 'Kim Foster'],
  ['principal', 'se', 'Karin Sjöberg'],
  ['data-protection', 'uk', 'Oliver Stone'],
  ['administrator', 'dk', 'Maja Lund'],
]

async function tourOf({ ground, founded, facts }: Telling) {
  const personas = await ground.people.signIn.personas()
  const called = (key: string, name: string) => {
    const agency = founded.find(one => one.agency.key === key)?.id
    const found = personas.find(one => one.agency.id === agency && one.name === name)
    if (found === undefined) throw new Error(`there is nobody called ${name}`)
    return found.person
  }
  const london = agencies.find(one => one.key === 'uk')
  return {
    people: OFFERED.map(([duty, key, name]) => ({ duty, person: called(key, name) })),
    leap: { person: called('uk', london?.operator ?? '') },
    missing: { person: called('dk', 'Henrik Storm') },
    link: facts.link,
  }
}
