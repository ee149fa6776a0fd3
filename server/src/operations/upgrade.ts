import { cp, mkdtemp, readFile, rm, statfs } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseLeaf } from '@vidne/evidence/leaf'
import { FORMATS } from '@vidne/evidence/statement'
import program from '../../package.json' with { type: 'json' }
import type { Founded } from '../ground.ts'
import { placesOf } from '../places.ts'
