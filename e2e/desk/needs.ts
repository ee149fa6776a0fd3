import type { Page } from 'playwright-core'

// What stands for a control on the screen: an input that only listeners have is drawn by what stands beside it, and a part of a day has the
// ring of its field, in which it is filled.
const PRELUDE = `
const drawnAs = e =>
  (e.matches('[role=spinbutton]') && e.closest('.day-group')) ||
  (e.matches('input[type=radio], input[type=checkbox]') && e.closest('label')?.querySelector('.dot, .box')) ||
  (e.classList.contains('unseen') && e.id !== '' && document.querySelector('label[for="' + CSS.escape(e.id) + '"]')) ||
  e
const clear = colour => /^(transparent|rgba\\(.*, 0\\))$/.test(colour)
const ringed = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && !clear(s.outlineColor)
const bordered = s => ['Top', 'Right', 'Bottom', 'Left'].some(side =>
  s['border' + side + 'Style'] !== 'none' && parseFloat(s['border' + side + 'Width']) > 0 && !clear(s['border' + side + 'Color']))
const told = e => e.outerHTML.slice(0, 140)
`

/** What moves, or would, on a page whose reader has asked for rest: nothing, or what it is. */
export function moving(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => { ${PRELUDE}
    // What turns at this desk is a button that waits for an answer; here each of them does.
    const waiting = [...document.querySelectorAll('.button:not([data-pending])')]
    waiting.forEach(e => e.setAttribute('data-pending', ''))
    const lasts = times => times.split(',').some(time => parseFloat(time) > 0)
    const restless = s => lasts(s.transitionDuration) || (s.animationName !== 'none' && lasts(s.animationDuration)) || s.scrollBehavior === 'smooth'
    const styled = [...document.querySelectorAll('*')].filter(e =>
      [null, '::before', '::after'].some(part => restless(getComputedStyle(e, part))))
    const running = document.getAnimations().filter(one => Number(one.effect?.getComputedTiming().duration) > 0)
    waiting.forEach(e => e.removeAttribute('data-pending'))
    return [...styled.map(told), ...running.map(one => 'runs: ' + told(one.effect.target))]
  })()`)
}

/** Controls and marks that cannot be told from the page where the system chooses all colours: they need an edge of their own. */
export function edgeless(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => { ${PRELUDE}
    const seen = e => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1
    const controls = 'button, .button, input, select, textarea, progress, .badge, .notice, [role=switch], [role=slider]'
    return [...document.querySelectorAll(controls)].map(drawnAs).filter(seen)
      .filter(e => !(s => bordered(s) || ringed(s))(getComputedStyle(e))).map(told)
  })()`)
}

/** What is chosen and looks, in the system's own colours, like what is not. */
export function unmarked(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => { ${PRELUDE}
    const looks = e => { const s = getComputedStyle(e); return JSON.stringify(['borderTopWidth', 'borderBottomWidth', 'borderLeftWidth',
      'borderTopStyle', 'borderBottomStyle', 'borderTopColor', 'borderBottomColor', 'borderLeftColor', 'outlineStyle', 'textDecorationLine',
      'fontWeight', 'backgroundColor', 'color'].map(name => s[name])) }
    const pairs = [['.way[aria-current]', '.way:not([aria-current])'], ['[role=tab][aria-selected=true]', '[role=tab][aria-selected=false]'],
      ['.radio[data-selected] .dot', '.radio:not([data-selected]) .dot'], ['.checkbox[data-selected] .box', '.checkbox:not([data-selected]) .box']]
    return pairs.filter(pair => (([on, off]) => on !== null && off !== null && looks(on) === looks(off))(pair.map(one => document.querySelector(one))))
      .map(([on]) => on)
  })()`)
}

/** How many places of a page are looked at on the way through it by Tab. */
const STOPS = 60

/** Where the focus cannot be seen on the way through the page by Tab: without a ring, or behind something else, or out of the window. */
export async function unseenFocus(page: Page): Promise<string[]> {
  const faults = new Set<string>()
  for (let stop = 0; stop < STOPS; stop++) {
    await page.keyboard.press('Tab')
    const said = await page.evaluate<string | null>(`(() => { ${PRELUDE}
      const e = document.activeElement
      if (e === null || e === document.body) return ''
      const shown = drawnAs(e)
      // A row carries the ring of what it holds, where that fills it.
      const s = getComputedStyle(shown)
      if (!ringed(s)) return 'no ring: ' + told(e)
      const box = shown.getBoundingClientRect()
      const [x, y] = [(Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2, (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2]
      const there = document.elementFromPoint(x, y)
      const own = there !== null && (shown.contains(there) || there.contains(shown) || there.closest('label')?.contains(shown))
      return own ? null : 'hidden: ' + told(e) + ' behind ' + (there === null ? 'the edge' : told(there))
    })()`)
    // Round once.
    if (said === '') break
    if (said !== null) faults.add(said)
  }
  return [...faults]
}

/** How much of the window what stays in place while one scrolls takes away from reading, of one. */
export function covered(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const stays = [...document.querySelectorAll('*')].filter(e => /^(fixed|sticky)$/.test(getComputedStyle(e).position) && e.checkVisibility())
    scrollTo(0, document.documentElement.scrollHeight / 2)
    const rows = Array.from({ length: Math.floor(innerHeight / 10) }, (_, at) => at * 10 + 5)
    const taken = rows.filter(y => stays.some(e => (box => box.width > innerWidth / 2 && box.top <= y && box.bottom >= y)(e.getBoundingClientRect())))
    scrollTo(0, 0)
    return taken.length / rows.length
  })()`)
}
