import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { peopleTables } from '@vidne/server/people/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vidne } from './installation.ts'
import { DAY, type Asked, type Said, ask, dock, get, inDays, listed, personIn, run } from './guarantees/asking.ts'
import { type Inside, inside, secondAgency } from './guarantees/inside.ts'

const footage = randomBytes(2_500_000)
const PROSECUTION = { purpose: 'criminal_prosecution', case: 'Js 41/26' }

let here: Inside
let recording: string
/** Another evidence clerk, who may look; a supervisor and a wearer, who may not. */
let clerk: Asked
let supervisor: Asked
let wearer: Asked

beforeAll(async () => {
  here = await inside({ pack: 'de-nrw-oa' })
  ;[clerk, supervisor, wearer] = await Promise.all([
    personIn(here.clerk, 'Klara', 'evidence-clerk'),
    personIn(here.clerk, 'Sven', 'supervisor'),
    personIn(here.clerk, 'Anna Berg', 'wearer'),
  ])
  const file = { path: 'DCIM/1.mp4', bytes: footage, wearer: 'Anna Berg' }
  recording = (await dock(here.camera, file)).recording
})
afterAll(() => here?.close())

type Opened = { state: string; view: string; media: string; until: string; approval: string }

const wish = (who: Asked, body: object = PROSECUTION, id = recording): Promise<Said> =>
  ask(who, 'POST', `/api/recordings/${id}/views`, body)

/** Opens a view with a second person's word. */
async function opened(who: Asked, body: object = PROSECUTION, second = supervisor): Promise<Opened> {
  const asked = await get<Opened>(who, 'POST', `/api/recordings/${recording}/views`, body)
  if (asked.state === 'open') return asked
  await get(second, 'POST', `/api/approvals/${asked.approval}/approve`)
  return get<Opened>(who, 'POST', `/api/recordings/${recording}/views`, body)
}

async function media({ url, token }: Asked, path: string, range?: string, method = 'GET') {
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(range === undefined ? {} : { range }),
  }
  const answer = await fetch(url + path, { method, headers })
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

const direct = (view = '') => `/media/${recording}${view}`

async function tries(): Promise<{ name: string | null; outcome: string }[]> {
  const rows = await here.ground.database.asInstallation(trx =>
    peopleTables(trx)
      .selectFrom('people_audit')
      .leftJoin('people_person', 'people_person.id', 'people_audit.person')
      .select(['name', 'outcome'])
      .where('act', '=', 'view')
      .where('subject', '=', recording)
      .orderBy('people_audit.id')
      .execute(),
  )
  return rows
}

const history = async (type: string) => {
  const events = await here.ground.database.asAgency(here.agency, trx => here.ground.history.of(trx, recording))
  return events
    .filter(({ core }) => core.type === type)
    .map(({ fields }) => Object.fromEntries(fields.map(({ name, value }) => [name, value])))
}

describe('S5-16 footage of a public-order office is not viewed', () => {
  test('S5-16 wearer and supervisor alone get 403, with or without a case number, and so does a clerk without one', async () => {
    for (const alone of [wearer, supervisor])
      for (const body of [PROSECUTION, { purpose: PROSECUTION.purpose }, { purpose: 'audit' }]) {
        expect((await wish(alone, body)).status).toBe(403)
        expect((await media(alone, direct())).status).toBe(403)
      }
    expect(await wish(clerk, { purpose: PROSECUTION.purpose })).toMatchObject({
      status: 403,
      said: { data: { sentence: expect.stringContaining('case number') } },
    })
    expect(await history('viewed')).toEqual([])
  })

  test('S5-16 a first view takes two persons: asked by one it waits, and its own asker cannot agree to it', async () => {
    const asked = (await wish(clerk)).said as Opened
    expect(asked.state).toBe('waiting')
    expect((await media(clerk, direct())).status).toBe(403)
    expect((await ask(clerk, 'POST', `/api/approvals/${asked.approval}/approve`)).status).toBe(403)
    expect(((await wish(clerk)).said as Opened).approval).toBe(asked.approval)
    expect(await history('viewed')).toEqual([])

    const waiting = await get<{ kind: string; purpose: string; case: string; withoutAnswer: string; you: string }[]>(
      supervisor,
      'GET',
      '/api/approvals',
    )
    expect(waiting).toMatchObject([{ kind: 'view', ...PROSECUTION, withoutAnswer: 'nobody-looks', you: 'may-confirm' }])
    await get(supervisor, 'POST', `/api/approvals/${asked.approval}/approve`)
    const view = (await wish(clerk)).said as Opened
    expect(view.state).toBe('open')
    expect((await media(clerk, view.media)).bytes.equals(footage)).toBe(true)
    expect(await history('viewed')).toMatchObject([
      { ...PROSECUTION, actor: 'Klara', view: view.view, range: [0, footage.length] },
    ])
    // One agreement is one view.
    expect(((await wish(clerk)).said as Opened).state).toBe('waiting')
  })

  test('S5-16 nor does anybody look first without a case number, whatever for: data protection is told so too', async () => {
    const untouched = (await dock(here.camera, { path: 'DCIM/3.mp4', bytes: randomBytes(700) })).recording
    const officer = await personIn(here.clerk, 'Dora', 'data-protection-officer')
    for (const purpose of ['audit', 'access_request']) {
      expect(await wish(officer, { purpose }, untouched)).toMatchObject({
        status: 403,
        said: { data: { sentence: expect.stringContaining('case number') } },
      })
      expect((await wish(officer, { purpose, case: 'DSB 3/26' }, untouched)).said).toMatchObject({ state: 'waiting' })
    }
  })
})

describe('I-10 no view without purpose and case', () => {
  test('I-10 a purpose that is not on the policy’s list, or not one’s own, opens nothing, and the answer names the list', async () => {
    const odd = await wish(clerk, { purpose: 'curiosity', case: '1' })
    expect(odd).toMatchObject({
      status: 403,
      said: {
        data: {
          sentence: expect.stringMatching(
            /no such purpose.*access_request.*criminal_prosecution|criminal_prosecution.*access_request/s,
          ),
        },
      },
    })
    expect((await wish(clerk, { purpose: 'complaint', case: '1' })).status).toBe(403)
    expect((await wish(clerk, { case: '1' })).status).toBeGreaterThanOrEqual(400)
  })

  test('I-10 the media URL called directly, with another user’s token, an expired token or none is 403, each try logged', async () => {
    const view = await opened(clerk)
    const rehearsed = here.ground.clock.now()
    const expires = new Date(rehearsed + DAY / 2).toISOString()
    const { token } = await get<{ token: string }>(here.clerk, 'POST', '/api/tokens', {
      person: 'Kurz',
      role: 'evidence-clerk',
      expires,
    })
    const own = (await opened({ ...clerk, token })).view
    const stranger = (await secondAgency(here)).clerk
    const before = (await tries()).length
    const tried: [Asked, string][] = [
      [clerk, direct()],
      [clerk, direct('?view=anything')],
      [clerk, direct(`?view=${randomUUID()}`)],
      [supervisor, view.media],
      [here.clerk, view.media],
      [wearer, view.media],
      [here.camera, view.media],
      [{ ...clerk, token: null }, view.media],
      [{ ...clerk, token: 'vidne_wrong' }, view.media],
    ]
    for (const [who, path] of tried) {
      const { status, bytes } = await media(who, path)
      expect(status).toBe(403)
      expect(bytes.includes(footage.subarray(0, 64))).toBe(false)
    }
    // Of another agency: refused like what does not exist, and noted with those who tried.
    expect((await media(stranger, view.media)).status).toBe(403)
    await inDays(here.clerk, 0.75)
    const late = await media({ ...clerk, token }, `/media/${recording}?view=${own}`)
    expect(late.status).toBe(403)
    // The view of an hour ago is over, for its own person too.
    expect((await media(clerk, view.media)).status).toBe(403)
    expect((await tries()).slice(before).map(({ name, outcome }) => [name, outcome])).toEqual([
      ['Klara', 'no-view'],
      ['Klara', 'no-view'],
      ['Klara', 'no-view'],
      ['Sven', 'no-view'],
      ['Operator', 'no-view'],
      ['Anna Berg', 'no-view'],
      ['Dock', 'no-view'],
      [null, 'unknown'],
      [null, 'unknown'],
      ['Neighbour', 'no-view'],
      ['Kurz', 'expired'],
      ['Klara', 'no-view'],
    ])
    expect((await media(clerk, `/media/${randomUUID()}?view=${view.view}`)).status).toBe(403)
    expect((await media(clerk, '/media/')).status).toBe(403)
  })

  test('I-10 a view ends with what allowed it: revoke the token, and its bytes are refused from then on', async () => {
    const short = await personIn(here.clerk, 'Kim', 'evidence-clerk')
    const view = await opened(short)
    expect((await media(short, view.media, 'bytes=0-9')).status).toBe(206)
    const tokens = await get<{ id: string; person: string }[]>(here.clerk, 'GET', '/api/tokens')
    await get(here.clerk, 'POST', `/api/tokens/${tokens.find(one => one.person === 'Kim')?.id}/revoke`)
    expect((await media(short, view.media, 'bytes=0-9')).status).toBe(403)
  })
})

describe('the bytes of a view', () => {
  test('come whole or by ranges, and nothing on the way may keep them', async () => {
    const { media: path } = await opened(clerk)
    const whole = await media(clerk, path)
    expect([whole.status, whole.bytes.equals(footage)]).toEqual([200, true])
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'cache-control': 'no-store, private',
      'content-type': 'video/mp4',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    })
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 1],
      ['bytes=1048570-1048590', 1_048_570, 1_048_591],
      ['bytes=2499990-', 2_499_990, 2_500_000],
      ['bytes=-7', 2_499_993, 2_500_000],
      ['bytes=2000000-9000000', 2_000_000, 2_500_000],
    ] as const) {
      const part = await media(clerk, path, range)
      expect([range, part.status, part.headers.get('content-range')]).toEqual([
        range,
        206,
        `bytes ${from}-${to - 1}/${footage.length}`,
      ])
      expect(part.bytes.equals(footage.subarray(from, to))).toBe(true)
    }
    expect((await media(clerk, path, 'bytes=2500000-')).status).toBe(416)
    const head = await media(clerk, path, undefined, 'HEAD')
    expect([head.status, head.headers.get('content-length'), head.bytes.length]).toEqual([200, '2500000', 0])
  })

  test('are those of the range that the view was opened for, and no others', async () => {
    const { media: path } = await opened(clerk, { ...PROSECUTION, from: 1000, to: 2000 })
    expect((await media(clerk, path)).bytes.equals(footage.subarray(1000, 2000))).toBe(true)
    expect((await media(clerk, path, 'bytes=1500-')).bytes.equals(footage.subarray(1500, 2000))).toBe(true)
    for (const outside of ['bytes=0-1500', 'bytes=2000-2100', 'bytes=-5'])
      expect((await media(clerk, path, outside)).status).toBe(416)
    expect((await history('viewed')).at(-1)).toMatchObject({ range: [1000, 2000] })
    expect((await wish(clerk, { ...PROSECUTION, from: 10, to: 5 })).status).toBe(422)
    expect((await wish(clerk, { ...PROSECUTION, to: 2_500_001 })).status).toBe(422)
  })

  test('are had by the command, which waits for nobody’s word but the second person’s', async () => {
    const out = join(tmpdir(), `view-${randomUUID()}.mp4`)
    const words = ['view', recording, '--purpose', 'criminal_prosecution', '--case', 'K 9', '--out', out]
    const typed = () => vidne([...words, '--server', here.clerk.url], { VIDNE_TOKEN: clerk.token ?? '' })
    const waiting = JSON.parse((await typed()).out) as { state: string; approval: string }
    expect(waiting.state).toBe('waiting')
    const said = await vidne(['approve', waiting.approval, '--server', here.clerk.url], {
      VIDNE_TOKEN: supervisor.token ?? '',
    })
    expect(said.err).toContain(`The view of recording ${recording} is agreed to`)
    expect(await typed()).toMatchObject({ code: 0, out: expect.stringContaining('2500000 bytes') })
    expect(readFileSync(out).equals(footage)).toBe(true)
    const refused = await vidne(['view', recording, '--purpose', 'audit', '--out', out, '--server', here.clerk.url], {
      VIDNE_TOKEN: wearer.token ?? '',
    })
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('opens this footage to nobody') })
  })
})

describe('what is not on one’s list', () => {
  test('answers like what does not exist, on every request that names it', async () => {
    const other = (await dock(here.camera, { path: 'DCIM/2.mp4', bytes: randomBytes(500), wearer: 'Bo' })).recording
    const investigator = await personIn(here.clerk, 'Ida', 'investigator')
    expect((await listed(wearer)).map(row => row.id)).toEqual([recording])
    expect(await listed(investigator)).toEqual([])
    const asked = [
      ['GET', 'facts', undefined],
      ['POST', 'hold', { reason: 'complaint 12' }],
      ['POST', 'categories', { rule: 'evidence', basis: 'case 12' }],
      ['POST', 'exports', { purpose: 'case 12' }],
      ['POST', 'views', PROSECUTION],
      ['GET', 'receipt', undefined],
    ] as const
    for (const [method, tail, body] of asked) {
      const answer = async (id: string) => {
        const { status, said } = await ask(investigator, method, `/api/recordings/${id}/${tail}`, body)
        return { status, said }
      }
      expect(await answer(other)).toMatchObject({ status: 404 })
      expect(await answer(other)).toEqual(await answer(randomUUID()))
    }
    expect((await ask(wearer, 'GET', `/api/recordings/${other}/facts`)).status).toBe(404)
    expect((await ask(wearer, 'GET', `/api/recordings/${recording}/facts`)).status).toBe(200)
    const due = (who: Asked) =>
      get<{ items: { recording: string }[] }>(who, 'GET', '/api/due?by=2099-01-01T00:00:00Z').then(
        ({ items }) => items.length,
      )
    expect([await due(supervisor), await due(investigator)]).toEqual([3, 0])

    const until = new Date(here.ground.clock.now() + DAY).toISOString()
    const grant = { person: 'ida', until, reason: 'case 12' }
    expect((await ask(investigator, 'POST', `/api/recordings/${other}/grants`, grant)).status).toBe(403)
    const made = await get<{ grant: string }>(supervisor, 'POST', `/api/recordings/${other}/grants`, grant)
    expect((await listed(investigator)).map(row => row.id)).toEqual([other])
    expect(await due(investigator)).toBe(1)
    expect(await get(supervisor, 'GET', `/api/recordings/${other}/grants`)).toMatchObject([{ person: 'Ida', until }])
    await get(supervisor, 'POST', `/api/recordings/${other}/grants/${made.grant}/revoke`, { reason: 'case closed' })
    expect(await listed(investigator)).toEqual([])
  })

  test('is not among the questions that are told either, and a wearer is not told who asked about his own', async () => {
    await get(here.clerk, 'POST', `/api/recordings/${recording}/hold`, { reason: 'complaint 12' })
    await get(here.clerk, 'POST', `/api/recordings/${recording}/release`, { reason: 'complaint withdrawn' })
    const told = async (who: Asked) =>
      (await get<{ subject: string }[]>(who, 'GET', '/api/approvals')).map(({ subject }) => subject)
    expect(await told(supervisor)).toContain(recording)
    expect(await told(await personIn(here.clerk, 'Irma', 'investigator'))).toEqual([])
    expect(await told(wearer)).toEqual([])
  })
})

test('where footage is opened after an incident only, a hold is one, and an ordinary category is none', async () => {
  const school = await inside({ pack: 'se-skola' })
  try {
    const { recording: one } = await dock(school.camera, { path: 'DCIM/1.mp4', bytes: footage })
    const [head, second] = [
      await personIn(school.clerk, 'Rektor', 'site-head'),
      await personIn(school.clerk, 'Biträdande', 'site-head'),
    ]
    const body = { purpose: 'preventing_and_solving_crime' }
    const closed = { status: 403, said: { data: { sentence: expect.stringContaining('only after an incident') } } }
    expect(await wish(head, body, one)).toMatchObject(closed)
    await get(school.clerk, 'POST', `/api/recordings/${one}/categories`, { rule: 'normal', basis: 'as ever' })
    expect(await wish(head, body, one)).toMatchObject(closed)
    await get(head, 'POST', `/api/recordings/${one}/hold`, { reason: 'a fire at the toilets' })
    const asked = (await wish(head, body, one)).said as Opened
    expect(asked.state).toBe('waiting')
    await get(second, 'POST', `/api/approvals/${asked.approval}/approve`)
    const view = (await wish(head, body, one)).said as Opened
    expect((await media(head, view.media)).bytes.equals(footage)).toBe(true)
  } finally {
    await school.close()
  }
})

test('who looked, and what for, goes with the footage', async () => {
  const { approval } = await get<{ approval: string }>(here.clerk, 'POST', `/api/recordings/${recording}/release`, {
    reason: 'complaint withdrawn',
  })
  await get(supervisor, 'POST', `/api/approvals/${approval}/approve`)
  const { media: path } = await opened(clerk)
  await inDays(here.clerk, 15)
  expect((await run(here.clerk)).deleted.map(one => one.recording)).toContain(recording)
  expect((await media(clerk, path)).status).toBe(403)
  expect((await wish(clerk)).status).toBe(410)
  const left = await here.ground.database.asInstallation(async trx => {
    const tables = trx.$extendTables<Record<'review_view' | 'review_agreement', { recording: string }>>()
    const of = (table: 'review_view' | 'review_agreement') =>
      tables.selectFrom(table).select('recording').where('recording', '=', recording).execute()
    return [...(await of('review_view')), ...(await of('review_agreement'))]
  })
  expect(left).toEqual([])
})
