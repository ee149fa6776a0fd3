import { known } from './dock.ts'
import { due, run, setClock } from './keep.ts'
import { approvals, approve, createToken } from './people.ts'
import { askExport, findExport, hold, list, release, statement } from './recordings.ts'

/** The whole HTTP API under `/api`. Uploads, packages, media ranges and log tiles are protocols of their own beside it. */
export const contract = {
  recordings: { list, hold, release, statement },
  exports: { ask: askExport, find: findExport },
  tokens: { create: createToken },
  approvals: { list: approvals, approve },
  keep: { due, run },
  clock: { set: setClock },
  dock: { known },
}
