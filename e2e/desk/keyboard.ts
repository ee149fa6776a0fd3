import type { Page } from 'playwright-core'

/** Goes on by Tab until what carries this name has the focus; throws when it is not reached, as somebody without a mouse would find. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const reached = await page.evaluate<string>(
      `(e => e === null ? '' : (e.getAttribute('aria-label') ?? (e.labels?.[0]?.textContent || e.textContent) ?? '').trim())(document.activeElement)`,
    )
    if (typeof name === 'string' ? reached === name : name.test(reached)) return
  }
  throw new Error(`the keyboard does not reach ${String(name)}`)
}
