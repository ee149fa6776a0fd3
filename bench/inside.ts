import { wireStages } from '@vidne/server/compose'
import { type Ground, isFounded, openGround } from '@vidne/server/ground'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { readSettings } from '@vidne/server/platform/settings/settings'
import type { Installation } from './servers.ts'

/** Opens an installation in this process, without a port, for what no server should stand between. */
export async function openInside({ data }: Installation): Promise<Ground & { stages: ReturnType<typeof wireStages> }> {
  const settings = readSettings(data, {}, {})
  if (!isFounded(settings)) throw new Error('the installation was not founded')
  const ground = await openGround(settings, silentLogger)
  return { ...ground, stages: wireStages(ground) }
}
