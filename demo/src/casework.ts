import { type Doing, first, longAfter, openCase, type Told } from './storytelling.ts'

/** Cases beside the one of the tour: one with three cameras at one place, one under way, and one that is over. */
export const caseWork: readonly Told[] = [
  ['uk', 21, openTheft],
  ['uk', 6, closeTheft],
  ['uk', 10, openAssault],
  ['dk', 8.2, openArrest],
]

async function openTheft({ client, from, leave, today }: Doing): Promise<void> {
  const clerk = await client('Kim Foster')
  const [one, other] = from(28, 21.5).slice(-2)
  if (one === undefined || other === undefined) throw new Error('there is nothing to open a case with')
  const number = 'CAD 3180/26'
  for (const { recording } of [one, other])
    await clerk.recordings.categorise({ id: recording, rule: 'evidence', basis: 'Theft from a shop', case: number })
  const id = await openCase(clerk, {
    number,
    title: 'Theft from a chemist',
    exhibits: [
      [one.recording, 'First words of the manager'],
      [other.recording, 'Search of the area'],
    ],
    lead: 'Imran Shah',
    tasks: ['Value of the goods from the manager', 'Till receipt'],
    today,
  })
  leave('theft', id)
}

async function closeTheft({ client, found }: Doing): Promise<void> {
  const clerk = await client('Kim Foster')
  const id = found('theft')
  await clerk.cases.write({ id, content: { kind: 'note', words: 'Caution accepted on the advice of the prosecutor.' } })
  await clerk.cases.setState({ id, state: 'closed', reason: 'Adult caution; nothing is left to be done' })
}

async function openAssault({ client, from, today }: Doing): Promise<void> {
  const clerk = await client('Kim Foster')
  const { recording } = first(from(12.1, 11.4, 'Lambeth'))
  const others = from(11.4, 10.2).slice(0, 2)
  const number = 'CAD 5093/26'
  await clerk.recordings.categorise({ id: recording, rule: 'evidence', basis: 'Assault at home', case: number })
  const id = await openCase(clerk, {
    number,
    title: 'Assault, Coldharbour Lane',
    exhibits: [
      [recording, 'Call to the address'],
      ...others.map((one, at) => [one.recording, `Enquiries next door, ${at + 1}`] as const),
    ],
    lead: 'Imran Shah',
    tasks: ['Ask the neighbour for the doorbell camera', 'Photographs of the injuries', 'Risk assessment'],
    today,
  })
  await clerk.cases.addExhibit({ id, recording, title: 'What she said first', from: 2000, until: 6000 })
  await clerk.cases.addPerson({ id, person: 'Yusuf Demir', duty: 'investigates', until: longAfter(today) })
  const investigator = await client('Imran Shah')
  await investigator.cases.write({ id, content: { kind: 'note', words: 'Statement is ready to be signed.' } })
  const notes = [
    { kind: 'note', words: 'Her first account agrees with the call as it was logged.' },
    { kind: 'marker', from: 2000, until: 6000, sign: 'blue-square', words: 'First account' },
  ] as const
  await investigator.recordings.view({ id: recording, purpose: 'investigation', case: number })
  for (const content of notes) await investigator.recordings.writeWork({ id: recording, content })
}

async function openArrest({ client, from, today }: Doing): Promise<void> {
  const clerk = await client('Dorte Winther')
  const cameras = from(9.1, 8.7, 'Sydøstjyllands Politi')
  first(cameras)
  const number = '0800-71210-00188-26'
  const incident = { kind: 'incident', reference: '0800-26-3391', words: 'Anholdelse, Horsens banegård' } as const
  for (const { recording } of cameras) {
    await clerk.recordings.categorise({ id: recording, rule: 'evidence', basis: 'Røveri', case: number })
    await clerk.recordings.writeWork({ id: recording, content: incident })
  }
  const id = await openCase(clerk, {
    number,
    title: 'Røveri i kiosk, Horsens banegård',
    exhibits: cameras.map(({ recording, camera }) => [recording, `Anholdelsen, kamera ${camera.id}`]),
    lead: 'Niels Aagaard',
    tasks: ['Indhent kioskens egne optagelser', 'Afhør ekspedienten'],
    today,
  })
  await clerk.cases.addPerson({ id, person: 'Bo Lindholm', duty: 'investigates', until: longAfter(today) })
}
