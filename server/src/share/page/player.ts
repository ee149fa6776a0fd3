import type { Language } from '@vidne/locales/say'
import { languages } from '@vidne/locales/say'
import { tell } from '@vidne/locales/tell'
import { factsOf } from './claims.ts'
import { type PageContent, fieldOf } from './content.ts'
import { type Markup, markup, nothing } from '../../platform/http/markup.ts'

type Playable = 'video' | 'audio' | 'other' | 'unreadable'

/** What no browser plays. Whether it plays the rest depends on the browser; the file is named beside the player. */
const NOT_PLAYED: ReadonlySet<string> = new Set(['avi', 'mpeg-ts', 'flv', 'asf', 'mpeg'])

/** The footage, once for all languages, so that changing the language does not stop it. */
export function player(content: PageContent): Markup {
  const { footage } = content
  if (footage === null) return nothing
  const playable = playableOf(content)
  const label = languages.map(language => tell(language, 'page.footage')).join(' · ')
  const screen =
    playable === 'video'
      ? markup`<video controls preload="metadata" src="${footage}" aria-label="${label}"></video>`
      : markup`<audio controls preload="metadata" src="${footage}" aria-label="${label}"></audio>`
  const plays = playable === 'video' || playable === 'audio'
  return markup`<figure>
    ${plays ? screen : nothing}
    <figcaption>${languages.map(language => hint(language, playable, footage))}</figcaption>
  </figure>`
}

function hint(language: Language, playable: Playable, footage: string): Markup {
  const words = tell(language, HINTS[playable])
  return markup`<p class="told" lang="${language}">${words} <a href="${footage}">${footage}</a></p>`
}

const HINTS = {
  video: 'page.playHint',
  audio: 'page.playHint',
  other: 'page.cannotPlay',
  unreadable: 'page.notFootage',
} as const satisfies Record<Playable, string>

function playableOf({ events }: PageContent): Playable {
  const facts = factsOf(events)
  const unread = events.findLast(({ core }) => core.type === 'indexed')
  if (unread !== undefined && fieldOf(unread, 'not-parsable') !== null) return 'unreadable'
  const valueOf = (name: string) => facts.find(fact => fact.name === name)?.value
  const container = valueOf('container')
  if (typeof container === 'string' && NOT_PLAYED.has(container)) return 'other'
  return valueOf('kind') === 'audio' ? 'audio' : 'video'
}
