import { setTimeout as pause } from 'node:timers/promises'
import { openHouse } from './compose.ts'
import { tellFigures } from './figures.ts'
import { isFounded, openGround } from './ground.ts'
import { openOperatorSocket } from './operations/operator-socket.ts'
import { inWords } from './operations/refused.ts'
import { forbidCrashDumps } from './platform/crash-dumps.ts'
import { whenFsyncFails } from './platform/durable/disk.ts'
import { type Logger, openLogger } from './platform/http/logging.ts'
import { type Metrics, openMetrics } from './platform/http/metrics.ts'
import { readSettings, type Settings } from './platform/settings/settings.ts'
import { openSetUp, type SetUp } from './set-up.ts'
import { tellWaiting } from './waiting-server.ts'
import { type Standing, openWeb } from './web.ts'

export type Serving = {
  url: string
  /** Resolves once the installation stands: at once, or when somebody has founded it; never when it is closed before. */
  stands: Promise<void>
  /** Whether somebody had founded it when it was opened. */
  founded: boolean
  /** Where whoever started the server founds it in a browser; null where it stands. */
  setUpUrl: string | null
  close(): Promise<void>
}

/**
 * Serves the installation in the settings' data folder until closed. In a folder that nobody has founded it answers with what to
 * do, and becomes the installation as soon as `vidne init` has been run; until then nothing is signed.
 * @throws SettingRefused, OperationRefused and PortRefused, in words.
 */
export async function serve(data: string, flags: Record<string, unknown>): Promise<Serving> {
  const settings = readSettings(data, flags)
  const log = openLogger(settings.logLevel)
  forbidCrashDumps(log)
  endOnFailedFsync(log)
  const metrics = openMetrics()
  const standing: Standing = { house: null }
  const stop = new AbortController()
  if (isFounded(settings)) {
    const closeHouse = await inWords(data, () => stand(standing, settings, metrics, log))
    const shell = await webOf({ settings, standing, metrics, log }, closeHouse)
    return { ...shell, stands: Promise.resolve(), founded: true, setUpUrl: null }
  }
  let closeHouse = async () => {}
  const { promise: stands, resolve } = Promise.withResolvers<void>()
  const inBrowser: { setUp?: SetUp } = {}
  const founding = untilFounded(data, flags, stop.signal).then(async founded => {
    if (founded === null) return
    // A founding in this very process may still be closing what it has opened.
    await inBrowser.setUp?.idle()
    closeHouse = await stand(standing, founded, metrics, log)
    resolve()
  })
  founding.catch((error: unknown) =>
    log.error({ because: String(error) }, 'the installation that was founded could not be opened'),
  )
  const waiting: { told?: Awaited<ReturnType<typeof tellWaiting>> } = {}
  // Whoever waits for it to stand learns of it too when it cannot be opened.
  const setUp = openSetUp({ settings, log, stands: founding.then(() => stands) })
  inBrowser.setUp = setUp
  const shell = await webOf({ settings, standing, metrics, log, setUp }, async () => {
    stop.abort()
    await waiting.told?.close()
    await founding.catch(() => {})
    await closeHouse()
  })
  waiting.told = await tellWaiting(data, shell.url)
  const setUpUrl = new URL(`/set-up#${setUp.secret}`, shell.url).href
  return { ...shell, stands: stands.finally(() => waiting.told?.close()), founded: false, setUpUrl }
}

async function webOf(
  parts: Parameters<typeof openWeb>[0],
  closeHouse: () => Promise<void>,
): Promise<Pick<Serving, 'url' | 'close'>> {
  try {
    const shell = await openWeb(parts)
    // Uploads that had all their bytes when the last process ended are finished once others can be answered.
    const told = (words: string) => (error: unknown) => {
      const because = error instanceof Error ? error.message : String(error)
      parts.log.warn({ because }, words)
    }
    const { house } = parts.standing
    house?.dock.recover().catch(told('uploads could not be finished yet; each is when its sender asks'))
    // What was taken in and not read by then is read now, and not only with the next round of the clock.
    house?.dock.readMedia().catch(told('media that waits could not be read yet; it is read by the clock'))
    return {
      url: shell.url,
      async close() {
        await shell.close()
        await closeHouse()
      },
    }
  } catch (error) {
    await closeHouse()
    throw error
  }
}

type Founded = Parameters<typeof openGround>[0]

async function stand(
  standing: Standing,
  settings: Founded,
  metrics: Metrics,
  log: Logger,
): Promise<() => Promise<void>> {
  const ground = await openGround(settings, log)
  const house = await openHouse(ground).catch(async (error: unknown) => {
    await ground.close()
    throw error
  })
  standing.house = house
  const operator = await openOperatorSocket(house, log)
  tellFigures(metrics, house)
  return async () => {
    await operator.close()
    await house.close()
    await ground.close()
  }
}

/** Looks once a second whether somebody has founded the installation, and whether the founder has let go of it. */
async function untilFounded(
  data: string,
  flags: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Founded | null> {
  while (!signal.aborted) {
    const settings: Settings = readSettings(data, flags)
    if (isFounded(settings)) {
      await pause(2000)
      return settings
    }
    await pause(1000, null, { signal }).catch(() => null)
  }
  return null
}

/** After a failed fsync nothing on this disk can be relied upon: the process ends, and what it had not acknowledged is not there. */
function endOnFailedFsync(log: Logger): void {
  whenFsyncFails(failure => {
    log.error({ because: failure.message }, 'the disk did not keep what it was given; stopping at once')
    process.exit(74)
  })
}
