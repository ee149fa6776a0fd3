import { join } from 'node:path'
import { dockFolder } from '../dock-agent.ts'
import type { DockLine, DockWish } from '../dock-agent.ts'
import type { TrialRack } from './trial-rack.ts'

/** A camera's folder at a rack, and where the agent keeps what it remembers. `turn` makes it a camera of its own. */
export type TrialCamera = {
  readonly rack: TrialRack
  readonly camera: string
  readonly state: string
  readonly turn: number
}

export type Docked = Extract<DockLine, { recording: string }>

/** Docks the camera, and gives a line a file. */
export async function dockCamera(
  { rack, camera, state, turn }: TrialCamera,
  wishes: Partial<DockWish> = {},
): Promise<DockLine[]> {
  const lines: DockLine[] = []
  await dockFolder({
    folder: camera,
    server: rack.trial.url,
    token: 'dock',
    trust: rack.trust,
    camera: `CAM-${turn}`,
    wipe: false,
    receipts: join(state, 'receipts'),
    journal: join(state, 'journal'),
    patienceMs: 8_000,
    restMs: 200,
    onEvent: event => void (event.kind === 'file' && lines.push(event.line)),
    ...wishes,
  })
  return lines
}

export function docked(line: DockLine | undefined): Docked {
  if (line === undefined || !('recording' in line)) throw new Error(`not docked: ${JSON.stringify(line)}`)
  return line
}
