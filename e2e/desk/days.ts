import type { Locator, Page } from 'playwright-core'

/** The field for a day of that label; its parts are typed one by one, as by a person. */
export function dayField(page: Page, label: string): Locator {
  return page.getByRole('group', { name: label, exact: true })
}

/** Types a day (`2026-11-22`), or a day and a time (`2026-11-22T14:03`), into the field of that label. */
export async function fillDay(page: Page, label: string, at: string): Promise<void> {
  const [year = '', month = '', day = '', hour = '', minute = ''] = at.split(/[-T:]/)
  const field = dayField(page, label)
  for (const [type, digits] of Object.entries({ day, month, year, hour, minute })) {
    if (digits === '') continue
    await field.locator(`[data-type=${type}]`).focus()
    await page.keyboard.type(digits)
  }
}
