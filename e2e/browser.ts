import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Debian's own; nothing is downloaded. */
const executablePath = '/usr/bin/chromium'

/** Why no test can run in a browser here, in words; null where it can. */
export function browserMissing(): string | null {
  return existsSync(executablePath) ? null : `there is no ${executablePath} (Debian: apt-get install chromium)`
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}
