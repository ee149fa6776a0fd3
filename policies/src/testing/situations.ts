import type { PolicyPack } from '../pack.ts'
import { packById } from '../packs.ts'
import type { Situation, Trigger, TriggerSource } from '../situation.ts'

/** Wednesday 15 July 2026, 12:00 in Berlin, Copenhagen and Stockholm. */
export const noon = Date.parse('2026-07-15T10:00:00Z')

/** Nothing is happening; the camera is off. */
export const quiet: Situation = { at: noon, running: false, triggers: [], zones: [], stops: [] }

export function aTrigger(code: string, source: TriggerSource = 'dispatcher', at = noon): Trigger {
  return { code, source, at }
}

/** The pack of that id. */
export function pack(id: string): PolicyPack {
  const found = packById(id)
  if (found === null) throw new Error(`there is no pack ${id}`)
  return found
}
