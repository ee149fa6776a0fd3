import type { OpenEvent } from '@vidne/evidence/event'
import type { Json } from '@vidne/evidence/jcs'
import type { Manifest } from '@vidne/evidence/manifest'
import type { Language } from '@vidne/locales/say'
import type { PolicyPack } from '@vidne/policies/pack'

/** What the page of a package shows. */
export type PageContent = {
  /** Path of the footage below the package's root; null in a statement. */
  readonly footage: string | null
  readonly recording: string
  readonly manifest: Manifest
  /** The history as this reader may see it. */
  readonly events: readonly OpenEvent[]
  /** The policies that events name, by digest in hexadecimal. */
  readonly policies: ReadonlyMap<string, PolicyPack>
  readonly agency: { readonly name: string; readonly zone: string; readonly pack: string }
  readonly origin: string
  readonly logKey: string
  readonly checkpoint: 'public' | 'private'
  readonly rehearsal: boolean
  /** When the package was made, in UTC epoch milliseconds. */
  readonly at: number
}

/** One page in one of its languages. */
export type Reading = { readonly content: PageContent; readonly language: Language; readonly zone: string }

/** A field of an event; null where it has none of that name, or does not show it. */
export function fieldOf({ fields }: OpenEvent, name: string): Json {
  return fields.find(field => field.name === name)?.value ?? null
}

export function textOf(event: OpenEvent, name: string): string | null {
  const value = fieldOf(event, name)
  return typeof value === 'string' ? value : null
}

export function numberOf(event: OpenEvent, name: string): number | null {
  const value = fieldOf(event, name)
  return typeof value === 'number' ? value : null
}

/** How many fields of an event this reader is not shown. */
export function withheldOf({ core, fields }: OpenEvent): number {
  return core.d.length - fields.length
}

/** The members of a JSON object; none where it is something else. */
export function membersOf(value: Json): Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

/** The items of a JSON list; none where it is something else. */
export function itemsOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : []
}
