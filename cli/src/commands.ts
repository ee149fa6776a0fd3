import type { CommandSpec } from './command.ts'

type Family = { words: readonly string[]; load: () => Promise<readonly CommandSpec[]> }

/**
 * The command line is a contract: names, options and JSON keys stay as they are; more may come. A command is loaded when its
 * first word is typed, so that `verify` does not wait for the server's code.
 */
const families: readonly Family[] = [
  { words: ['init'], load: async () => [(await import('./commands/init.ts')).init] },
  { words: ['serve'], load: async () => [(await import('./commands/serve.ts')).serve] },
  {
    words: ['operation', 'reviews', 'review'],
    load: () =>
      import('./commands/operations.ts').then(
        ({ operationCreate, operationList, operationTasks, reviews, reviewClose }) => [
          operationCreate,
          operationList,
          operationTasks,
          reviews,
          reviewClose,
        ],
      ),
  },
  {
    words: ['capacity'],
    load: () => import('./commands/capacity.ts').then(one => [one.capacityPlanned, one.capacity]),
  },
  { words: ['dock'], load: async () => [(await import('./commands/dock.ts')).dock] },
  { words: ['recordings'], load: async () => [(await import('./commands/recordings.ts')).recordings] },
  {
    words: ['token'],
    load: () =>
      import('./commands/tokens.ts').then(({ tokenCreate, tokenList, tokenRevoke }) => [
        tokenCreate,
        tokenList,
        tokenRevoke,
      ]),
  },
  {
    words: ['hold', 'release', 'holds'],
    load: () =>
      import('./commands/holds.ts').then(({ hold, release, holds, holdsReview, holdsDone }) => [
        hold,
        release,
        holdsReview,
        holdsDone,
        holds,
      ]),
  },
  {
    words: ['categorise', 'downgrade', 'decide', 'case', 'delete', 'admit'],
    load: () =>
      import('./commands/lifetimes.ts').then(({ categorise, downgrade, decide, caseNote, deleteEarly, admit }) => [
        categorise,
        downgrade,
        decide,
        caseNote,
        deleteEarly,
        admit,
      ]),
  },
  {
    words: ['approvals', 'approve', 'decline', 'withdraw'],
    load: () =>
      import('./commands/approvals.ts').then(({ approvals, approve, decline, withdraw }) => [
        approvals,
        approve,
        decline,
        withdraw,
      ]),
  },
  {
    words: ['export', 'statement'],
    load: () => import('./commands/exports.ts').then(({ exportRecording, statement }) => [exportRecording, statement]),
  },
  {
    words: ['view', 'grant', 'grants', 'revoke'],
    load: () => import('./commands/views.ts').then(({ view, grant, grants, revoke }) => [view, grant, grants, revoke]),
  },
  {
    words: ['verify', 'receipt'],
    load: () => import('./commands/verifying.ts').then(({ verify, receipt }) => [verify, receipt]),
  },
  {
    words: ['due', 'run', 'clock'],
    load: () => import('./commands/keeping.ts').then(({ due, run, clockSet }) => [due, run, clockSet]),
  },
  { words: ['policy'], load: loadPolicy },
  { words: ['unit', 'training', 'delegate', 'delegation'], load: loadRegisters },
  {
    words: ['records'],
    load: () =>
      import('./commands/records.ts').then(
        ({ records, recordsEnter, recordsEnded, recordsDecision, recordsDelete }) => [
          recordsEnter,
          recordsEnded,
          recordsDecision,
          recordsDelete,
          records,
        ],
      ),
  },
  {
    words: ['config'],
    load: () =>
      import('./commands/configuration.ts').then(({ configExport, configImport }) => [configExport, configImport]),
  },
  {
    words: ['backup', 'restore', 'upgrade'],
    load: () => import('./commands/backup.ts').then(({ backup, restore, upgrade }) => [backup, restore, upgrade]),
  },
  {
    words: ['doctor', 'vault'],
    load: () => import('./commands/doctor.ts').then(({ doctor, vaultRepair }) => [doctor, vaultRepair]),
  },
  { words: ['objects'], load: () => import('./commands/objects.ts').then(({ objectsAccept }) => [objectsAccept]) },
  { words: ['log'], load: loadLog },
]

async function loadPolicy(): Promise<readonly CommandSpec[]> {
  const policies = await import('./commands/policies.ts')
  const { policyShow, policyVersions, policyDiff, policyReplay, policyPublish, policyAccept } = policies
  return [policyShow, policyVersions, policyDiff, policyReplay, policyPublish, policyAccept]
}

async function loadRegisters(): Promise<readonly CommandSpec[]> {
  const registers = await import('./commands/registers.ts')
  const { unitCreate, unitList, unitAssign, trainingRecord, trainingList, trainingRevoke } = registers
  const { delegate, delegationList, delegationEnd } = registers
  return [
    unitCreate,
    unitList,
    unitAssign,
    trainingRecord,
    trainingList,
    trainingRevoke,
    delegate,
    delegationList,
    delegationEnd,
  ]
}

async function loadLog(): Promise<readonly CommandSpec[]> {
  const { logCheck, logProve, logKey } = await import('./commands/log-checking.ts')
  const { logRebuild, logContinue } = await import('./commands/log.ts')
  const { logCopy } = await import('./commands/log-copying.ts')
  return [logCheck, logProve, logCopy, logRebuild, logContinue, logKey]
}

/** The command whose name the typed words begin with; undefined where there is none. */
export async function findCommand(words: readonly string[]): Promise<CommandSpec | undefined> {
  const family = families.find(one => one.words.includes(words[0] ?? ''))
  const specs = family === undefined ? [] : await family.load()
  return specs.find(({ name }) => name === words.slice(0, name.split(' ').length).join(' '))
}

/** Every command, in the order of a recording's life. */
export async function allCommands(): Promise<readonly CommandSpec[]> {
  return (await Promise.all(families.map(family => family.load()))).flat()
}
