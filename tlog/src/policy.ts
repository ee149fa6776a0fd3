import { encodeBase64 } from './base64.ts'
import { parseCount } from './checkpoint.ts'
import { KeyRefused, parseVerifierKey, publicKeyOf } from './keys.ts'
import type { NoteKey } from './note.ts'

/** At least `threshold` of the members, which are cosigners or groups. */
export type CosignerGroup = { threshold: number; members: readonly string[] }

/**
 * Whom to trust (C2SP tlog-policy). A checkpoint is good when any of `logs` signed it and the cosigners meet the
 * quorum. Names of cosigners and groups are the policy's own; `quorum` is null for `quorum none`. `urls` gives, by
 * vkey, the address a line named. `text` is the file as it was read.
 */
export type TrustPolicy = {
  logs: readonly NoteKey[]
  cosigners: ReadonlyMap<string, NoteKey>
  groups: ReadonlyMap<string, CosignerGroup>
  quorum: string | null
  urls: ReadonlyMap<string, string>
  text: string
}

export type PolicyRefusal =
  | 'too-long'
  | 'too-many'
  | 'character'
  | 'keyword'
  | 'items'
  | 'key'
  | 'key-kind'
  | 'duplicate-key'
  | 'duplicate-name'
  | 'unknown-name'
  | 'member-twice'
  | 'threshold'
  | 'second-quorum'
  | 'no-quorum'

export class PolicyRefused extends Error {
  override readonly name = 'PolicyRefused'
  readonly code: PolicyRefusal
  /** Counted from 1; 0 when the file as a whole is meant. */
  readonly line: number

  constructor(code: PolicyRefusal, line: number, message: string) {
    super(line === 0 ? message : `line ${line}: ${message}`)
    this.code = code
    this.line = line
  }
}

const NONE = 'none'
const MAX_POLICY_CHARACTERS = 4_194_304
/** Of logs, and of witnesses and groups together; tlog-policy asks for 32 of each. Bounds how deep groups nest. */
const MAX_DEFINITIONS = 1024

type Draft = {
  logs: NoteKey[]
  cosigners: Map<string, NoteKey>
  groups: Map<string, CosignerGroup>
  urls: Map<string, string>
  members: Set<string>
  logKeys: Set<string>
  cosignerKeys: Set<string>
  vkeys: Map<string, string>
  quorum: string | null | undefined
}

type Refuse = (code: PolicyRefusal, message: string) => PolicyRefused

/** Reads a policy file. Throws PolicyRefused with the number of the line. */
export function parsePolicy(text: string): TrustPolicy {
  if (text.length > MAX_POLICY_CHARACTERS)
    throw new PolicyRefused('too-long', 0, `longer than ${MAX_POLICY_CHARACTERS} characters`)
  const draft = emptyDraft()
  for (const [index, line] of text.split('\n').entries()) {
    readLine(draft, line, (code, message) => new PolicyRefused(code, index + 1, message))
  }
  const { logs, cosigners, groups, urls, quorum } = draft
  if (quorum === undefined) throw new PolicyRefused('no-quorum', 0, 'no quorum line')
  return { logs, cosigners, groups, urls, quorum, text }
}

/** Whether these cosigners (by the policy's names; others count for nothing) make the quorum. */
export function quorumMet(policy: TrustPolicy, names: ReadonlySet<string>): boolean {
  return policy.quorum === null || groupMet(policy, policy.quorum, names)
}

/** Whether these cosigners make the group, or contain the one cosigner, of that name; false when there is none. */
export function groupMet(policy: TrustPolicy, name: string, names: ReadonlySet<string>): boolean {
  if (policy.cosigners.has(name)) return names.has(name)
  const group = policy.groups.get(name)
  if (group === undefined) return false
  return group.members.filter(member => groupMet(policy, member, names)).length >= group.threshold
}

/** Every cosigner in a group and in the groups within it; empty when there is no such group. */
export function groupMembers(policy: TrustPolicy, group: string): ReadonlySet<string> {
  const members = policy.groups.get(group)?.members ?? []
  return new Set(members.flatMap(name => (policy.cosigners.has(name) ? [name] : [...groupMembers(policy, name)])))
}

function readLine(draft: Draft, line: string, refuse: Refuse): void {
  // Tab and 0x20 to 0x7E; everything above ASCII is opaque and allowed (tlog-policy, Character set).
  if (/[^\t -~\u{80}-\u{10ffff}]/u.test(line)) throw refuse('character', 'a control character')
  const items = line.split(/[ \t]+/).filter(item => item !== '')
  const [keyword, ...rest] = items
  if (keyword === undefined || keyword.startsWith('#')) return
  switch (keyword) {
    case 'log':
      return readLog(draft, rest, refuse)
    case 'witness':
      return readWitness(draft, rest, refuse)
    case 'group':
      return readGroup(draft, rest, refuse)
    case 'quorum':
      return readQuorum(draft, rest, refuse)
    default:
      throw refuse('keyword', 'a line begins with log, witness, group or quorum')
  }
}

function readLog(draft: Draft, items: readonly string[], refuse: Refuse): void {
  const [vkey, url, ...more] = items
  if (vkey === undefined || more.length > 0) throw refuse('items', 'log <vkey> [<url>]')
  const key = readKey(vkey, refuse)
  if (key.kind === 'cosignature-ed25519') throw refuse('key-kind', 'this key cosigns; a log key is wanted')
  if (draft.logs.length === MAX_DEFINITIONS) throw refuse('too-many', `more than ${MAX_DEFINITIONS} logs`)
  refuseSameKey(draft, draft.logKeys, key, refuse)
  draft.logs.push(key)
  if (url !== undefined) draft.urls.set(key.vkey, url)
}

function readWitness(draft: Draft, items: readonly string[], refuse: Refuse): void {
  const [name, vkey, url, ...more] = items
  if (name === undefined || vkey === undefined || more.length > 0)
    throw refuse('items', 'witness <name> <vkey> [<url>]')
  refuseName(draft, name, refuse)
  const key = readKey(vkey, refuse)
  if (key.kind === 'ed25519') throw refuse('key-kind', 'this key signs notes; a cosigner key is wanted')
  refuseSameKey(draft, draft.cosignerKeys, key, refuse)
  draft.cosigners.set(name, key)
  if (url !== undefined) draft.urls.set(key.vkey, url)
}

function readGroup(draft: Draft, items: readonly string[], refuse: Refuse): void {
  const [name, rule, ...members] = items
  if (name === undefined || rule === undefined || members.length === 0)
    throw refuse('items', 'group <name> <k|all|any> <name>…')
  refuseName(draft, name, refuse)
  for (const member of members) {
    if (!isDefined(draft, member)) throw refuse('unknown-name', `${member} is not defined above`)
    if (draft.members.has(member)) throw refuse('member-twice', `${member} is a member already`)
    draft.members.add(member)
  }
  draft.groups.set(name, { threshold: readThreshold(rule, members.length, refuse), members })
}

function readThreshold(rule: string, members: number, refuse: Refuse): number {
  if (rule === 'any') return 1
  if (rule === 'all') return members
  const threshold = parseCount(rule)
  if (threshold === null || threshold < 1 || threshold > members)
    throw refuse('threshold', `not any, all, or 1 to ${members}`)
  return threshold
}

function readQuorum(draft: Draft, items: readonly string[], refuse: Refuse): void {
  const [name, ...more] = items
  if (name === undefined || more.length > 0) throw refuse('items', 'quorum <name>')
  if (draft.quorum !== undefined) throw refuse('second-quorum', 'a second quorum line')
  if (name !== NONE && !isDefined(draft, name)) throw refuse('unknown-name', `${name} is not defined above`)
  draft.quorum = name === NONE ? null : name
}

function readKey(vkey: string, refuse: Refuse): NoteKey {
  try {
    return parseVerifierKey(vkey)
  } catch (refusal) {
    if (refusal instanceof KeyRefused) throw refuse('key', refusal.message)
    throw refusal
  }
}

function isDefined(draft: Draft, name: string): boolean {
  return draft.cosigners.has(name) || draft.groups.has(name)
}

function refuseName(draft: Draft, name: string, refuse: Refuse): void {
  if (name === NONE || isDefined(draft, name)) throw refuse('duplicate-name', `${name} is taken`)
  const definitions = draft.cosigners.size + draft.groups.size
  if (definitions === MAX_DEFINITIONS) throw refuse('too-many', `more than ${MAX_DEFINITIONS} witnesses and groups`)
}

/**
 * tlog-policy: the same key under another name is a duplicate, else one signer would count twice. And two keys that
 * share name and key ID, which is all a signature line tells, could not be told apart.
 */
function refuseSameKey(draft: Draft, raws: Set<string>, key: NoteKey, refuse: Refuse): void {
  const raw = encodeBase64(publicKeyOf(key))
  const identity = `${key.keyId} ${key.name}`
  if (raws.has(raw)) throw refuse('duplicate-key', 'this public key stands in the file already')
  if ((draft.vkeys.get(identity) ?? key.vkey) !== key.vkey)
    throw refuse('duplicate-key', 'another key has this name and key ID')
  raws.add(raw)
  draft.vkeys.set(identity, key.vkey)
}

function emptyDraft(): Draft {
  return {
    logs: [],
    cosigners: new Map(),
    groups: new Map(),
    urls: new Map(),
    members: new Set(),
    logKeys: new Set(),
    cosignerKeys: new Set(),
    vkeys: new Map(),
    quorum: undefined,
  }
}
