import { api } from './api.ts'
import { configuringRoutes } from './configuring/routes.ts'
import { mapTilesIn } from './desk/map-tiles.ts'
import { dockRoutes } from './dock/routes.ts'
import { type Ground } from './ground.ts'
import { equipRoutes } from './equip/routes.ts'
import { keepRoutes } from './keep/routes.ts'
import { standingRoutes } from './operations/standing-routes.ts'
import { auditRoutes } from './people/audit-routes.ts'
import { approvalRoutes } from './people/approval-routes.ts'
import { tokenRoutes } from './people/routes.ts'
import { addressRoutes } from './people/mail/address-routes.ts'
import { personRoutes } from './people/sign-in/person-routes.ts'
import { sessionRoutes } from './people/sign-in/session-routes.ts'
import { type Jobs } from './platform/jobs/jobs.ts'
import { recordingPageRoutes } from './recording-page/routes.ts'
import { policyWordsRoutes } from './policy-page/words-routes.ts'
import { recordRoutes } from './record/routes.ts'
import { rehearsalRoutes } from './rehearsal.ts'
import { listingRoutes } from './review/listing-routes.ts'
import { readinessRoutes } from './rules/readiness-routes.ts'
import { rulesRoutes } from './rules/routes.ts'
import { registerRoutes } from './people/register-routes.ts'
import { casePeopleRoutes, caseRoutes, exhibitRoutes } from './review/case-routes.ts'
import { incidentRoutes, workRoutes } from './review/work-routes.ts'
import { caseShareRoutes } from './share/link-routes.ts'
import { reviewRoutes } from './review/routes.ts'
import { grantRoutes, viewRoutes } from './review/view-routes.ts'
import { shareRoutes } from './share/routes.ts'
import type { Stages } from './compose.ts'

/** Binds every door of the contract to the stage that answers it. */
export function routerOf(ground: Ground, stages: Stages, jobs: Pick<Jobs, 'standing'>) {
  const { equip, record, dock, keep, share, listing, cases, publishing, replaying, configuring } = stages
  const zoneOf = (agency: string): Promise<string> => zoneOfAgency(ground, agency)
  const [kept, shared] = [
    keepRoutes(keep, {
      allowed: (actor, act, recording) => ground.people.allowed(actor, act, recording),
      noteListing: (actor, act) => ground.people.noteListing(actor, act),
      zoneOf,
      names: (agency, persons) => ground.database.asAgency(agency, trx => ground.people.names(trx, persons)),
      seen: (actor, recordings) => ground.access.seen(actor, recordings),
      named: (actor, recordings) => ground.access.named(actor, recordings),
    }),
    shareRoutes(share),
  ]
  const asked = approvalRoutes(ground.people, ground.database, (actor, recordings) =>
    ground.access.named(actor, recordings),
  )
  const listed = listingRoutes(listing, () => mapTilesIn(ground.settings.mapTiles))
  const docked = dockRoutes({ ...ground, dock })
  return api.router({
    recordings: recordingDoors(ground, stages, { kept, listed, zoneOf }),
    cases: casesRouter({ ...ground, cases, share, zoneOf }),
    listing: {
      counts: listed.counts,
      ids: listed.ids,
      timeline: listed.timeline,
      places: listed.places,
      map: listed.map,
    },
    holds: { list: kept.holds, review: kept.reviewHold, duty: kept.duty },
    records: kept.records,
    exports: { ask: shared.ask, find: shared.find },
    people: personRoutes(ground.people, ground.database),
    sessions: sessionRoutes(ground.people, ground.database),
    readiness: readinessRoutes(ground),
    address: addressRoutes(ground.people, ground.database),
    tokens: tokenRoutes(ground.people, ground.database, zoneOf),
    approvals: asked,
    keep: { due: kept.due, run: kept.run, runs: kept.runs, deletions: kept.deletions, sweep: kept.sweep },
    clock: { set: rehearsalRoutes(ground).setClock },
    dock: { known: docked.known, admit: docked.admit, board: docked.board },
    capacity: equipRoutes(equip),
    ...recordRoutes(record, { seen: (actor, recordings) => ground.access.seen(actor, recordings), zoneOf }),
    policy: { ...rulesRoutes({ ...ground, publishing, replaying, zoneOf }), ...policyWordsRoutes(ground) },
    ...registerRoutes(ground.people, ground.database, zoneOf),
    installation: standingRoutes({ ground, keep: stages.keep, jobs }),
    audit: auditRoutes({ ...ground, zoneOf, seen: (actor, recordings) => ground.access.seen(actor, recordings) }),
    configuration: configuringRoutes(configuring, ground.people),
  })
}

function casesRouter(grounds: Parameters<typeof caseRoutes>[0] & Parameters<typeof caseShareRoutes>[0]) {
  return {
    ...caseRoutes(grounds),
    ...casePeopleRoutes(grounds),
    ...exhibitRoutes(grounds),
    ...caseShareRoutes(grounds),
  }
}

type Doors = {
  readonly kept: ReturnType<typeof keepRoutes>
  readonly listed: ReturnType<typeof listingRoutes>
  readonly zoneOf: (agency: string) => Promise<string>
}

/** What is asked of one recording, or of the list of them. */
function recordingDoors(ground: Ground, stages: Stages, { kept, listed, zoneOf }: Doors) {
  const { share, review, views, recordingPage } = stages
  const { hold, release, categorise, downgrade, decide, noteCase, deleteEarly } = kept
  return {
    list: listed.list,
    facts: reviewRoutes(review).facts,
    hold,
    release,
    categorise,
    downgrade,
    decide,
    noteCase,
    deleteEarly,
    statement: shareRoutes(share).statement,
    ...viewRoutes(views),
    ...recordingPageRoutes(recordingPage),
    ...grantRoutes({ ...ground, zoneOf }),
    ...workRoutes({ ...ground, ...stages }),
    ...incidentRoutes({ ...ground, ...stages }),
  }
}

/** The time zone in which the agency counts its days (G16). */
async function zoneOfAgency({ database, people }: Ground, agency: string): Promise<string> {
  const found = await database.asAgency(agency, trx => people.agency(trx, agency))
  if (found === null) throw new Error(`there is no agency ${agency}`)
  return found.zone
}
