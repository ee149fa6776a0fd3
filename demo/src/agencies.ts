import type { Role } from '@vidne/contract/roles'
import type { Spot } from './clip.ts'

/** Somebody of the demo. Every name is invented. */
type Somebody = { readonly name: string; readonly roles: readonly Role[]; readonly unit: string | null }

/** A camera, who carries it (null: it hangs on a wall), and where that is. */
export type Camera = {
  readonly id: string
  readonly wearer: string | null
  readonly unit: string
  readonly around: Spot
  readonly clips: readonly string[]
}

export type Agency = {
  readonly key: 'dk' | 'uk' | 'de' | 'se'
  readonly name: string
  readonly pack: string
  /** Whoever founded it: administrator and clerk at once. */
  readonly operator: string
  readonly people: readonly Somebody[]
  readonly cameras: readonly Camera[]
  /** Hours of the day in which its cameras run. */
  readonly hours: readonly [number, number]
  /** In how many of a hundred days a camera is out. */
  readonly often: number
  /** What sets its cameras off on an ordinary day, in the words of its pack. */
  readonly trigger: string
}

const OUTDOORS = ['street-by-day', 'street-by-night', 'town-square', 'market', 'park', 'platform', 'stairwell']

/** A unit with a supervisor and people who wear cameras. */
function patrol(
  unit: string,
  around: Spot,
  p: { supervisor: string; wearers: readonly string[]; cameras: string; clips?: readonly string[] },
): { people: Somebody[]; cameras: Camera[] } {
  return {
    people: [
      { name: p.supervisor, roles: ['supervisor'], unit },
      ...p.wearers.map(name => ({ name, roles: ['wearer'] as const, unit })),
    ],
    cameras: p.wearers.map((wearer, at) => ({
      id: `${p.cameras}${at + 1}`,
      wearer,
      unit,
      around,
      clips: p.clips ?? OUTDOORS,
    })),
  }
}

function joined(units: readonly { people: readonly Somebody[]; cameras: readonly Camera[] }[]) {
  return { people: units.flatMap(one => one.people), cameras: units.flatMap(one => one.cameras) }
}

const danish = joined([
  patrol(
    'Fyns Politi',
    { latitude: 55.4, longitude: 10.388 },
    {
      supervisor: 'Lone Kjær',
      wearers: ['Mads Holm', 'Sofie Bruun'],
      cameras: 'FYN-',
      clips: ['harbour', ...OUTDOORS],
    },
  ),
  patrol(
    'Midt- og Vestjyllands Politi',
    { latitude: 56.36, longitude: 8.62 },
    { supervisor: 'Erik Vestergaard', wearers: ['Jonas Dahl', 'Karen Toft'], cameras: 'MVJ-', clips: ['motorway'] },
  ),
  patrol(
    'Syd- og Sønderjyllands Politi',
    { latitude: 55.476, longitude: 8.459 },
    {
      supervisor: 'Inge Madsen',
      wearers: ['Peter Juhl', 'Anne Bech'],
      cameras: 'SSJ-',
      clips: ['harbour', 'motorway'],
    },
  ),
  patrol(
    'Sydøstjyllands Politi',
    { latitude: 55.861, longitude: 9.85 },
    { supervisor: 'Bo Lindholm', wearers: ['Rikke Friis', 'Thomas Vang', 'Line Krogh'], cameras: 'SØJ-' },
  ),
  patrol(
    'Københavns Vestegns Politi',
    { latitude: 55.676, longitude: 12.4 },
    {
      supervisor: 'Nanna Skov',
      wearers: ['Ali Hansen', 'Camilla Ravn'],
      cameras: 'VES-',
      clips: ['match-day', ...OUTDOORS],
    },
  ),
])

const boroughs: readonly (readonly [string, number, number, string, string])[] = [
  ['Barnet', 51.625, -0.152, 'Helen Marsh', 'Priya Nair'],
  ['Brent', 51.558, -0.282, 'Marcus Bell', 'Joe Whitfield'],
  ['Camden', 51.54, -0.143, 'Ruth Adeyemi', 'Tom Ashby'],
  ['Croydon', 51.372, -0.1, 'Colin Frost', 'Grace Obi'],
  ['Ealing', 51.513, -0.305, 'Sara Khan', 'Daniel Price'],
  ['Havering', 51.577, 0.212, 'Neil Hurst', 'Amy Sutton'],
  ['Hillingdon', 51.544, -0.448, 'Janet Cole', 'Owen Blake'],
  ['Lambeth', 51.457, -0.117, 'Yusuf Demir', 'Ella Romero'],
  ['Lewisham', 51.445, -0.02, 'Fiona Grant', 'Sam Turner'],
  ['Southwark', 51.503, -0.08, 'Peter Lamb', 'Zoe Carter'],
]

const london = joined(
  boroughs.map(([borough, latitude, longitude, supervisor, wearer]) =>
    patrol(
      borough,
      { latitude, longitude },
      { supervisor, wearers: [wearer], cameras: `${borough.slice(0, 3).toUpperCase()}-` },
    ),
  ),
)

const duisburg = joined([
  patrol(
    'Sonderaußendienst Mitte',
    { latitude: 51.434, longitude: 6.762 },
    {
      supervisor: 'Birgit Sommer',
      wearers: ['Kemal Yıldız', 'Jana Krüger'],
      cameras: 'DU-M',
      clips: ['market', 'town-square'],
    },
  ),
  patrol(
    'Sonderaußendienst Nord',
    { latitude: 51.489, longitude: 6.768 },
    { supervisor: 'Uwe Brandt', wearers: ['Lena Hoffmann'], cameras: 'DU-N', clips: ['platform', 'park', 'stairwell'] },
  ),
])

const wall = (id: string, clip: string): Camera => ({
  id,
  wearer: null,
  unit: 'Hus A',
  around: { latitude: 59.2753, longitude: 15.2134 },
  clips: [clip],
})

/** Whose month it is. The first one is founded with the installation. */
export const agencies: readonly Agency[] = [
  {
    key: 'dk',
    name: 'Politiet: fem kredse',
    pack: 'dk-politi',
    operator: 'Maja Lund',
    hours: [6, 23],
    often: 26,
    trigger: 'patrol',
    cameras: danish.cameras,
    people: [
      ...danish.people,
      { name: 'Henrik Storm', roles: ['commander'], unit: null },
      { name: 'Dorte Winther', roles: ['evidence-clerk', 'camera-manager'], unit: null },
      { name: 'Niels Aagaard', roles: ['investigator'], unit: null },
      { name: 'Ulla Brandstrup', roles: ['data-protection-officer'], unit: null },
    ],
  },
  {
    key: 'uk',
    name: 'London boroughs',
    pack: 'uk-met',
    operator: 'Alan Reed',
    hours: [7, 22],
    often: 24,
    trigger: 'first_account',
    cameras: london.cameras,
    people: [
      ...london.people,
      { name: 'Diane Walsh', roles: ['commander'], unit: null },
      { name: 'Kim Foster', roles: ['evidence-clerk'], unit: null },
      { name: 'Imran Shah', roles: ['investigator'], unit: null },
      { name: 'Laura Finch', roles: ['professional-standards'], unit: null },
      { name: 'Oliver Stone', roles: ['data-protection-officer'], unit: null },
      { name: 'Beth Rowe', roles: ['auditor'], unit: null },
    ],
  },
  {
    key: 'de',
    name: 'Ordnungsamt Duisburg',
    pack: 'de-nrw-oa',
    operator: 'Sabine Vogt',
    hours: [9, 21],
    often: 30,
    trigger: 'facts_indicate_concrete_danger_to_life_or_limb_of_staff_or_third_party',
    cameras: duisburg.cameras,
    people: [
      ...duisburg.people,
      { name: 'Markus Thiel', roles: ['evidence-clerk'], unit: null },
      { name: 'Petra Lang', roles: ['data-protection-officer'], unit: null },
    ],
  },
  {
    key: 'se',
    name: 'Örebro: Almskolan',
    pack: 'se-skola',
    operator: 'Gunnar Ek',
    hours: [17, 22],
    often: 55,
    trigger: 'assessed_schedule_only',
    cameras: [wall('AULA-1', 'school-corridor'), wall('GÅRD-2', 'school-yard')],
    people: [
      { name: 'Karin Sjöberg', roles: ['site-head'], unit: null },
      { name: 'Ove Lindqvist', roles: ['evidence-clerk'], unit: null },
      { name: 'Maria Ahl', roles: ['data-protection-officer'], unit: null },
    ],
  },
]
