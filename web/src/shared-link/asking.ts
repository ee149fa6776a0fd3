import type { SharedContent, SharedPackage, SharedRefusal } from '@vidne/contract/links'
import { chosenLanguage } from '../words/language.ts'

/** Why nothing is shown, with the installation's sentence. `away`: nobody answered, and nothing was used up. */
export class NotShown extends Error {
  readonly because: SharedRefusal | 'away'

  constructor(because: SharedRefusal | 'away', sentence: string) {
    super(sentence)
    this.because = because
  }
}

type Answers = {
  openings: SharedContent
  content: SharedContent
  views: { media: string; until: string }
  packages: SharedPackage
  prepared: SharedPackage
}

/** Asks as whoever was given a link. Throws NotShown. */
export async function askShared<What extends keyof Answers>(what: What, body: object): Promise<Answers[What]> {
  const answer = await fetch(`/api/shared/${what}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', 'accept-language': chosenLanguage() },
    body: JSON.stringify(body),
  }).catch(() => null)
  const said: unknown = await answer?.json().catch(() => null)
  if (answer === null || !isRecord(said)) throw new NotShown('away', '')
  if (isRefusal(said)) throw new NotShown(said.because, said.sentence)
  if (!answer.ok) throw new NotShown('away', '')
  return said as Answers[What]
}

function isRecord(said: unknown): said is Record<string, unknown> {
  return typeof said === 'object' && said !== null
}

function isRefusal(said: Record<string, unknown>): said is { because: SharedRefusal; sentence: string } {
  return said['state'] === 'refused' && typeof said['sentence'] === 'string'
}

/** A link as it stands behind the # of the address; `secret` null: it was opened here before, and taken out of the address. */
export type Given = { link: string; secret: string | null }

const LINK = /^#([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:\.([\w-]{43}))?$/

export function givenIn(hash: string): Given | null {
  const [, link, secret = null] = LINK.exec(hash) ?? []
  return link === undefined ? null : { link, secret }
}
