import type { Language } from '@vidne/locales/say'
import { wordsFor } from '@vidne/policies/words'
import { api } from '../api.ts'
import { howItPlays } from '../review/review.ts'
import type { FoundPage, PageAccount, RecordingPage } from './recording-page.ts'
import type { Row } from './store.ts'
import type { WhoMaySee } from './who-may-see.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOf = (at: Date | null) => at?.toISOString() ?? null

/** The page of one recording. */
export function recordingPageRoutes(page: RecordingPage) {
  return {
    find: api.recordings.find.handler(async ({ input, context, errors }) => {
      const found = await page.find(context.actor, input.id)
      if (typeof found === 'string') throw errors[CODES[found]](refusedIn(context.about, 'list', found))
      return foundAnswer(found, context.about.language)
    }),
    account: api.recordings.account.handler(async ({ input, context, errors }) => {
      const told = await page.account(context.actor, input.id, context.about.language)
      if (typeof told === 'string') throw errors[CODES[told]](refusedIn(context.about, 'list', told))
      return accountAnswer(told)
    }),
    access: api.recordings.access.handler(async ({ input, context, errors }) => {
      const told = await page.access(context.actor, input.id, context.about.language)
      if (typeof told === 'string') throw errors[CODES[told]](refusedIn(context.about, 'list', told))
      return accessAnswer(told)
    }),
  }
}

const CODES = { 'not-allowed': 'NOT_ALLOWED', 'no-such-recording': 'NOT_FOUND' } as const

function foundAnswer({ row, facts, form, zone, countersignedLeaves }: FoundPage, language: Language) {
  return {
    recording: recordingAnswer(row, countersignedLeaves),
    zone,
    reviewAt: isoOf(row.review_at),
    viewing: {
      refused: form.refused,
      purposes: form.purposes.map(one => ({
        ...one,
        words: wordsFor(language, 'purpose', one.purpose) ?? one.purpose,
      })),
    },
    playing: howItPlays(facts),
  }
}

function recordingAnswer(row: Row, countersignedLeaves: number) {
  const { id, camera, wearer, path, level, rule } = row
  const state = stateOf(row, countersignedLeaves)
  return {
    id,
    camera,
    wearer,
    path,
    level,
    rule,
    sha256: row.sha256 === null ? null : Buffer.from(row.sha256).toString('hex'),
    bytes: row.bytes === null ? null : Number(row.bytes),
    recordedAt: isoOf(row.recorded_at),
    recordedAtSource: row.recorded_at_source,
    receivedAt: row.received_at.toISOString(),
    sealedAt: isoOf(row.sealed_at),
    state,
    deleteAfter: state === 'deleted' ? null : isoOf(row.delete_after),
    held: row.held ?? false,
    parsable: row.read_state === 'waiting' ? null : row.read_state === 'read',
    bytesLost: row.lost,
  }
}

function stateOf({ state, index }: Row, countersignedLeaves: number) {
  if (state !== null && state !== 'kept') return state
  if (index === null) return 'received' as const
  return index < countersignedLeaves ? ('countersigned' as const) : ('sealed' as const)
}

function accountAnswer({ facts, standing, events, viewers, track }: PageAccount) {
  return {
    facts: facts.map(({ label, claims }) => ({ label, claims: claims.map(claim => ({ ...claim })) })),
    standing: [...standing],
    track:
      track === null
        ? null
        : {
            ...track,
            from: track.from === null ? null : iso(track.from),
            until: track.until === null ? null : iso(track.until),
            points: [...track.points],
          },
    events: events.map(({ at, sentences, lines, ...event }) => ({
      ...event,
      at: iso(at),
      sentences: [...sentences],
      lines: [...lines],
    })),
    viewers: viewers.map(({ at, until, roles, ...viewer }) => ({
      ...viewer,
      at: iso(at),
      until: iso(until),
      roles: [...roles],
    })),
  }
}

function accessAnswer({ you, people, more, rules }: WhoMaySee) {
  return {
    you: [...you],
    people: people.map(({ ways, roles, until, ...person }) => ({
      ...person,
      roles: [...roles],
      ways: [...ways],
      until: until === null ? null : iso(until),
    })),
    more,
    rules: rules.map(({ roles, ...rule }) => ({ ...rule, roles: [...roles] })),
  }
}
