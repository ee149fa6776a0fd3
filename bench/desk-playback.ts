import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser } from '../e2e/browser.ts'
import { dock, listed, until } from '../e2e/guarantees/asking.ts'
import { type Extent, type Result, atMost, median, quantile, said } from './measure.ts'
import { type Installation, found, serveFully } from './servers.ts'

const rounds = 15
const seeksEach = 8
const seconds = 120

/**
 * How long somebody at the desk waits for a picture, in Chromium on this machine: from the browser's request for footage to its first
 * frame on the screen, and from letting go of the slider to the frame there. The clip is a camera's: 1080p at 6 Mbit/s, its index at the
 * end. Reported beside it: from pressing the button, with the view and its event in between.
 */
export async function run({ short }: Extent): Promise<Result[]> {
  const installation = found()
  const server = await serveFully(installation)
  const browser = await openBrowser()
  try {
    const { recording, operator } = await sealed(installation, server.url)
    const figures: Figure[] = []
    for (let round = 0; round < (short ? 2 : rounds); round++)
      figures.push(await watched(browser, operator, { recording, seeks: short ? 2 : seeksEach }))
    // In the first round the desk itself is fetched and compiled.
    return results(figures.slice(1))
  } finally {
    await browser.close()
    await server.stop()
    installation.remove()
  }
}

type Figure = { start: number; pressed: number; seeks: readonly number[] }

function results(figures: readonly Figure[]): Result[] {
  const starts = figures.map(({ start }) => start)
  const seeks = figures.flatMap(figure => figure.seeks)
  return [
    atMost('desk: request to first frame, p50', median(starts), 400, 'ms'),
    said('desk: request to first frame, p95', quantile(starts, 0.95), 'ms'),
    said('desk: button to first frame, with its view, p50', median(figures.map(({ pressed }) => pressed)), 'ms'),
    atMost('desk: seek, p50', median(seeks), 250, 'ms'),
    said('desk: seek, p95', quantile(seeks, 0.95), 'ms'),
  ]
}

async function sealed({ folder, deviceToken, operatorToken }: Installation, url: string) {
  const path = join(folder, 'clip.mp4')
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=1920x1080:rate=30:duration=${seconds}`]
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`]
  const coded = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-b:v',
    '6M',
    '-maxrate',
    '8M',
    '-bufsize',
    '12M',
    '-g',
    '60',
  ]
  const words = ['-v', 'error', ...picture, ...sound, ...coded, '-pix_fmt', 'yuv420p', '-c:a', 'aac', path]
  const made = spawnSync('/usr/bin/ffmpeg', words, { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr}`)
  const operator = { url, token: operatorToken }
  const camera = { url, token: deviceToken }
  const { recording } = await dock(camera, { path: 'DCIM/1.mp4', bytes: readFileSync(path) })
  await until('its media was read', async () => (await listed(operator)).some(({ parsable }) => parsable !== null))
  return { recording, operator }
}

/** Notes when footage is first asked for, and when its first frame is on the screen. */
const STOPWATCH = `
  document.addEventListener('loadstart', ({ target: video }) => {
    if (!(video instanceof HTMLVideoElement) || window.asked !== undefined) return
    window.asked = performance.now()
    video.requestVideoFrameCallback(now => { window.framed = now })
  }, true)
  document.addEventListener('submit', () => { window.pressed = performance.now() }, true)`

/** Seeks, and says after how many milliseconds the frame there is on the screen. */
const SEEK = (to: number) => `new Promise(done => {
  const video = document.querySelector('video')
  const began = performance.now()
  const look = (now, { mediaTime }) =>
    Math.abs(mediaTime - ${to}) < 0.5 ? done(now - began) : video.requestVideoFrameCallback(look)
  video.requestVideoFrameCallback(look)
  video.currentTime = ${to}
})`

type Browser = Awaited<ReturnType<typeof openBrowser>>

async function watched(
  browser: Browser,
  { url, token }: { url: string; token: string },
  { recording, seeks }: { recording: string; seeks: number },
): Promise<Figure> {
  const context = await browser.newContext({ extraHTTPHeaders: { authorization: `Bearer ${token}` }, locale: 'en-GB' })
  try {
    const page = await context.newPage()
    await page.addInitScript(STOPWATCH)
    await page.goto(`${url}/recordings/${recording}`)
    await page.getByRole('button', { name: 'Look at the footage …' }).click()
    await page.getByRole('radio').first().check({ force: true })
    await page.getByRole('textbox', { name: /^Case number/ }).fill('Bench 1')
    await page.keyboard.press('Enter')
    await until('the first frame', () => page.evaluate<boolean>('window.framed !== undefined'))
    const [pressed, asked, framed] = await page.evaluate<[number, number, number]>('[pressed, asked, framed]')
    const took: number[] = []
    for (let seek = 0; seek < seeks; seek++)
      took.push(await page.evaluate<number>(SEEK((seek * 37 + 11) % (seconds - 5))))
    return { start: framed - asked, pressed: framed - pressed, seeks: took }
  } finally {
    await context.close()
  }
}
