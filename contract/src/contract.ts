import { confirmAddress, nameAddress, removeAddress, showAddress } from './addresses.ts'
import { answered, approvals, approve, decline, withdraw } from './approvals.ts'
import { exportConfiguration, importConfiguration } from './configuration.ts'
import { admit, board, known } from './dock.ts'
import { planCapacity, showCapacity } from './capacity.ts'
import {
  addCasePerson,
  addExhibit,
  casePackage,
  caseLabels,
  cases,
  changeCase,
  changeExhibit,
  closeCase,
  grantCase,
  openCase,
  removeCaseEntry,
  removeCasePerson,
  removeExhibit,
  showCase,
  writeCase,
} from './cases.ts'
import { links, makeLink, revokeLink } from './links.ts'
import { incidents, removeWork, work, workVersions, writeWork } from './work.ts'
import { deletions, due, run, runs, setClock, sweep } from './keep.ts'
import { doDuty, holds, reviewHold } from './holds.ts'
import { counts, ids, list, map, places, timeline } from './listing.ts'
import { examineInstallation, noteRestore, searchAudit, showInstallation } from './installation.ts'
import { createToken, revokeToken, tokens } from './people.ts'
import {
  closeReview,
  explainSituation,
  operations,
  orderOperation,
  ownReviews,
  reportSituation,
  reviews,
  situations,
  taskTypes,
} from './record.ts'
import {
  acceptPolicy,
  assignUnit,
  delegate,
  delegations,
  draftPolicy,
  endDelegation,
  endUnit,
  makeUnit,
  policyInWords,
  policyVersions,
  publishPolicy,
  recordTraining,
  renameUnit,
  replayPolicy,
  revokeTraining,
  showPolicy,
  trainings,
  units,
} from './policy.ts'
import {
  askExport,
  categorise,
  decide,
  deleteEarly,
  downgrade,
  facts,
  findExport,
  hold,
  noteCase,
  release,
  statement,
} from './recordings.ts'
import { access, account, find } from './recording-page.ts'
import { decideDisposal, deleteRecord, endMonitoring, enterRecord, records } from './records.ts'
import { readinessOfAll, readinessOfOne } from './readiness.ts'
import { closeAccount, giveRole, invite, oneOfThem, persons, takeRole, withdrawInvitation } from './persons.ts'
import { endSession, sessions } from './sessions.ts'
import { grant, grants, openView, revokeGrant } from './views.ts'

/** The whole HTTP API under `/api`. Uploads, packages, media ranges and log tiles are protocols of their own beside it. */
export const contract = {
  recordings: {
    list,
    facts,
    hold,
    release,
    categorise,
    downgrade,
    decide,
    noteCase,
    deleteEarly,
    statement,
    view: openView,
    grant,
    grants,
    revokeGrant,
    work,
    writeWork,
    removeWork,
    workVersions,
    incidents,
    find,
    account,
    access,
  },
  cases: {
    list: cases,
    open: openCase,
    show: showCase,
    change: changeCase,
    setState: closeCase,
    addPerson: addCasePerson,
    removePerson: removeCasePerson,
    grant: grantCase,
    addExhibit,
    changeExhibit,
    removeExhibit,
    write: writeCase,
    remove: removeCaseEntry,
    labels: caseLabels,
    package: casePackage,
    links,
    makeLink,
    revokeLink,
  },
  listing: { counts, ids, timeline, places, map },
  holds: { list: holds, review: reviewHold, duty: doDuty },
  records: { list: records, enter: enterRecord, endMonitoring, decideDisposal, delete: deleteRecord },
  exports: { ask: askExport, find: findExport },
  sessions: { list: sessions, end: endSession },
  address: { show: showAddress, name: nameAddress, confirm: confirmAddress, remove: removeAddress },
  people: {
    list: persons,
    one: oneOfThem,
    invite,
    withdraw: withdrawInvitation,
    giveRole,
    takeRole,
    closeAccount,
  },
  readiness: { list: readinessOfAll, of: readinessOfOne },
  tokens: { create: createToken, list: tokens, revoke: revokeToken },
  approvals: { list: approvals, approve, decline, withdraw, answered },
  keep: { due, run, runs, deletions, sweep },
  clock: { set: setClock },
  installation: { show: showInstallation, examine: examineInstallation, noteRestore },
  audit: { search: searchAudit },
  dock: { known, admit, board },
  capacity: { plan: planCapacity, show: showCapacity },
  operations: { order: orderOperation, list: operations, tasks: taskTypes },
  situations: { report: reportSituation, list: situations, explain: explainSituation },
  reviews: { list: reviews, close: closeReview, own: ownReviews },
  policy: {
    show: showPolicy,
    versions: policyVersions,
    inWords: policyInWords,
    draft: draftPolicy,
    publish: publishPolicy,
    replay: replayPolicy,
    accept: acceptPolicy,
  },
  units: { list: units, make: makeUnit, rename: renameUnit, end: endUnit, assign: assignUnit },
  trainings: { list: trainings, record: recordTraining, revoke: revokeTraining },
  delegations: { list: delegations, delegate, end: endDelegation },
  configuration: { export: exportConfiguration, import: importConfiguration },
}
