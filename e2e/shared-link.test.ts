import { randomBytes, randomUUID } from 'node:crypto'
import { peopleTables } from '@vidne/server/people/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agreedLink, askShared, caseWith, inHalfAYear, makeLink } from './case-asking.ts'
import { type GroundKind, groundFor, groundKinds } from './grounds.ts'
import { type Asked, ask, dock, get, inDays, personIn, run, until } from './guarantees/asking.ts'
import { type Inside, inside, secondAgency } from './guarantees/inside.ts'
import { filesIn, unpacked, verify } from './guarantees/packages.ts'

const footage = randomBytes(2_300_000)
const other = randomBytes(40_000)

describe.each(groundKinds)('a link for somebody outside (%s)', kind => {
  let here: Inside
  let ground: Awaited<ReturnType<typeof groundFor>>
  let second: Asked
  let recording: string
  let beside: string
  let id: string

  beforeAll(async () => {
    ground = await groundFor(kind as GroundKind)
    const { database, objects } = ground
    here = await inside({ database, ...(objects === undefined ? {} : { objects }) })
    second = await personIn(here.clerk, 'Sam', 'supervisor')
    recording = (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: footage, wearer: 'PC 4711' })).recording
    beside = (await dock(here.camera, { path: 'DCIM/2.mp4', bytes: other })).recording
    id = await caseWith(here.clerk, [recording, beside], 'K 41/26')
  })
  afterAll(async () => {
    await here?.close()
    await ground?.remove()
  })

  const { open, content } = {
    open: (p: { link: string; secret: string }, headers: Record<string, string> = {}) =>
      askShared(here.clerk.url, 'openings', { link: p.link, secret: p.secret }, headers),
    content: (link: string, cookie: string | null) => askShared(here.clerk.url, 'content', { link }, { cookie }),
  }
  const told = async (what: string, of = recording) => {
    const events = await here.ground.database.asAgency(here.agency, trx => here.ground.history.of(trx, of))
    return events
      .filter(({ core }) => core.type === what)
      .map(({ fields }) => Object.fromEntries(fields.map(({ name, value }) => [name, value])))
  }
  const media = (path: string, cookie: string | null, range?: string) =>
    fetch(here.clerk.url + path, {
      headers: { ...(cookie === null ? {} : { cookie }), ...(range === undefined ? {} : { range }) },
    })
  const linkRow = async (link: string) =>
    (
      await get<{ links: { id: string; state: string; openings: number }[] }>(
        here.clerk,
        'GET',
        `/api/cases/${id}/links`,
      )
    ).links.find(one => one.id === link)

  test('opens after a second person has agreed, and the history says to whom it is shown, what for and how often', async () => {
    const made = await makeLink(here.clerk, id)
    expect(made).toMatchObject({ state: 'waiting', address: `/shared#${made.link}.${made.secret}` })
    expect(await open(made)).toMatchObject({ status: 403, said: { because: 'waiting' } })
    expect(await told('shared')).toEqual([])
    await get(second, 'POST', `/api/approvals/${made.approval}/approve`)
    expect(await told('shared')).toMatchObject([
      {
        link: made.link,
        recipient: 'Advokat Pia Holm',
        role: 'defence',
        purpose: 'investigation',
        case: 'K 41/26',
        'most-openings': 2,
        actor: 'Sam',
      },
    ])
    const opened = await open(made)
    expect(opened).toMatchObject({ status: 200, said: { recipient: 'Advokat Pia Holm', openingsLeft: 1 } })
    expect(await told('share-opened', beside)).toMatchObject([{ recipient: 'Advokat Pia Holm', opening: 1 }])
    expect(await linkRow(made.link)).toMatchObject({ state: 'open', openings: 1 })
  })

  test('is agreed to by somebody else, and told to whoever sees all that it shows', async () => {
    const made = await makeLink(here.clerk, id)
    const approve = (who: Asked) => ask(who, 'POST', `/api/approvals/${made.approval}/approve`)
    expect((await approve(here.clerk)).status).toBe(403)
    const listed = await get<{ id: string; listed: { recordings: string[] } }[]>(second, 'GET', '/api/approvals')
    expect(listed.find(one => one.id === made.approval)?.listed.recordings.toSorted()).toEqual(
      [recording, beside].toSorted(),
    )
    await get(here.clerk, 'POST', '/api/units', { name: `Elsewhere ${kind}` })
    const una = await personIn(here.clerk, 'Una', 'supervisor')
    await get(here.clerk, 'POST', '/api/units/assignments', { person: 'Una', unit: `Elsewhere ${kind}` })
    expect(JSON.stringify(await get(una, 'GET', '/api/approvals'))).not.toContain(made.approval)
  })

  test('does not open when the second person declines, and its maker is told', async () => {
    const made = await makeLink(here.clerk, id)
    await get(second, 'POST', `/api/approvals/${made.approval}/decline`, { reason: 'the wrong recipient' })
    expect(await linkRow(made.link)).toMatchObject({ state: 'not-agreed' })
    expect(await open(made)).toMatchObject({ status: 403, said: { because: 'waiting' } })
  })

  test('shows the footage by ranges under a view of its own, and its history in plain words without names', async () => {
    const { link, cookie, said } = await opened()
    const [first] = said['exhibits'] as { recording: string; reference: string; history: unknown }[]
    expect(first).toMatchObject({ recording, reference: 'K 41/26/1', bytes: footage.length })
    const words = JSON.stringify(first?.history)
    expect(words).toContain('Link opened')
    for (const name of ['PC 4711', 'Operator', 'Sam']) expect(words).not.toContain(name)
    const view = await askShared(here.clerk.url, 'views', { link, recording }, { cookie })
    const path = String(view.said['media'])
    expect(await told('viewed')).toMatchObject([{ recipient: 'Advokat Pia Holm', purpose: 'investigation' }])
    const whole = await media(path, cookie)
    expect(Buffer.from(await whole.arrayBuffer()).equals(footage)).toBe(true)
    const part = await media(path, cookie, 'bytes=1000000-1000009')
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, footage.subarray(1_000_000, 1_000_010)])
    expect(whole.headers.get('cache-control')).toContain('no-store')
  })

  const opened = async (wish = {}) => {
    const made = await agreedLink(here.clerk, second, id, wish)
    const answer = await open(made)
    return { ...made, ...answer }
  }

  test('I-20 what one browser opened is shown to no other: not by the address, not with another opening, not to somebody signed in', async () => {
    const { link, secret, cookie } = await opened()
    const view = await askShared(here.clerk.url, 'views', { link, recording }, { cookie })
    const path = String(view.said['media'])
    expect((await media(path, null)).status).toBe(403)
    const { cookie: second_browser } = await open({ link, secret })
    expect(second_browser).not.toBe(cookie)
    expect((await media(path, second_browser)).status).toBe(403)
    const clerk = { headers: { authorization: `Bearer ${here.clerk.token}` } }
    expect((await fetch(here.clerk.url + path, clerk)).status).toBe(403)
    expect(await content(link, null)).toMatchObject({ status: 403, said: { because: 'not-opened' } })
    expect(await content(link, `${cookie?.split('=')[0]}=${randomBytes(32).toString('base64url')}`)).toMatchObject({
      status: 403,
    })
    expect((await media(path, cookie)).status).toBe(200)
  })

  test('I-20 is opened as often as it may be, also by many at once, and no more', async () => {
    const made = await agreedLink(here.clerk, second, id, { openings: 3 })
    const all = await Promise.all(Array.from({ length: 12 }, () => open(made)))
    expect(all.filter(one => one.status === 200)).toHaveLength(3)
    expect(new Set(all.filter(one => one.status !== 200).map(one => one.said['because']))).toEqual(new Set(['used-up']))
    expect((await told('share-opened')).filter(one => one['link'] === made.link).map(one => one['opening'])).toEqual([
      1, 2, 3,
    ])
    expect(await linkRow(made.link)).toMatchObject({ state: 'used-up', openings: 3 })
    const inside_still = all.find(one => one.status === 200)?.cookie ?? null
    expect(await content(made.link, inside_still)).toMatchObject({ status: 200, said: { openingsLeft: 0 } })
  })

  test('I-20 ends at once when it is revoked, for who had opened it too, and says so in the language of the reader', async () => {
    const { link, secret, cookie } = await opened()
    const view = await askShared(here.clerk.url, 'views', { link, recording }, { cookie })
    await get(here.clerk, 'POST', `/api/cases/${id}/links/${link}/revoke`, { reason: 'sent to the wrong person' })
    expect((await media(String(view.said['media']), cookie)).status).toBe(403)
    expect(await content(link, cookie)).toMatchObject({ status: 403, said: { because: 'revoked' } })
    expect(await askShared(here.clerk.url, 'packages', { link }, { cookie })).toMatchObject({ status: 403 })
    const danish = await open({ link, secret }, { 'accept-language': 'da' })
    expect(danish.said).toMatchObject({
      because: 'revoked',
      sentence: expect.stringContaining('trukket linket tilbage'),
    })
    expect((await told('share-revoked')).at(-1)).toMatchObject({ link, reason: 'sent to the wrong person' })
    expect(
      (await ask(here.clerk, 'POST', `/api/cases/${id}/links/${link}/revoke`, { reason: 'once more' })).status,
    ).toBe(404)
  })

  test('uses up nothing and shows nothing to what fetches addresses: preview bots, prefetching, and forms of other sites', async () => {
    const made = await agreedLink(here.clerk, second, id, { openings: 1 })
    const { url } = here.clerk
    for (const path of [
      '/shared',
      `/api/shared/openings?link=${made.link}&secret=${made.secret}`,
      '/api/shared/content',
    ])
      for (const method of ['GET', 'HEAD'])
        await fetch(url + path, { method, headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0' } }).then(one =>
          one.arrayBuffer(),
        )
    const foreign = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }
    expect((await open(made, foreign)).status).toBe(403)
    expect((await open(made, { 'content-type': 'text/plain' })).status).toBe(403)
    expect(await linkRow(made.link)).toMatchObject({ state: 'open', openings: 0 })
    expect((await open(made)).status).toBe(200)
  })

  test('is not found by guessing: without its secret nobody learns whether there is one, and guessers wait', async () => {
    const made = await agreedLink(here.clerk, second, id)
    const secret = randomBytes(32).toString('base64url')
    const [ofOurs, ofNothing] = [await open({ ...made, secret }), await open({ link: randomUUID(), secret })]
    expect({ ...ofOurs }).toEqual({ ...ofNothing })
    expect(ofOurs).toMatchObject({ status: 403, said: { because: 'unknown' } })
    const { cookie } = await open(made)
    const strange = await askShared(here.clerk.url, 'views', { link: made.link, recording: randomUUID() }, { cookie })
    expect(strange).toMatchObject({ status: 403, said: { because: 'unknown' } })
    const rows = await here.ground.database.asInstallation(trx =>
      peopleTables(trx).selectFrom('people_audit').select('outcome').where('subject', '=', made.link).execute(),
    )
    expect(rows.map(row => row.outcome)).toContain('unknown')
  })

  test('the server keeps no secret that opens it', async () => {
    const { link, secret, cookie } = await opened()
    const rows = await here.ground.database.asInstallation(trx =>
      trx
        .$extendTables<{ share_link: { id: string; secret: Uint8Array } }>()
        .selectFrom('share_link')
        .selectAll()
        .where('id', '=', link)
        .execute(),
    )
    const kept = JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : value,
    )
    expect(kept).not.toContain(secret)
    const listed = JSON.stringify(await get(here.clerk, 'GET', `/api/cases/${id}/links`))
    expect(listed).not.toContain(secret)
    expect(cookie).not.toContain(secret)
    const history = JSON.stringify(await told('shared'))
    expect(history).not.toContain(secret)
  })

  test('its package verifies by itself, holds all that the link shows, and is an export of each, to the recipient', async () => {
    const { link, cookie } = await opened()
    const ready = async (body: object) => {
      let state = (await askShared(here.clerk.url, 'packages', body, { cookie })).said
      await until('the package of a link', async () => {
        if (state['state'] === 'sealing')
          state = (await askShared(here.clerk.url, 'prepared', { link, export: state['export'] }, { cookie })).said
        return state['state'] === 'ready'
      })
      return String(state['download'])
    }
    const download = await ready({ link })
    expect((await media(download, null)).status).toBe(403)
    const zip = Buffer.from(await (await media(download, cookie)).arrayBuffer())
    const files = await filesIn(zip)
    expect([...files.keys()].filter(file => file.startsWith('exhibits/'))).toHaveLength(2)
    for (const [file, bytes] of files) {
      if (!file.startsWith('exhibits/')) continue
      const folder = unpacked(new Map([['one.zip', bytes]]))
      expect(await verify(`${folder}/one.zip`, '--trust', here.trust, '--rehearsal')).toMatchObject({
        exit: 0,
        intact: true,
        history: 'asserted',
      })
    }
    expect((await told('exported')).at(-1)).toMatchObject({ recipient: 'Advokat Pia Holm', link, case: 'K 41/26' })
    const one = await (await media(await ready({ link, recording: beside }), cookie)).arrayBuffer()
    const within = [...(await filesIn(Buffer.from(one)))].find(
      ([file]) => file.startsWith('data/') && file.endsWith('.mp4'),
    )
    expect(within?.[1].equals(other)).toBe(true)
  })

  test('is made for a purpose of the policy, with an end ahead, by whoever may give footage away, of exhibits on his list', async () => {
    const wish = {
      recipient: 'Pia',
      recipientRole: 'defence',
      purpose: 'investigation',
      until: inHalfAYear(),
      openings: 1,
    }
    const asked = async (change: object, who = here.clerk) =>
      ask(who, 'POST', `/api/cases/${id}/links`, { ...wish, ...change })
    expect(await asked({ purpose: 'attendance' })).toMatchObject({ status: 422 })
    expect(await asked({ until: '2020-01-01' })).toMatchObject({ status: 422 })
    expect(await asked({ exhibits: [randomUUID()] })).toMatchObject({ status: 404 })
    expect(await asked({}, second)).toMatchObject({ status: 403 })
    const strangers = await secondAgency(here)
    expect(await asked({}, strangers.clerk)).toMatchObject({ status: 404 })
  })

  test('I-20 ends with its time for who has it open, in the middle of what is shown', async () => {
    const hours = (count: number) => new Date(here.ground.clock.now() + count * 3_600_000).toISOString()
    const { link, cookie } = await opened({ until: hours(1) })
    const view = await askShared(here.clerk.url, 'views', { link, recording }, { cookie })
    const path = String(view.said['media'])
    expect([(await content(link, cookie)).status, (await media(path, cookie)).status]).toEqual([200, 200])
    // Well within what an opening and a view last where the link does not end before.
    await get(here.clerk, 'POST', '/api/clock', { instant: hours(1.02) })
    expect(await content(link, cookie)).toMatchObject({ status: 403 })
    for (const what of ['views', 'packages'])
      expect(await askShared(here.clerk.url, what, { link, recording }, { cookie })).toMatchObject({ status: 403 })
    expect((await media(path, cookie)).status).toBe(403)
  })

  test('expires with its time, and shows nothing of what was deleted; with the last of it the link goes itself', async () => {
    const soon = new Date(here.ground.clock.now() + 86_400_000).toISOString()
    const short = await agreedLink(here.clerk, second, id, { until: soon })
    const long = await agreedLink(here.clerk, second, id)
    const { cookie } = await open(long)
    await get(here.clerk, 'POST', `/api/recordings/${recording}/hold`, { reason: 'complaint 12' })
    await inDays(here.clerk, 40)
    expect(await open(short)).toMatchObject({ status: 403, said: { because: 'expired' } })
    expect(await content(long.link, cookie)).toMatchObject({ said: { because: 'not-opened' } })
    expect((await run(here.clerk)).deleted.map(one => one.recording)).toEqual([beside])
    const again = await open(long)
    expect((again.said['exhibits'] as { recording: string }[]).map(one => one.recording)).toEqual([recording])
    const gone = await askShared(
      here.clerk.url,
      'views',
      { link: long.link, recording: beside },
      { cookie: again.cookie },
    )
    expect(gone.status).toBe(403)
    const { approval } = await get<{ approval: string }>(here.clerk, 'POST', `/api/recordings/${recording}/release`, {
      reason: 'withdrawn',
    })
    await get(second, 'POST', `/api/approvals/${approval}/approve`)
    await run(here.clerk)
    expect(await open(long)).toMatchObject({ said: { because: 'unknown' } })
    expect((await get<{ links: object[] }>(here.clerk, 'GET', `/api/cases/${id}/links`)).links).toEqual([])
    const shown = await get<{ exhibits: { footage: { state: string } }[] }>(here.clerk, 'GET', `/api/cases/${id}`)
    expect(shown.exhibits.map(one => one.footage.state)).toEqual(['deleted', 'deleted'])
  })
})
