import { openBrowser } from './e2e/browser.ts'
import { visit } from './e2e/desk/desk.ts'
import { takePlace } from './e2e/desk/pages.ts'
const url = 'http://localhost:9470'
const browser = await openBrowser()
const v = await visit(browser, { language: 'de', width: 1024, height: 800, scheme: 'dark' })
const shot = async (n: string) => { await v.page.waitForTimeout(1500); await v.page.screenshot({ path: `/tmp/w/walk/tmp/shots/m-${n}.png`, fullPage: true }) }
await takePlace(v.context, url, { role: 'evidence-clerk', agency: /London/ })
try {
await v.page.goto(`${url}/recordings?view=day&day=2026-11-20&wearer=Zoe+Carter`); await v.page.getByRole('heading', { level: 1 }).waitFor(); await shot('day')
await v.page.goto(`${url}/recordings?view=map`); await v.page.getByRole('heading', { level: 1 }).waitFor(); await shot('map')
await v.page.goto(`${url}/cases`); await v.page.locator('.table a').first().click(); await v.page.getByRole('tab').last().waitFor(); await v.page.getByRole('tab').last().click(); await shot('give')
await v.page.goto(`${url}/approvals`); await v.page.getByRole('heading', { level: 1 }).waitFor(); await shot('approvals')
await v.page.goto(`${url}/recordings`); await v.page.locator('.grid-body a').first().click(); await v.page.getByRole('tab', { name: /geschehen|passiert|Was/ }).first().click(); await shot('chain')
} catch (e) { console.log(String(e).slice(0, 400)); await shot('trouble') }
console.log(v.faults)
await browser.close()
