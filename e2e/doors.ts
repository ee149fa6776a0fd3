import { contract } from '@vidne/contract/contract'
import { openContract } from '@vidne/contract/open'
import type { Act } from '@vidne/server/people/people'

/** An operation of the contract, as `POST /cases/{id}/state`. */
export type Operation = { readonly door: string; readonly method: string; readonly path: string }

/** Every operation that a part of the contract has, read from the contract itself. */
export function operationsOf(router: object): Operation[] {
  const route = routeOf(router)
  if (route !== null) return [{ ...route, door: `${route.method} ${route.path}` }]
  return Object.values(router).flatMap((part: unknown) =>
    typeof part === 'object' && part !== null ? operationsOf(part) : [],
  )
}

function routeOf(part: object): { method: string; path: string } | null {
  const own: unknown = Reflect.get(part, '~orpc')
  if (typeof own !== 'object' || own === null || !('route' in own)) return null
  const { method = 'POST', path = '' } = own.route as { method?: string; path?: string }
  return { method, path }
}

/** What takes somebody who is known here, and what anybody may ask. */
export const known = operationsOf(contract)
export const open = operationsOf(openContract)

export const REASON = 'to see what happens'
export const ID = '00000000-0000-7000-8000-00000000000a'

const DAY = '2027-01-01'
const MOMENT = '2027-01-01T00:00:00Z'
const OPERATION = {
  title: REASON,
  task: 'arrest',
  from: MOMENT,
  until: '2027-01-02T00:00:00Z',
  orderedBy: REASON,
  participants: [{ wearer: 'PC 1' }],
}

/** What a listing has to be asked with. */
export const QUERIES: Readonly<Record<string, string>> = {
  '/due': '?by=2099-01-01T00:00:00Z',
  '/capacity': `?from=${DAY}&to=${DAY}`,
  '/operations': `?from=${MOMENT}&until=${MOMENT}`,
  '/situations': `?recording=${ID}`,
  '/listing/timeline': `?day=${DAY}&wearer=PC%201`,
}

/** Every door of the API that is not everybody's: what is asked, and which act it is. */
export const DOORS: Readonly<Record<string, { body?: object; act: Act; ofRecording?: true }>> = {
  'GET /recordings': { act: 'list' },
  'GET /listing/counts': { act: 'list' },
  'GET /listing/ids': { act: 'list' },
  'GET /listing/timeline': { act: 'list' },
  'GET /listing/places': { act: 'list' },
  'GET /recordings/{id}/facts': { act: 'list', ofRecording: true },
  'GET /recordings/{id}': { act: 'list', ofRecording: true },
  'GET /recordings/{id}/account': { act: 'list', ofRecording: true },
  'GET /recordings/{id}/access': { act: 'list', ofRecording: true },
  'POST /recordings/{id}/hold': { act: 'hold', body: { reason: REASON }, ofRecording: true },
  'POST /recordings/{id}/release': { act: 'release', body: { reason: REASON }, ofRecording: true },
  'POST /recordings/{id}/deletion': { act: 'delete-early', body: { reason: REASON }, ofRecording: true },
  'POST /recordings/{id}/categories': {
    act: 'categorise',
    body: { rule: 'complaint', basis: REASON },
    ofRecording: true,
  },
  'POST /recordings/{id}/exports': { act: 'export', body: { purpose: REASON }, ofRecording: true },
  'POST /recordings/{id}/views': { act: 'view', body: { purpose: 'audit' }, ofRecording: true },
  'POST /recordings/{id}/grants': {
    act: 'grant',
    body: { role: 'investigator', until: '2099-01-01T00:00:00Z', reason: REASON },
    ofRecording: true,
  },
  'GET /recordings/{id}/grants': { act: 'grant', ofRecording: true },
  'POST /recordings/{id}/grants/{grant}/revoke': { act: 'grant', body: { reason: REASON }, ofRecording: true },
  'GET /recordings/{id}/work': { act: 'list', ofRecording: true },
  'POST /recordings/{id}/work': {
    act: 'annotate',
    body: { content: { kind: 'note', words: REASON } },
    ofRecording: true,
  },
  'POST /recordings/{id}/work/{entry}/removal': { act: 'annotate', body: { saw: 1 }, ofRecording: true },
  'GET /recordings/{id}/work/{entry}/versions': { act: 'list', ofRecording: true },
  'GET /recordings/{id}/incidents': { act: 'list', ofRecording: true },
  'GET /cases': { act: 'see-cases' },
  'POST /cases': { act: 'keep-case', body: { number: '1', title: REASON } },
  'GET /cases/{id}': { act: 'see-cases' },
  'POST /cases/{id}/changes': { act: 'keep-case', body: { saw: 1, number: '1', title: REASON, summary: '' } },
  'POST /cases/{id}/state': { act: 'keep-case', body: { state: 'closed', reason: REASON } },
  'POST /cases/{id}/people': {
    act: 'keep-case',
    body: { person: 'Reader', duty: 'reads', until: '2099-01-01T00:00:00Z' },
  },
  'POST /cases/{id}/people/{person}/removal': { act: 'keep-case', body: { reason: REASON } },
  'POST /cases/{id}/access': { act: 'keep-case', body: {} },
  'POST /cases/{id}/exhibits': { act: 'keep-case', body: { recording: ID } },
  'POST /cases/{id}/exhibits/{exhibit}/changes': { act: 'keep-case', body: { saw: 1, reference: '1', title: REASON } },
  'POST /cases/{id}/exhibits/{exhibit}/removal': { act: 'keep-case', body: { reason: REASON } },
  'POST /cases/{id}/entries': { act: 'keep-case', body: { content: { kind: 'note', words: REASON } } },
  'POST /cases/{id}/entries/{entry}/removal': { act: 'keep-case', body: { saw: 1 } },
  'GET /cases/{id}/labels': { act: 'see-cases' },
  'POST /cases/{id}/package': { act: 'export', body: { purpose: REASON } },
  'GET /cases/{id}/links': { act: 'see-work' },
  'POST /cases/{id}/links': {
    act: 'share-link',
    body: { recipient: REASON, recipientRole: 'defence', purpose: 'audit', until: '2099-01-01', openings: 1 },
  },
  'POST /cases/{id}/links/{link}/revoke': { act: 'share-link', body: { reason: REASON } },
  'POST /recordings/{id}/statement': { act: 'statement', body: {}, ofRecording: true },
  'POST /recordings/{id}/downgrade': {
    act: 'downgrade',
    body: { rule: 'complaint', reason: REASON },
    ofRecording: true,
  },
  'POST /recordings/{id}/decision': {
    act: 'decide-deletion',
    body: { outcome: 'delete', reason: REASON },
    ofRecording: true,
  },
  'POST /recordings/{id}/case-events': {
    act: 'note-case',
    body: { event: 'acquitted', on: '2026-01-31', reason: REASON },
    ofRecording: true,
  },
  'GET /holds': { act: 'list' },
  'POST /holds/{id}/review': { act: 'hold', body: { reason: REASON } },
  'POST /holds/{id}/duty': { act: 'hold', body: { done: 'told' } },
  'GET /records': { act: 'see-records' },
  'POST /records': { act: 'keep-records', body: { kind: 'camera_register', ref: 'KS 1', about: REASON } },
  'POST /records/{id}/monitoring-end': { act: 'keep-records', body: { on: '2026-01-31' } },
  'POST /records/{id}/deletion': { act: 'keep-records', body: { disposal: ID } },
  'POST /disposals': {
    act: 'keep-records',
    body: { kind: 'camera_register', authority: 'KS', date: '2026-01-31', reference: 'KS 2' },
  },
  'GET /due': { act: 'due' },
  'GET /runs': { act: 'due' },
  'GET /deletions': { act: 'statement' },
  'POST /runs': { act: 'run-nightly', body: { what: 'nightly' } },
  'POST /sweeps': { act: 'run-nightly', body: {} },
  'POST /clock': { act: 'set-clock', body: { instant: '2000-01-01T00:00:00Z' } },
  'POST /tokens': { act: 'create-token', body: { person: 'Reader', role: 'auditor', expires: '2099-01-01T00:00:00Z' } },
  'POST /tokens/{id}/revoke': { act: 'revoke-token', body: {} },
  'GET /approvals': { act: 'see-approvals' },
  'GET /dock/board': { act: 'see-dock' },
  'POST /dock/known': { act: 'dock', body: { camera: null, sha256: [] } },
  'POST /uploads/{id}/admit': { act: 'admit', body: { reason: REASON } },
  'POST /capacity/plan': { act: 'plan-capacity', body: { sparePercent: 0, stock: [], shifts: [] } },
  'GET /capacity': { act: 'see-capacity' },
  'GET /task-types': { act: 'see-operations' },
  'GET /operations': { act: 'see-operations' },
  'POST /operations': { act: 'order-operation', body: OPERATION },
  'GET /situations': { act: 'see-situations' },
  'POST /situations': { act: 'report-situation', body: { wearer: 'PC 1', at: MOMENT } },
  'GET /reviews': { act: 'see-reviews' },
  'POST /reviews/{id}/close': { act: 'close-review', body: { reason: REASON } },
  'GET /policy/words': { act: 'see-policy' },
  'GET /policy': { act: 'see-policy' },
  'GET /policy/versions': { act: 'see-policy' },
  'POST /policy/acceptances': { act: 'see-policy', body: { digest: '0'.repeat(64) } },
  'GET /units': { act: 'see-policy' },
  'POST /policy/drafts': { act: 'publish-policy', body: { override: {} } },
  'POST /policy/publications': { act: 'publish-policy', body: { override: {}, reason: REASON } },
  'POST /policy/replays': {
    act: 'publish-policy',
    body: { override: {}, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' },
  },
  'POST /units': { act: 'manage-units', body: { name: 'East' } },
  'POST /units/assignments': { act: 'manage-units', body: { camera: 'C-1', unit: null } },
  'POST /units/{id}/name': { act: 'manage-units', body: { name: 'West' } },
  'POST /units/{id}/end': { act: 'manage-units', body: {} },
  'GET /readiness': { act: 'see-training' },
  'GET /people/{id}/readiness': { act: 'see-training' },
  'GET /trainings': { act: 'see-training' },
  'POST /trainings': {
    act: 'record-training',
    body: { person: 'Wearer', course: 'Camera', completedAt: '2026-01-01T00:00:00Z' },
  },
  'POST /trainings/{id}/revoke': { act: 'record-training', body: {} },
  'GET /installation': { act: 'see-installation' },
  'POST /installation/examinations': { act: 'see-installation', body: {} },
  'POST /installation/restores': { act: 'keep-installation', body: { detail: REASON } },
  'POST /audit/searches': {
    act: 'see-audit',
    body: { ground: 'security', from: '2026-01-01', until: '2026-02-01' },
  },
  'GET /delegations': { act: 'see-approvals' },
  'GET /configuration': { act: 'configure' },
  'POST /configuration/imports': { act: 'configure', body: { configuration: {}, apply: false, reason: REASON } },
  'GET /people': { act: 'see-people' },
  'GET /people/{id}': { act: 'see-people' },
  'POST /people/invitations': { act: 'manage-people', body: { name: 'Nobody', roles: [] } },
  'POST /people/{id}/invitation/withdraw': { act: 'manage-people', body: {} },
  'POST /people/{id}/roles': { act: 'manage-people', body: { role: 'auditor' } },
  'POST /people/{id}/roles/take': { act: 'manage-people', body: { role: 'auditor' } },
  'POST /people/{id}/account/close': { act: 'manage-people', body: {} },
  'POST /delegations': { act: 'delegate', body: { to: 'Operator', until: '2099-01-01T00:00:00Z' } },
}

/**
 * Who has a token sees his own tokens; an export is its asker's alone; a question says by itself who may confirm it; the reason of a
 * report is given by whoever made it; a delegation is ended by the one who gave it.
 * So no role is refused by its name: what each is shown is their own.
 */
export const OTHERS: Readonly<Record<string, { body?: object }>> = {
  'GET /tokens': {},
  'GET /exports/{id}': {},
  'POST /approvals/{id}/approve': {},
  'POST /approvals/{id}/decline': { body: { reason: REASON } },
  'POST /approvals/{id}/withdraw': {},
  'GET /approvals/answered': {},
  'GET /reviews/own': {},
  'POST /situations/{id}/reason': { body: { reason: REASON } },
  'GET /listing/map': {},
  'POST /delegations/{id}/end': { body: {} },
  'GET /sessions': {},
  'POST /sessions/{id}/end': { body: {} },
  'GET /account/address': {},
  'POST /account/address': { body: { address: 'nobody@example.org', language: 'en' } },
  'POST /account/address/confirm': { body: { code: '000000' } },
  'POST /account/address/remove': {},
}

/** Doors whose refusal says what it was about. */
export const ABOUT_ID = /^POST \/(holds|records|tokens|reviews|cases)\/|^GET \/(situations|cases\/)/

/** Where a door is knocked at, for a recording of that id; whatever else it names is of nobody. */
export function placeOf(door: string, recording: string): { method: string; path: string; body: object | undefined } {
  const [method = '', path = ''] = door.split(' ')
  const place = path.replace('{id}', path.startsWith('/recordings') ? recording : ID).replaceAll(/\{\w+\}/g, ID)
  const query = method === 'GET' ? (QUERIES[path] ?? '') : ''
  return { method, path: `/api${place}${query}`, body: (DOORS[door] ?? OTHERS[door])?.body }
}
