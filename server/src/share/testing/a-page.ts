import { NO_POLICY, type OpenEvent, disclose, logId, makeEvent } from '@vidne/evidence/event'
import type { EventType } from '@vidne/evidence/event-types'
import { fromHex } from '@vidne/evidence/bytes'
import type { Json } from '@vidne/evidence/jcs'
import type { Manifest } from '@vidne/evidence/manifest'
import { packById } from '@vidne/policies/packs'
import type { PageContent, Reading } from '../page/content.ts'
import { shownOutside } from '../withheld.ts'

export const LONDON_POLICY = 'aa'.repeat(32)
export const DUISBURG_POLICY = 'bb'.repeat(32)
export const at = (text: string): number => Date.parse(text)

const DAY = 86_400_000
const manifest: Manifest = {
  v: 1,
  salt: '11'.repeat(32),
  level: 'gateway',
  bytes: 3_500_000,
  sha256: 'c0ffee'.repeat(10) + 'c0ff',
  pieces: { size: 1_048_576, count: 4, root: '22'.repeat(32) },
  media: { extension: 'mp4' },
}

/** An event as it was written, of whatever type and fields; each test says only what it is about. */
export function anEvent(
  type: EventType,
  fields: Record<string, Json> = {},
  when = '2026-11-22T13:03:07Z',
  pol = '',
): OpenEvent {
  const list = Object.entries(fields).map(([name, value]) => ({ name, value }))
  const [log, prev] = [logId('vidne.test'), new Uint8Array(32)]
  const policy = pol === '' ? NO_POLICY : fromHex(pol)
  return makeEvent({ log, seq: 0, prev, at: at(when), type, pol: policy, fields: list }).event
}

/** The content of a page about these events. */
export function aPage(events: readonly OpenEvent[], differing: Partial<PageContent> = {}): PageContent {
  const [london, duisburg] = [packById('uk-met'), packById('de-nrw-oa')]
  if (london === null || duisburg === null) throw new Error('a pack is missing')
  return {
    footage: 'data/media/recording.mp4',
    recording: '0193b0e8-7f3a-7d4e-9b43-2d1d0f6f1a11',
    manifest,
    events,
    policies: new Map([
      [LONDON_POLICY, london],
      [DUISBURG_POLICY, duisburg],
    ]),
    agency: { name: 'Ordnungsamt Duisburg', zone: 'Europe/Berlin', pack: 'de-nrw-oa' },
    origin: 'vidne.duisburg.example',
    logKey: 'vidne.duisburg.example+8a5d0b7c+AZ0123456789abcdefghijklmnopqrstuvwxyzABCDEF',
    checkpoint: 'public',
    rehearsal: false,
    at: at('2026-12-03T09:30:00Z'),
    ...differing,
  }
}

/** A page in a language, in the zone of its agency. */
export function read(content: PageContent, language: Reading['language'] = 'en'): Reading {
  return { content, language, zone: content.agency.zone }
}

export const dock: Record<string, Json> = {
  actor: 'Dock 3',
  person: '0193b0e8-0000-7000-8000-000000000001',
  roles: ['dock'],
  token: '0193b0e8-0000-7000-8000-000000000002',
}
const clerk: Record<string, Json> = {
  actor: 'K. Sørensen',
  person: '0193b0e8-0000-7000-8000-000000000003',
  roles: ['evidence-clerk'],
  token: '0193b0e8-0000-7000-8000-000000000004',
}
const chief: Record<string, Json> = {
  actor: 'M. Öztürk',
  person: '0193b0e8-0000-7000-8000-000000000005',
  roles: ['supervisor', 'agency-administrator'],
  token: '0193b0e8-0000-7000-8000-000000000006',
}

const sealed = {
  level: 'gateway',
  camera: 'BC-0417',
  'camera-source': 'operator',
  wearer: '004711',
  path: 'DCIM/100MEDIA/BC0417_004711_20261122135512_0007.MP4',
  'path-encoding': 'utf-8',
  clocks: [
    { source: 'file modification time', at: at('2026-11-22T12:57:44Z') },
    { source: 'file name', local: '2026-11-22T13:55:12' },
  ],
  'proposed-hold': true,
  session: '0193b0e8-0000-7000-8000-000000000007',
} satisfies Record<string, Json>

const header = 'vidne isobmff 1'
const tracks = 'mediabunny 1.61.0'
const facts: Json = [
  { name: 'container', value: 'mp4', source: 'ftyp.major_brand', parser: header },
  { name: 'created-at', value: at('2026-11-22T12:55:12Z'), source: 'mvhd.creation_time', parser: header },
  { name: 'duration-ms', value: 151_040, source: 'mvhd.duration', parser: header },
  {
    name: 'place',
    value: { latitudeE7: 514_344_000, longitudeE7: 67_623_000, altitudeMm: 31_000 },
    source: 'udta.©xyz',
    parser: header,
  },
  { name: 'kind', value: 'video', source: 'tracks', parser: tracks },
  { name: 'audio-codec', value: 'aac', source: 'track 2', parser: tracks },
  { name: 'audio-channels', value: 1, source: 'track 2', parser: tracks },
  { name: 'audio-sample-rate', value: 48_000, source: 'track 2', parser: tracks },
  { name: 'video-codec', value: 'h264', source: 'track 1', parser: tracks },
  { name: 'width', value: 1920, source: 'track 1 coded width', parser: tracks },
  { name: 'height', value: 1088, source: 'track 1 coded height', parser: tracks },
  { name: 'start-ms', value: 0, source: 'track 1 first sample', parser: tracks },
  { name: 'duration-ms', value: 151_000, source: 'track 1 first to last sample', parser: tracks },
  { name: 'keyframes', value: 151, source: 'track 1 key flags', parser: tracks },
  {
    name: 'keyframe-times-ms',
    value: Array.from({ length: 151 }, (_, n) => n * 1000),
    source: 'track 1 key flags',
    parser: tracks,
  },
]

const life = {
  rule: 'uncategorised',
  direction: 'max',
  'delete-after': at('2026-11-22T12:57:43Z') + 14 * DAY,
  'review-at': null,
  anchor: at('2026-11-22T12:57:43Z'),
  'anchor-source': 'capture-end',
} satisfies Record<string, Json>

const [approval, hold] = ['0193b0e8-0000-7000-8000-000000000008', '0193b0e8-0000-7000-8000-000000000009']

/** A full life until it is given away: everything that the server writes into the history of a recording that is still there. */
export function fullLife(pol = DUISBURG_POLICY): OpenEvent[] {
  const event = (type: EventType, when: string, fields: Record<string, Json>) => anEvent(type, fields, when, pol)
  const anchor = at('2026-11-22T13:03:07Z')
  const docked = { ...life, 'anchor-source': 'docked-no-time', anchor, 'delete-after': anchor + 14 * DAY }
  return [
    event('sealed', '2026-11-22T13:03:07Z', { manifest, ...sealed, ...dock }),
    event('retention-changed', '2026-11-22T13:03:07Z', { ...docked, because: 'sealed', actor: 'installation' }),
    event('held', '2026-11-22T13:03:07Z', {
      hold,
      'proposed-by': 'camera',
      review: at('2026-12-22T13:03:07Z'),
      actor: 'installation',
    }),
    event('indexed', '2026-11-22T13:04:00Z', { parser: tracks, facts }),
    event('retention-changed', '2026-11-22T13:04:00Z', { ...life, because: 'media-read', actor: 'installation' }),
    event('received-again', '2026-11-23T07:10:00Z', { ...sealed, ...dock }),
    event('categorised', '2026-11-23T08:00:00Z', { rule: 'evidence', basis: '§ 15c(4) PolG NRW', ...clerk }),
    event('approval-asked', '2026-11-24T08:00:00Z', {
      approval,
      kind: 'hold-release',
      reason: 'Anzeige zurückgezogen',
      deadline: at('2026-12-01T08:00:00Z'),
      'without-answer': 'hold-stays',
      ...clerk,
    }),
    event('approval-given', '2026-11-24T09:00:00Z', { approval, kind: 'hold-release', ...chief }),
    event('hold-released', '2026-11-24T09:00:00Z', {
      hold,
      reason: 'Anzeige zurückgezogen',
      approval,
      'asked-by': { name: 'K. Sørensen', person: clerk['person'] ?? null },
      ...chief,
    }),
    event('held', '2026-11-25T10:00:00Z', {
      hold: approval,
      reason: 'Beschwerde 12/26 <b>"eilig"</b>',
      review: at('2026-12-25T10:00:00Z'),
      ...clerk,
    }),
    event('exported', '2026-12-03T09:29:00Z', {
      package: '33'.repeat(32),
      purpose: 'Akteneinsicht der Verteidigung',
      case: '117 Js 41/26',
      recipient: 'RAin Dr. Yıldız',
      ...clerk,
    }),
  ]
}

/** Its end: the deadline, the key, the bytes. */
export function itsEnd(pol = DUISBURG_POLICY): OpenEvent[] {
  const event = (type: EventType, when: string, fields: Record<string, Json>) => anEvent(type, fields, when, pol)
  const until = at('2027-02-01T00:00:00Z')
  return [
    event('deletion-due', '2026-12-06T13:00:00Z', { ...life, decision: 'nobody-decided' }),
    event('key-destroyed', '2026-12-06T13:00:02Z', {
      rule: 'uncategorised',
      at: at('2026-12-06T13:00:02Z'),
      hour: 499_443,
      'in-backups-until': until,
    }),
    event('deleted', '2026-12-06T13:00:04Z', {
      rule: 'uncategorised',
      'erased-by': ['dock', 'share'],
      'in-backups-until': until,
    }),
  ]
}

/** The same events as somebody outside the agency is shown them. */
export function disclosedOutside(events: readonly OpenEvent[]): OpenEvent[] {
  const shown = shownOutside(events)
  return events.map(event => disclose(event, field => shown(event, field)))
}

/** What a reader of one language sees of a page, as lines of text; the part for machines is folded away. */
export function textIn(page: string, language: Reading['language']): string {
  const visible = page.replace(/<pre[^]*<\/pre>/, '')
  const parts = [...visible.matchAll(/<(section|p|span) class="told" lang="(\w+)">([^]*?)<\/\1>/g)]
  const own = parts.filter(([, , lang]) => lang === language).map(([, , , markup]) => markup)
  const words = own
    .join('\n')
    .replaceAll(/<\/(?:p|li|h\d|dd|dt|div)>|<span class="source">|<br[^>]*>/g, '\n')
    .replaceAll(/<[^>]+>/g, '')
  const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  const text = words.replaceAll(/&([^;]+);/g, (_, name: string) => signs[name] ?? name)
  return text.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll(/\s*\n\s*/g, '\n')
}
