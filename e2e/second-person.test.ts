import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openNote } from '@vidne/tlog/note'
import { parsePolicy } from '@vidne/tlog/policy'
import { parseProof } from '@vidne/tlog/proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from './guarantees/asking.ts'
import { filesIn } from './guarantees/packages.ts'
import { type GroundKind, groundFor, groundKinds } from './grounds.ts'
import { type Ground, type Installation, type Spoken, found, vidne } from './installation.ts'

const temporary = () => mkdtempSync(join(tmpdir(), 'vidne-second-'))
const json = <T>(text: string) => JSON.parse(text) as T
const refused = (words: RegExp | string) => ({
  code: 1,
  out: '',
  err: expect.stringMatching(words),
})

type Question = { id: string; kind: string; subject: string; you: string; reason: string | null }

/** A folder with one file in it, as a camera would have it. */
function oneFile(): string {
  const folder = temporary()
  mkdirSync(join(folder, 'DCIM'))
  writeFileSync(join(folder, 'DCIM', 'clip.mp4'), `footage ${Math.random()}`)
  return folder
}

/** The type and the words of each event in a package. */
async function historyIn(file: string): Promise<Record<string, unknown>[]> {
  const events = [...(await filesIn(readFileSync(file)))].filter(([name]) => name.startsWith('events/'))
  return events
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, proof]) => {
      type Told = { core: { type: string }; fields: { name: string; value: unknown }[] }
      const { core, fields } = json<Told>(Buffer.from(parseProof(proof.toString()).extra ?? []).toString())
      const words = fields.filter(({ name }) => ['purpose', 'case', 'recipient', 'taken-in-again'].includes(name))
      return { type: core.type, ...Object.fromEntries(words.map(({ name, value }) => [name, value])) }
    })
}

describe.each(groundKinds)('acts that take a second person, by the command line (%s)', kind => {
  const folder = oneFile()
  let here: Installation
  let ground: Ground & { remove(): Promise<void> }
  let second: string
  let recording: string

  /** Docks the folder at a box that has never seen it: one that has gives its own receipt again, and sends nothing. */
  const dock = async (token = here.deviceToken): Promise<{ recording?: string; refused?: string }> => {
    const words = ['dock', folder, '--camera', 'CAM-7', '--trust', here.trust, '--server', here.url, '--json']
    return json((await vidne(words, { VIDNE_TOKEN: token, XDG_STATE_HOME: temporary() })).out)
  }
  const tokenFor = async (person: string, role: string) => {
    const words = ['token', 'create', '--person', person, '--role', role, '--expires', '2099-12-31', '--json']
    return json<{ token: string }>((await here.run(words)).out).token
  }
  const waiting = async (token = second) => json<Question[]>((await here.run(['approvals', '--json'], token)).out)
  const asked = async (words: readonly string[]) =>
    json<{ state: string; approval: string }>((await here.run(words)).out)
  const approve = (approval: string, token = second): Promise<Spoken> => here.run(['approve', approval], token)
  const states = async () =>
    json<{ id: string; state: string; rule: string }[]>((await here.run(['recordings', '--json'])).out)

  beforeAll(async () => {
    ground = await groundFor(kind as GroundKind)
    here = await found('de-nrw-oa', ground)
    second = await tokenFor('Zweite Person', 'supervisor')
    recording = (await dock()).recording ?? ''
  })
  afterAll(async () => {
    await here?.stop()
    await ground?.remove()
  })

  test('whoever is to confirm sees who asked, what for, for whom, until when, and what happens without an answer', async () => {
    const out = join(temporary(), 'package.zip')
    const words = ['export', recording, '--purpose', 'Az. 41/26', '--case', 'K 7', '--to', 'Staatsanwaltschaft']
    const first = await asked([...words, '--out', out])
    expect((await asked([...words, '--out', out])).approval).toBe(first.approval)
    const other = await asked(['export', recording, '--purpose', 'Az. 42/26', '--out', out])
    expect(other.approval).not.toBe(first.approval)

    const rows = await waiting()
    expect(rows.map(row => row.id)).toEqual([first.approval, other.approval])
    expect(rows[0]).toEqual({
      id: first.approval,
      kind: 'export',
      subject: recording,
      // Which recording it is, in words; the second person has it on their list.
      about: { recordedAt: expect.any(String), receivedAt: expect.any(String), camera: 'CAM-7', wearer: null },
      askedBy: 'Operator',
      askedAt: expect.any(String),
      deadline: expect.any(String),
      withoutAnswer: 'nothing-leaves',
      reason: null,
      purpose: 'Az. 41/26',
      case: 'K 7',
      recipient: 'Staatsanwaltschaft',
      outcome: null,
      rule: null,
      instead: null,
      offence: null,
      left: 1,
      confirmedBy: [],
      listed: null,
      publication: null,
      you: 'may-confirm',
    })
    const { out: said } = await here.run(['approvals'], second)
    const told = [
      `${first.approval}  export recording ${recording}`,
      'asked by     Operator, ',
      'purpose      Az. 41/26',
      'recipient    Staatsanwaltschaft',
      'case         K 7',
      'without an answer nothing leaves the agency',
      `confirm with: vidne approve ${first.approval}`,
    ]
    for (const line of told) expect(said).toContain(line)
    expect((await here.run(['approvals'])).out).toContain('you asked; another person confirms')
    expect(json((await here.run(['approvals', '--mine', '--json'])).out)).toEqual([])
    expect(await here.run(['approvals'], here.deviceToken)).toMatchObject(refused('roles'))
    // Who keeps the machine running confirms clocks, and is told no purposes.
    expect(await waiting(await tokenFor('Sys Admin', 'system-administrator'))).toEqual([])

    const done = await approve(first.approval)
    expect(json(done.out)).toEqual({ state: 'done', kind: 'export', subject: recording, left: 0 })
    expect(done.err).toContain(`The export of recording ${recording} is agreed to.`)
    expect((await waiting()).map(row => row.id)).toEqual([other.approval])
    expect(await here.run([...words, '--out', out, '--wait'])).toMatchObject({ code: 0 })
    expect(await vidne(['verify', out, '--trust', here.trust, '--rehearsal'])).toMatchObject({ code: 0 })
    const onlySecondKey = join(temporary(), 'trust.policy')
    writeFileSync(onlySecondKey, readFileSync(here.trust, 'utf8').replace(/^log .*\n/m, ''))
    expect(await vidne(['verify', out, '--trust', onlySecondKey, '--rehearsal'])).toMatchObject({ code: 0 })
    expect((await historyIn(out)).filter(event => event.type === 'approval-asked')).toEqual([
      { type: 'approval-asked', purpose: 'Az. 41/26', case: 'K 7', recipient: 'Staatsanwaltschaft' },
      { type: 'approval-asked', purpose: 'Az. 42/26' },
    ])
  })

  test('what is public is signed by both keys that the trust file names, and a spoiled second line is refused', async () => {
    const { logs } = parsePolicy(readFileSync(here.trust, 'utf8'))
    expect(logs.map(key => [key.name, key.kind])).toEqual([
      [here.origin, 'ed25519'],
      [here.origin, 'cosignature-ml-dsa-44'],
    ])
    const note = await (await fetch(`${here.url}/log/checkpoint`)).text()
    expect((await openNote(note, logs)).signedBy).toHaveLength(2)
    const lines = note.trimEnd().split('\n')
    const long = lines.findIndex(line => line.length > 3000)
    const spoiled = lines.with(
      long,
      (lines[long] ?? '').replace(/(.{1000})(.)/, (_, before, one) => before + (one === 'A' ? 'B' : 'A')),
    )
    await expect(openNote(`${spoiled.join('\n')}\n`, logs)).rejects.toThrow('does not fit the text')
    expect((await openNote(`${spoiled.join('\n')}\n`, logs.slice(0, 1))).signedBy).toHaveLength(1)
  })

  test('a category lengthens a life by a rule of the policy, and by no other', async () => {
    const bare = ['categorise', recording, '--basis', 'Anzeige 7']
    expect(await here.run([...bare, '--rule', 'evidence'])).toMatchObject(refused('case number and an offence'))
    const words = [...bare, '--case', '12 Js 34/26', '--offence', '§ 223 StGB']
    expect(await here.run([...words, '--rule', 'for_ever'])).toMatchObject(
      refused(/no retention rule "for_ever".*evidence, uncategorised/),
    )
    expect(await here.run([...words, '--rule', 'evidence'], here.deviceToken)).toMatchObject(refused('roles'))
    const { out } = await here.run([...words, '--rule', 'evidence'])
    expect(out).toContain(
      'It is under "evidence" too. Of its rules "evidence" decides: it stays until a person decides',
    )
    const again = json(await here.run([...words, '--rule', 'evidence', '--json']).then(said => said.out))
    expect(again).toMatchObject({ state: 'had-it', rule: 'evidence', direction: 'review', deleteAfter: null })
    expect(await states()).toMatchObject([{ rule: 'evidence' }])
    const unknown = '00000000-0000-7000-8000-000000000000'
    expect(await here.run(['categorise', unknown, '--basis', 'Anzeige 7', '--rule', 'evidence'])).toMatchObject(
      refused('no recording of that id'),
    )
  })

  test('a recording goes before its time when two persons want it, and never from under a hold', async () => {
    const early = ['delete', recording, '--reason', 'filmed by mistake']
    await here.run(['hold', recording, '--reason', 'complaint 12'])
    expect(await here.run(early)).toMatchObject(refused('on hold'))
    const lift = async () => {
      const { approval } = await asked(['release', recording, '--reason', 'complaint withdrawn'])
      expect((await approve(approval)).err).toContain(`The holds on recording ${recording} are lifted.`)
    }
    await lift()
    const overtaken = await asked(early)
    await here.run(['hold', recording, '--reason', 'complaint 13'])
    expect(await approve(overtaken.approval)).toMatchObject(refused('It is on hold, and stays'))
    await lift()
    expect(await here.run(early, second)).toMatchObject({ code: 0 })
    const question = (await waiting(here.operatorToken)).find(row => row.kind === 'early-deletion')
    expect(question).toMatchObject({ subject: recording, reason: 'filmed by mistake', you: 'may-confirm' })
    expect(await approve(question?.id ?? '')).toMatchObject(refused('another person must confirm'))
    expect((await approve(question?.id ?? '', here.operatorToken)).err).toContain('is due now')
    expect(await here.run(['run', 'nightly'])).toMatchObject({ code: 0, out: expect.stringContaining('1 deleted') })
    expect(await states()).toMatchObject([{ state: 'deleted' }])
    expect(await here.run(early)).toMatchObject(refused('deletion has begun'))
    expect(await here.run(['categorise', recording, '--rule', 'evidence', '--basis', 'Anzeige 7'])).toMatchObject(
      refused('deletion has begun'),
    )
  })

  test('what was deleted here and comes again is taken in when a second person agrees, and its history says so', async () => {
    const [, upload = ''] = /vidne admit (\S+) --reason/.exec((await dock()).refused ?? '') ?? []
    const words = ['admit', upload, '--reason', 'the court asks for it']
    expect(await here.run(words, here.deviceToken)).toMatchObject(refused('roles'))
    expect(await here.run(words.with(1, recording))).toMatchObject(refused('no such upload'))
    const { state, approval } = await asked(words)
    expect(state).toBe('waiting')
    expect((await waiting()).find(row => row.id === approval)).toMatchObject({
      kind: 'take-in-again',
      subject: upload,
      reason: 'the court asks for it',
      withoutAnswer: 'not-taken-in',
    })
    expect((await dock()).refused).toContain('deleted here')
    expect((await approve(approval)).err).toContain('is being taken in')
    await until('the recording', async () => (await states()).some(row => row.state === 'sealed'))
    const again = (await dock()).recording ?? ''
    expect(again).not.toBe(recording)
    expect(await here.run(words)).toMatchObject(refused('not withheld'))
    const out = join(temporary(), 'package.zip')
    const exporting = ['export', again, '--purpose', 'for the court', '--out', out]
    await approve((await asked(exporting)).approval)
    expect(await here.run(exporting)).toMatchObject({ code: 0 })
    expect(await vidne(['verify', out, '--trust', here.trust, '--rehearsal'])).toMatchObject({ code: 0 })
    expect((await historyIn(out))[0]).toEqual({
      type: 'sealed',
      'taken-in-again': { reason: 'the court asks for it', approval },
    })
  })

  test('a token is refused from the moment it is revoked, that of the founding too; the last administrator’s stays', async () => {
    type Token = { id: string; person: string; state: string; begins: string; expires: string | null }
    const tokens = async () => json<Token[]>((await here.run(['token', 'list', '--json'])).out)
    const [device] = (await tokens()).filter(one => here.deviceToken.startsWith(one.begins))
    expect(device).toMatchObject({ person: 'Dock', state: 'in-force', expires: null })
    expect(json<Token[]>((await here.run(['token', 'list', '--json'], second)).out)).toHaveLength(1)
    expect(await here.run(['token', 'revoke', device!.id], second)).toMatchObject(refused('not yours'))
    expect((await here.run(['token', 'revoke', device!.id])).out).toContain('refused from now on')
    expect(await here.run(['recordings'], here.deviceToken)).toMatchObject(refused('was revoked'))
    const docked = await here.run(['dock', oneFile(), '--trust', here.trust], here.deviceToken)
    expect({ ...docked, said: docked.out + docked.err }).toMatchObject({
      code: 1,
      said: expect.stringMatching('was revoked'),
    })
    expect((await here.run(['token', 'list'])).out).toMatch(
      new RegExp(`${device!.id}  ${device!.begins}.*never +revoked`),
    )
    expect((await dock(await tokenFor('New dock', 'dock'))).recording).toEqual(expect.any(String))
    const [own] = (await tokens()).filter(one => one.person === 'Operator')
    expect(await here.run(['token', 'revoke', own!.id])).toMatchObject(refused('last token of an agency administrator'))
    expect(await here.run(['token', 'revoke', device!.id])).toMatchObject(refused('no such token'))
  })

  test('of a downgrade he reads which category is to go, and what comes in its place', async () => {
    const [{ id } = { id: '' }] = (await states()).filter(({ state }) => state === 'sealed')
    const ground = ['--case', '12 Js 34/26', '--offence', '§ 223 StGB']
    await here.run(['categorise', id, '--rule', 'evidence', '--basis', 'assault on staff', ...ground])
    await asked(['downgrade', id, '--rule', 'evidence', '--instead', 'uncategorised', '--reason', 'a mistake'])
    const { out } = await here.run(['approvals'], second)
    const told = ['reason       a mistake', 'category     evidence', 'instead      uncategorised']
    for (const line of told) expect(out).toContain(line)
  })

  test('an alarm can see that runs are done and that nothing stands still', async () => {
    const said = await (await fetch(`${here.url}/metrics`)).text()
    const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(said)?.[1] ?? Number.NaN)
    expect(figure('vidne_run_last_seconds')).toBeLessThan(3600)
    expect([figure('vidne_run_stopped'), figure('vidne_standing_still')]).toEqual([0, 0])
  })
})
