import type { Page } from 'playwright-core'

/** What is read aloud of the element that has the focus, and what can be done to it. */
type Reached = { name: string; radio: boolean; ticked: boolean }

const reached = (page: Page) =>
  page.evaluate<Reached>(`(e => {
    const words = of => {
      const copy = of?.cloneNode(true)
      copy?.querySelectorAll('[aria-hidden=true]').forEach(one => one.remove())
      return copy?.textContent ?? ''
    }
    const own = e === null || e === document.body || e.tagName === 'INPUT' ? '' : words(e)
    const by = e?.getAttribute('aria-labelledby')?.split(' ').map(id => words(document.getElementById(id))).join(' ')
    const name = by ?? e?.getAttribute('aria-label') ?? (words(e?.labels?.[0]) || own)
    return { name: name.trim(), radio: e?.type === 'radio', ticked: e?.checked === true }
  })(document.activeElement)`)

const fits = (wanted: string | RegExp, name: string) =>
  typeof wanted === 'string' ? name === wanted : wanted.test(name)

/** Goes on by Tab until what carries this name has the focus; throws when it is not reached, as somebody without a mouse would find. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    if (fits(name, (await reached(page)).name)) return
  }
  throw new Error(`the keyboard does not reach ${String(name)}`)
}

/** Goes there by Tab and presses Enter, as one does with a button or a link. */
export async function enter(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
}

/** Goes to a field by Tab and types. */
export async function type(page: Page, name: string | RegExp, text: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.type(text)
}

/** Goes to a box by Tab and ticks it. */
export async function tick(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Space')
}

/** Goes to what chooses files by Tab, opens the browser's window for it by Enter, and gives it a file. */
export async function give(page: Page, name: string | RegExp, file: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await enter(page, name)
  await (await chooser).setFiles(file)
}

/** Goes by Tab to the one choice of a group that Tab stops at, and by the arrows to the wished one, which is chosen by that. */
export async function choose(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const start = await reached(page)
    if (start.radio && (await chosenFrom(page, start, name))) return
  }
  throw new Error(`the keyboard does not reach ${String(name)}`)
}

/** Around the group once, by the arrows. Where the group has no such choice, the one that was chosen is chosen again. */
async function chosenFrom(page: Page, start: Reached, wanted: string | RegExp): Promise<boolean> {
  if (fits(wanted, start.name)) {
    if (!start.ticked) await page.keyboard.press('Space')
    return true
  }
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press('ArrowDown')
    const { name } = await reached(page)
    if (fits(wanted, name)) return true
    if (name === start.name) return false
  }
  return false
}

/** Goes to a tab by Tab and the arrows; it opens with the focus. */
export async function side(page: Page, name: string): Promise<void> {
  const role = () => page.evaluate<string | null>(`document.activeElement?.getAttribute('role') ?? null`)
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    if ((await role()) !== 'tab') continue
    const start = (await reached(page)).name
    for (let steps = 0; steps < 12; steps++) {
      const at = (await reached(page)).name
      if (at === name) return
      await page.keyboard.press('ArrowRight')
      if ((await reached(page)).name === start) break
    }
  }
  throw new Error(`the keyboard does not reach the tab ${name}`)
}

/** Waits until a window that was opened has the focus: what is typed before goes to the page behind it. */
export async function dialog(page: Page): Promise<void> {
  await page.waitForFunction(`document.activeElement?.closest('[role=dialog], [role=alertdialog]') !== null`)
}
