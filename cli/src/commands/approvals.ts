import type { ApprovalKind, QuestionRow, WithoutAnswer } from '@vidne/contract/approvals'
import { answer } from '../answers.ts'
import type { CommandSpec } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'

export const approvals: CommandSpec = {
  name: 'approvals',
  positionals: [],
  options: { mine: { type: 'boolean', help: 'only what you may confirm' }, ...connectionOptions },
  summary: 'lists what waits for a second person: who asked, why, until when, and what happens without an answer',
  async run(given) {
    const { client, server } = connect(given)
    const all = await ask(client.approvals.list(), server)
    const rows = given.flag('mine') ? all.filter(({ you }) => you === 'may-confirm') : all
    const lines = rows.length === 0 ? ['Nothing waits.'] : rows.flatMap(told)
    answer(given.flag('json'), rows, lines)
    return 0
  },
}

export const approve: CommandSpec = {
  name: 'approve',
  positionals: ['APPROVAL'],
  options: connectionOptions,
  summary: 'confirms what another person asked for; see what it is with: vidne approvals',
  async run(given) {
    const { client, server } = connect(given)
    const done = await ask(client.approvals.approve({ id: given.at(0) }), server)
    console.log(JSON.stringify(done))
    if (given.flag('json')) return 0
    const { kind, subject, left } = done
    console.error(
      left === 0
        ? DONE[kind](subject ?? '')
        : `Confirmed. ${persons(left)} must confirm too: ${WHAT[kind](subject ?? '')}.`,
    )
    return 0
  },
}

export const decline: CommandSpec = {
  name: 'decline',
  positionals: ['APPROVAL'],
  options: { reason: { type: 'string', help: 'why; whoever asked reads it', required: true }, ...connectionOptions },
  summary: 'says no to what another person asked for; what was asked for does not happen',
  async run(given) {
    const { client, server } = connect(given)
    const done = await ask(client.approvals.decline({ id: given.at(0), reason: given.text('reason') }), server)
    return ended(given.flag('json'), done, 'Declined')
  },
}

export const withdraw: CommandSpec = {
  name: 'withdraw',
  positionals: ['APPROVAL'],
  options: connectionOptions,
  summary: 'takes back what you asked a second person for',
  async run(given) {
    const { client, server } = connect(given)
    return ended(given.flag('json'), await ask(client.approvals.withdraw({ id: given.at(0) }), server), 'Taken back')
  },
}

function ended(json: boolean, done: { kind: ApprovalKind; subject: string | null }, word: string): number {
  console.log(JSON.stringify(done))
  if (!json) console.error(`${word}; it does not happen: ${WHAT[done.kind](done.subject ?? '')}.`)
  return 0
}

const WHAT: Readonly<Record<ApprovalKind, (subject: string) => string>> = {
  'hold-release': id => `lift the holds on recording ${id}`,
  'complaint-release': id => `lift the hold of a complaint, and what else holds recording ${id}`,
  export: id => `export recording ${id}`,
  'early-deletion': id => `delete recording ${id} before its time`,
  'category-downgrade': id => `take a category of recording ${id} away`,
  'deletion-decision': id => `decide about the deletion of recording ${id}`,
  brake: () => 'let a run delete more than the brake allows',
  clock: () => "let runs go on by this machine's clock",
  'policy-publication': () => 'publish a version of the policy',
  view: id => `look at recording ${id}`,
  share: id => `show footage of a case outside by the link ${id}`,
  override: id => `depart from the policy, as report ${id} says`,
  'take-in-again': id => `take in again, as upload ${id}, what was deleted here`,
}

/** What the last confirmation did. */
const DONE: Readonly<Record<ApprovalKind, (subject: string) => string>> = {
  'hold-release': id =>
    `The holds on recording ${id} are lifted. Its rule decides again; where its time is over, the next run deletes it.`,
  'complaint-release': id =>
    `The holds on recording ${id}, that of the complaint too, are lifted. Its rule decides again; where its time is over, the next run deletes it.`,
  export: id =>
    `The export of recording ${id} is agreed to. Whoever asked now exports it with the same words, once, within 24 hours.`,
  'early-deletion': id =>
    `Recording ${id} is due now. The next run deletes it; a hold placed before then still stops that.`,
  'category-downgrade': id =>
    `The category of recording ${id} is taken away. The rules that are left decide; where their time is over, the next run deletes it.`,
  'deletion-decision': id =>
    `It is decided about recording ${id}: it goes by the next run, or is kept for its case. See: vidne recordings`,
  brake: () => 'What the brake listed is let through. The next run deletes it, except what is put on hold before then.',
  clock: () => 'The clock is confirmed. Runs go on by it.',
  'policy-publication': () =>
    'The version is published. Persons see it with: vidne policy show; they accept it with: vidne policy accept',
  share: id => `The link ${id} opens from now on, for whoever it was sent to.`,
  view: id =>
    `The view of recording ${id} is agreed to. Whoever asked now opens it with the same words, once, within 24 hours.`,
  override: id => `The policy is departed from, as report ${id} says. A review of it is open. See: vidne reviews`,
  'take-in-again': id =>
    `Upload ${id} is being taken in as a recording. Unless its rule says more, or it is put on hold, it goes after 72 hours. See: vidne recordings`,
}

const WITHOUT: Readonly<Record<WithoutAnswer, string>> = {
  'hold-stays': 'the holds stay',
  'category-stays': 'the category stays',
  'nothing-leaves': 'nothing leaves the agency',
  'ordinary-deadline-stays': 'it goes at its ordinary time',
  'nothing-is-deleted': 'nothing of it is deleted',
  'not-taken-in': 'it is not taken in',
  'policy-stays': 'the policy stays as it is',
  'nobody-looks': 'nobody looks at it',
  'rule-stays': 'what the policy says stays',
}

const OUTCOME: Readonly<Record<NonNullable<QuestionRow['outcome']>, string>> = {
  delete: 'that it goes by the next run',
  keep: 'that it is kept for its case',
}

const YOU: Readonly<Record<QuestionRow['you'], (id: string) => string>> = {
  'may-confirm': id => `confirm with: vidne approve ${id}`,
  'asked-by-you': () => 'you asked; another person confirms',
  'confirmed-by-you': () => 'you have confirmed; another person must confirm too',
  'not-your-role': () => 'your roles do not confirm this',
}

/** So many of a list are named on screen; --json names all. */
const NAMED = 10

function told(row: QuestionRow): string[] {
  const [words, confirmed] = [row.reason ?? row.purpose, row.confirmedBy]
  const facts: readonly (readonly [string, string | null])[] = [
    ['asked by', `${row.askedBy}, ${row.askedAt}`],
    [row.reason === null ? 'purpose' : 'reason', words],
    ['recipient', row.recipient],
    ['asks', row.outcome === null ? null : OUTCOME[row.outcome]],
    [row.outcome === null ? 'category' : 'rule', row.rule],
    ['instead', row.instead],
    ['case', row.case],
    ['offence', row.offence],
    ['lists', row.listed === null ? null : listed(row.listed)],
    ...published(row.publication),
    ['confirmed by', confirmed.length === 0 ? null : `${confirmed.join(', ')}; ${persons(row.left)} to go`],
    ['answer by', `${row.deadline}; without an answer ${WITHOUT[row.withoutAnswer]}`],
    ['you', YOU[row.you](row.id)],
  ]
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(13)}${value}`]))
  return [`${row.id}  ${WHAT[row.kind](row.subject ?? '')}`, ...lines]
}

function published(publication: QuestionRow['publication']): (readonly [string, string | null])[] {
  if (publication === null) return []
  const { unit, since, digest, changes } = publication
  const overtaken = 'nothing any more: another version was published meanwhile, and this one is to be asked for anew'
  const told = digest === null ? [overtaken] : changes.map(({ text }) => text)
  return [
    ['of', unit ?? 'the agency as a whole'],
    ['in force', since === null ? 'as soon as it is confirmed' : `from ${since}`],
    ...told.map((text, at) => [at === 0 ? 'changes' : '', text] as const),
    ['digest', digest],
  ]
}

function listed({ items, recordings }: NonNullable<QuestionRow['listed']>): string {
  const more = items > NAMED ? ` and ${items - NAMED} more (--json names all)` : ''
  return `${items}: ${recordings.slice(0, NAMED).join(' ')}${more}`
}

function persons(count: number): string {
  return count === 1 ? '1 person' : `${count} persons`
}
