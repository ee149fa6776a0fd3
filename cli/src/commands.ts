import type { CommandSpec } from './command.ts'
import { backup, restore, upgrade } from './commands/backup.ts'
import { dock } from './commands/dock.ts'
import { doctor, vaultRepair } from './commands/doctor.ts'
import { exportRecording, statement } from './commands/exports.ts'
import { approve, hold, release } from './commands/holds.ts'
import { init } from './commands/init.ts'
import { clockSet, due, run } from './commands/keeping.ts'
import { logCheck, logKey, logProve } from './commands/log-checking.ts'
import { logContinue, logRebuild } from './commands/log.ts'
import { recordings } from './commands/recordings.ts'
import { serve } from './commands/serve.ts'
import { tokenCreate } from './commands/tokens.ts'
import { receipt, verify } from './commands/verifying.ts'

/** The command line is a contract: names, options and JSON keys stay as they are; more may come. */
export const commands: readonly CommandSpec[] = [
  init,
  serve,
  dock,
  recordings,
  tokenCreate,
  hold,
  release,
  approve,
  exportRecording,
  verify,
  receipt,
  statement,
  due,
  run,
  clockSet,
  backup,
  restore,
  upgrade,
  doctor,
  vaultRepair,
  logCheck,
  logProve,
  logRebuild,
  logContinue,
  logKey,
]
