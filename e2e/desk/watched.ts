import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** What a page asked the installation for, and what it was refused; `under way`: not answered yet. */
export type Watched = { asked: string[]; refused: string[]; underWay: number }

/** Looks on from now on. */
export function watched(page: Page): Watched {
  const seen: Watched = { asked: [], refused: [], underWay: 0 }
  const ofApi = (url: string) => new URL(url).pathname.startsWith('/api/')
  page.on('request', one => {
    if (!ofApi(one.url())) return
    seen.underWay++
    seen.asked.push(new URL(one.url()).pathname)
  })
  page.on('requestfinished', one => ofApi(one.url()) && seen.underWay--)
  page.on('requestfailed', one => ofApi(one.url()) && seen.underWay--)
  page.on('response', one => {
    if (ofApi(one.url()) && [401, 403].includes(one.status())) seen.refused.push(`${one.status()} ${one.url()}`)
  })
  return seen
}

/** Waits until all that the page asked for was answered. */
export async function settled(seen: Watched): Promise<void> {
  await expect.poll(() => seen.underWay, { interval: 20 }).toBe(0)
}
