import type { OpenEvent } from '@vidne/evidence/event'
import type { Json } from '@vidne/evidence/jcs'
import { instantWords, localTimeWords, quoted } from '@vidne/locales/forms'
import { type TellKey, tell } from '@vidne/locales/tell'
import { type Reading, fieldOf, itemsOf, membersOf, textOf, withheldOf } from './content.ts'
import { factWords } from './fact-words.ts'
import { factSource, senderSource } from './sources.ts'
import { codeWords, nameWords } from './vocabulary.ts'

/** What somebody or something says of a recording, and whose word it is. */
export type Claim = { readonly label: TellKey; readonly value: string; readonly source: string | null }

/** A fact as an `indexed` event holds it. */
export type SealedFact = { name: string; value: Json; source: string; parser: string }

/** What the file says of itself, by the last program that could read it; empty where none could. */
export function factsOf(events: readonly OpenEvent[]): SealedFact[] {
  const read = events.findLast(event => event.core.type === 'indexed' && fieldOf(event, 'facts') !== null)
  if (read === undefined) return []
  return itemsOf(fieldOf(read, 'facts')).flatMap(item => {
    const { name, value, source, parser } = membersOf(item)
    const whole = typeof name === 'string' && typeof source === 'string' && typeof parser === 'string'
    return whole && value !== undefined ? [{ name, value, source, parser }] : []
  })
}

/** Everything that is said of the recording: its time first, by every clock there is. */
export function claimsOf(reading: Reading): Claim[] {
  const { content, language } = reading
  const sealed = content.events.find(({ core }) => core.type === 'sealed')
  const facts = factsOf(content.events)
  const inFile = facts.flatMap(fact => {
    const told = factWords(reading, fact, facts)
    if (told === null) return []
    const source = factSource(language, fact.source)
    return [{ ...told, source: tell(language, 'fact.sourceParser', { source, parser: fact.parser }) }]
  })
  const all = [...inFile, ...(sealed === undefined ? [] : broughtAlong(reading, sealed))]
  return all.toSorted((a, b) => ORDER.indexOf(a.label) - ORDER.indexOf(b.label))
}

/** When, with what, who, where; then what the file is made of. */
const ORDER: readonly TellKey[] = [
  'fact.recordedAt',
  'fact.duration',
  'fact.camera',
  'fact.wearer',
  'fact.place',
  'fact.track',
  'fact.path',
  'fact.kind',
  'fact.container',
  'fact.missing',
  'fact.video',
  'fact.videoCodec',
  'fact.rotation',
  'fact.audio',
  'fact.audioCodec',
]

/** What came with the file: clocks, camera, wearer and the file's name. */
function broughtAlong(reading: Reading, sealed: OpenEvent): Claim[] {
  const { language } = reading
  const from = (source: string) => tell(language, 'fact.source', { source })
  const claims = itemsOf(fieldOf(sealed, 'clocks')).flatMap((clock): Claim[] => {
    const { source, at, local } = membersOf(clock)
    const value = timeWords(reading, at, local)
    if (value === null || typeof source !== 'string') return []
    return [{ label: 'fact.recordedAt', value, source: from(senderSource(language, source)) }]
  })
  const camera = textOf(sealed, 'camera')
  if (camera !== null) claims.push(named(reading, 'camera', camera, textOf(sealed, 'camera-source')))
  const wearer = textOf(sealed, 'wearer')
  if (wearer !== null) claims.push(named(reading, 'wearer', wearer, null))
  else if (withheldOf(sealed) > 0) claims.push(notTold(reading, 'fact.wearer'))
  const path = textOf(sealed, 'path')
  if (path !== null) claims.push(fileName(reading, path, textOf(sealed, 'path-encoding')))
  else if (withheldOf(sealed) > 0) claims.push(notTold(reading, 'fact.path'))
  return claims
}

function timeWords({ language, zone }: Reading, at: Json | undefined, local: Json | undefined): string | null {
  if (typeof at === 'number') return instantWords(language, at, zone, 'seconds')
  const time = typeof local === 'string' ? localTimeWords(language, local) : null
  return time === null ? null : tell(language, 'fact.localTime', { time })
}

function named(reading: Reading, what: 'camera' | 'wearer', name: string, source: string | null): Claim {
  const { language } = reading
  const value = nameWords(reading, what, name)
  // Nobody is asked for the source of what is not known.
  if (name === `unknown ${what}`) return { label: `fact.${what}`, value, source: null }
  return {
    label: `fact.${what}`,
    value,
    source: tell(language, 'fact.source', { source: senderSource(language, source) }),
  }
}

function fileName(reading: Reading, path: string, spelling: string | null): Claim {
  const { language } = reading
  const name = quoted(language, path)
  const value = spelling === 'percent' ? `${name} (${codeWords(reading, 'spelling', spelling)})` : name
  const source = tell(language, 'fact.source', { source: tell(language, 'source.cameraStorage') })
  return { label: 'fact.path', value, source }
}

function notTold({ language }: Reading, label: TellKey): Claim {
  return { label, value: tell(language, 'fact.notTold'), source: null }
}
