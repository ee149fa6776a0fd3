import type { Case } from './case.ts'
import { containers } from './containers.ts'
import { deletions } from './deletions.ts'
import { files } from './files.ts'
import { histories } from './histories.ts'
import { later } from './later.ts'
import { receipts } from './receipts.ts'
import { trusting } from './trusting.ts'

export const tampered: readonly Case[] = [
  ...containers,
  ...files,
  ...histories,
  ...deletions,
  ...trusting,
  ...later,
  ...receipts,
]
