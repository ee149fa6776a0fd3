import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { codeOf } from '@vidne/server/people/testing/authenticator'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import approvals from '../../locales/desk/approvals/en.json' with { type: 'json' }
import bringIn from '../../locales/desk/bring-in/en.json' with { type: 'json' }
import recording from '../../locales/desk/recording/en.json' with { type: 'json' }
import setUp from '../../locales/desk/set-up/en.json' with { type: 'json' }
import shell from '../../locales/desk/shell/en.json' with { type: 'json' }
import signIn from '../../locales/desk/sign-in/en.json' with { type: 'json' }
import today from '../../locales/desk/today/en.json' with { type: 'json' }
import work from '../../locales/desk/work/en.json' with { type: 'json' }
import verdicts from '../../locales/en.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { groundFor, groundKinds } from '../grounds.ts'
import { axeOn, visit, type Visit } from './desk.ts'
import { choose, dialog, enter, give, side, tabTo, tick, type } from './keyboard.ts'
import { noPickers } from './pickers.ts'
import { withAuthenticator } from './virtual-authenticator.ts'

const checkout = join(import.meta.dirname, '../..')
const clip = join(checkout, 'media/fixtures/recorder.webm')
const ADMINISTRATOR = 'Åsa Lind'
const SECOND = 'Bo Berg'

type Place = { root: string; ground: Awaited<ReturnType<typeof groundFor>>; server: ChildProcess; link: string }

/** A server in whose folder nobody has founded anything, on the ground that its settings name. */
async function unfounded(kind: (typeof groundKinds)[number]): Promise<Place> {
  const ground = await groundFor(kind)
  const root = mkdtempSync(join(tmpdir(), 'vidne-whole-way-'))
  const words = [join(checkout, 'cli/bin/vidne.mjs'), 'serve', '--data', join(root, 'data'), '--port', '0']
  const { database, objects } = ground
  const server = spawn(process.execPath, words, {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: {
      ...process.env,
      // As the guide to containers has it: where servers are named, the folder of the keys is too.
      ...(database === undefined ? {} : { VIDNE_DATABASE: database, VIDNE_VAULT: join(root, 'vault') }),
      ...(objects === undefined ? {} : { VIDNE_OBJECTS: objects }),
    },
  })
  return { root, ground, server, link: await printedLink(server) }
}

async function printedLink(server: ChildProcess): Promise<string> {
  if (server.stderr === null) throw new Error('the server has no stderr')
  for await (const line of createInterface({ input: server.stderr })) {
    const [found] = /http\S+\/set-up#\S+/.exec(line) ?? []
    if (found !== undefined) {
      server.stderr.resume()
      return found
    }
  }
  throw new Error('vidne serve ended without a link')
}

/** What the standalone verifier says, in a process that knows nothing but the file and whom to trust. */
function verified(file: string, trust: string): Promise<{ code: number | null; out: string }> {
  return new Promise((done, failed) => {
    const words = [join(checkout, 'verifier/bin/vidne-verify.mjs'), file, '--trust', trust, '--json']
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'], env: {}, cwd: tmpdir() })
    let out = ''
    child.stdout.on('data', chunk => (out += String(chunk)))
    child.on('error', failed)
    child.on('close', code => done({ code, out }))
  })
}

describe.skipIf(leftOut('from the link to the verified package', browserMissing())).each(groundKinds)(
  'from the one-time link to a package that others have checked, on %s',
  kind => {
    let browser: Browser
    let place: Place
    beforeAll(async () => {
      ;[browser, place] = await Promise.all([openBrowser(), unfounded(kind)])
    })
    afterAll(async () => {
      await browser?.close()
      if (place === undefined) return
      const { server, root, ground } = place
      server.kill('SIGTERM')
      if (server.exitCode === null) await new Promise(ended => server.once('exit', ended))
      await rm(root, { recursive: true })
      await ground.remove()
    })

    test('S3-19 S5-16 one installation, two people, one recording: every step at the desk, and by the keyboard alone', async () => {
      const first = await visit(browser)
      await first.context.addInitScript(noPickers)
      await withAuthenticator(first.page)
      const { invitation, trust } = await founded(first.page, place)
      await enter(first.page, signIn.invitation.passkeyAct)
      await first.page.locator('.menu-name', { hasText: ADMINISTRATOR }).waitFor()
      await broughtIn(first.page)
      await looked(first.page)
      await held(first.page)
      await askedFor(first.page)

      const second = await visit(browser)
      await joined(second.page, invitation)
      await confirmed(second.page)

      const file = await fetched(first.page, place.root)
      const verdict = await verified(file, trust)
      expect({ ...verdict, out: JSON.parse(verdict.out) }).toMatchObject({
        code: 0,
        out: { intact: true, mode: 'normal' },
      })
      await checked(first.page, { file, trust })
      await closed([first, second])
      // The longest story there is, on a slow machine.
    }, 600_000)
  },
)

/** Founds a normal installation by the wizard; the link of the second person, and the trust file as it was saved. */
async function founded(page: Page, { link, root, ground }: Place): Promise<{ invitation: string; trust: string }> {
  await page.goto(link)
  await page.getByRole('heading', { level: 2, name: setUp.agency.title }).waitFor()
  await type(page, setUp.agency.name, 'Fyns Politi')
  await choose(page, setUp.pack['dk-politi'])
  await type(page, setUp.agency.origin, `log.example.org/fyn`)
  await enter(page, setUp.next)
  await page.getByRole('heading', { level: 2, name: setUp.people.title }).waitFor()
  await type(page, setUp.people.administrator, ADMINISTRATOR)
  await type(page, setUp.people.secondName, SECOND)
  await enter(page, setUp.next)
  await page.getByRole('heading', { level: 2, name: setUp.machine.title }).waitFor()
  if (ground.database === undefined) await type(page, setUp.machine.vault, join(root, 'vault'))
  else {
    for (const words of [setUp.machine.server, setUp.machine.keys]) await page.getByText(words).waitFor()
    expect(await page.getByLabel(setUp.machine.vault, { exact: true }).count()).toBe(0)
  }
  await choose(page, setUp.machine.no)
  expect(await axeOn(page)).toEqual([])
  await enter(page, setUp.next)
  await enter(page, setUp.check.act)
  await page.getByRole('heading', { level: 1, name: setUp.done.title }).waitFor({ timeout: 120_000 })
  for (const copy of ['a', 'b']) await page.getByText(join(root, 'vault', copy)).waitFor()
  const invitation = await page.getByLabel(`Send this link to ${SECOND}`, { exact: true }).last().inputValue()
  const saved = page.waitForEvent('download')
  await enter(page, setUp.done.trustAct)
  const trust = join(root, 'given.policy')
  await (await saved).saveAs(trust)
  await tick(page, setUp.done.kept)
  await enter(page, setUp.done.youAct)
  await page.getByText(`has invited you, ${ADMINISTRATOR}`).waitFor({ timeout: 120_000 })
  return { invitation, trust }
}

/** Says where a file comes from, sends it, and waits for the seal. */
async function broughtIn(page: Page): Promise<void> {
  await enter(page, shell.ways.bringIn)
  await page.getByRole('heading', { level: 1, name: bringIn.title }).waitFor()
  await choose(page, new RegExp(`^${bringIn.provenance['own-camera'].name}`))
  await type(page, bringIn.provenance.camera, 'C-17')
  await choose(page, bringIn.provenance.clock.right)
  await enter(page, bringIn.provenance.continue)
  await give(page, bringIn.choose.files, clip)
  await enter(page, /^Bring in 1 file/)
  await page.locator('.bring-row[data-state=done]').waitFor({ timeout: 120_000 })
}

/** Opens the recording from the list, and its footage for a purpose. */
async function looked(page: Page): Promise<void> {
  await enter(page, shell.ways.recordings)
  await page.locator('.grid-body [role=row]').first().waitFor()
  await tabTo(page, /C-17/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'recorder.webm' }).waitFor()
  expect(await page.locator('video').count()).toBe(0)
  await enter(page, recording.watch.open)
  await dialog(page)
  await choose(page, /investigating a case/)
  await type(page, recording.view.case, '0100-12/26')
  await enter(page, recording.view.look)
  await page.getByRole('group', { name: recording.player.name }).waitFor()
  await enter(page, recording.player.play)
  await expect.poll(() => page.evaluate(`document.querySelector('video').videoWidth`)).toBeGreaterThan(0)
  await expect.poll(() => page.evaluate(`document.querySelector('video').currentTime`)).toBeGreaterThan(0.1)
  await expect.poll(() => page.locator('.watermark').textContent()).toContain(ADMINISTRATOR)
  await enter(page, recording.watch.close)
}

async function held(page: Page): Promise<void> {
  await side(page, work.sides.keeping)
  await type(page, work.hold.reason, 'a complaint came in')
  await enter(page, work.hold.place)
  await page.getByText(work.hold.held).waitFor()
}

/** Asks for the package; a second person is needed, since it goes outside. */
async function askedFor(page: Page): Promise<void> {
  await side(page, work.sides.handing)
  await type(page, today.happened.purpose, 'for the indictment')
  await type(page, today.happened.recipient, 'Anklagemyndigheden')
  await enter(page, today.happened.handAct)
  await page.getByText(today.happened.waiting).waitFor()
}

/** Takes the second link up by password and code. */
async function joined(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.getByText(`has invited you, ${SECOND}`).waitFor()
  await type(page, signIn.invitation.account, 'bo')
  await type(page, signIn.invitation.password, 'several words together')
  await type(page, signIn.invitation.repeat, 'several words together')
  await enter(page, signIn.invitation.next)
  const uri = (await page.locator('code[data-uri]').getAttribute('data-uri')) ?? ''
  await type(page, signIn.invitation.code, codeOf(uri))
  await enter(page, signIn.invitation.confirm)
  await page.locator('.menu-name', { hasText: SECOND }).waitFor()
}

async function confirmed(page: Page): Promise<void> {
  await enter(page, /^Approvals/)
  await page.getByText('Anklagemyndigheden').waitFor()
  await enter(page, /^Confirm:/)
  await dialog(page)
  await enter(page, approvals.confirm)
  await page.getByText(approvals.done.confirmed).waitFor()
}

/** The asker's page goes on by itself; the package as the browser saved it. */
async function fetched(page: Page, root: string): Promise<string> {
  await page.getByText(today.happened.ready).waitFor({ timeout: 120_000 })
  expect(await axeOn(page)).toEqual([])
  const saved = page.waitForEvent('download')
  await enter(page, today.happened.download)
  const file = join(root, 'given.zip')
  await (await saved).saveAs(file)
  return file
}

/** The desk's own page says the same, without sending anything. */
async function checked(page: Page, files: { file: string; trust: string }): Promise<void> {
  await enter(page, shell.ways.check)
  await page.getByLabel(verdicts.verdict.page.subject, { exact: true }).waitFor()
  await give(page, verdicts.verdict.page.subject, files.file)
  await give(page, verdicts.verdict.page.trust, files.trust)
  await page.locator('[data-state=verdict]').waitFor()
  const said = await page.locator('[data-state=verdict]').innerText()
  expect(said).toContain(verdicts.verdict.intact.sealed)
  expect(said).toContain(verdicts.verdict.holds.yes)
  expect(await axeOn(page)).toEqual([])
}

async function closed(visits: readonly Visit[]): Promise<void> {
  for (const { faults, close } of visits) {
    expect(faults).toEqual([])
    await close()
  }
}
