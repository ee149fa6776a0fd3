import type { Language } from '@vidne/locales/say'
import { plainText, quoted } from '@vidne/locales/forms'
import { tell } from '@vidne/locales/tell'

/** Where in a file a fact was found, in words. Fields of a file format keep their name: no other language has one for them. */
export function factSource(language: Language, source: string): string {
  if (source === 'first bytes') return tell(language, 'source.firstBytes')
  if (source === 'tracks' || source === 'streams') return tell(language, 'source.tracks')
  if (source === 'packets' || source === 'packet flags') return tell(language, 'source.packets')
  const [, track, what = ''] = /^track (\d+) ?(.*)$/.exec(source) ?? []
  if (track === undefined) return tell(language, 'source.field', { field: plainText(source) })
  if (what.startsWith('coded')) return tell(language, 'source.codedSize', { track })
  if (what === 'matrix') return tell(language, 'source.matrix', { track })
  return tell(language, what.startsWith('first') ? 'source.extent' : 'source.track', { track })
}

/** Whose word a time, a camera or a wearer is that came along with the file. */
export function senderSource(language: Language, source: string | null): string {
  if (source === 'file modification time') return tell(language, 'source.modified')
  if (source === 'file name') return tell(language, 'source.name')
  if (source === 'operator' || source === null) return tell(language, 'source.operator')
  return tell(language, 'source.sender', { name: quoted(language, source) })
}
