// A dock in a process of its own, for tests that kill it: node dock-server.ts FOLDER PORT

import { join } from 'node:path'
import { silentLogger } from '../../platform/http/logging.ts'
import { openDatabase } from '../../platform/database/door.ts'
import { openTrialDock } from './trial-dock.ts'

process.on('SIGINT', () => process.exit(0))
const [, , folder = '', port = '0'] = process.argv
const database = await openDatabase({ url: null, folder: join(folder, 'database'), log: silentLogger })
const trial = await openTrialDock({ folder, database, port: Number(port) })
await trial.objects.clearUnfinished()
await trial.dock.recover()
process.stdout.write(`${JSON.stringify({ ready: true, url: trial.url })}\n`)
