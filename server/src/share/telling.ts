import type { OpenEvent } from '@vidne/evidence/event'
import type { Language } from '@vidne/locales/say'
import { tell } from '@vidne/locales/tell'
import type { PolicyPack } from '@vidne/policies/pack'
import { manifestOf } from './dossier.ts'
import { claimsOf } from './page/claims.ts'
import type { PageContent } from './page/content.ts'
import { type Told, tellEvent } from './page/history.ts'
import { standingSentences } from './page/standing.ts'

/** Things that are said of a recording under one heading, each with whose word it is; null where nobody's is needed. */
export type ToldFact = {
  readonly label: string
  readonly claims: readonly { readonly value: string; readonly source: string | null }[]
}

/** A recording in plain words of one language, as its package tells it. */
export type Account = {
  readonly facts: readonly ToldFact[]
  /** How long it lives as things stand, and what stops its deletion. */
  readonly standing: readonly string[]
  /** What happened to it, in order. */
  readonly events: readonly Told[]
}

/** `events`: as this reader may see them, the first with its manifest; `policies`: those they name, by digest in hexadecimal. */
export type Telling = {
  readonly recording: string
  readonly events: readonly OpenEvent[]
  readonly policies: ReadonlyMap<string, PolicyPack>
  readonly agency: { readonly name: string; readonly zone: string; readonly pack: string }
  readonly language: Language
}

/** Tells a history on a screen in the words that its package would have. */
export function tellAccount({ recording, events, policies, agency, language }: Telling): Account {
  const content: PageContent = {
    footage: null,
    recording,
    manifest: manifestOf(events),
    events,
    policies,
    agency,
    origin: '',
    logKey: '',
    checkpoint: 'private',
    rehearsal: false,
    at: 0,
  }
  const reading = { content, language, zone: agency.zone }
  const grouped = Map.groupBy(claimsOf(reading), ({ label }) => label)
  return {
    facts: [...grouped].map(([label, claims]) => ({
      label: tell(language, label),
      claims: claims.map(({ value, source }) => ({ value, source })),
    })),
    standing: standingSentences(reading),
    events: events.map(event => tellEvent(reading, event)),
  }
}
