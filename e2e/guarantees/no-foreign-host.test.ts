import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { makePage } from '../../verifier/build.ts'
import { cannotBeAlone, foreign, runAlone, watchedNetwork } from './network.ts'
import { filesIn } from './packages.ts'

type Done = { codes: Record<string, number>; said: string[]; page: { html: string; policy: string }; package: string }

describe('nothing phones home', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-network-'))
  const watched = watchedNetwork(folder)
  let done: Done

  beforeAll(() => {
    const job = fileURLToPath(new URL('./whole-job.ts', import.meta.url))
    const places = { TMPDIR: folder, XDG_STATE_HOME: join(folder, 'state') }
    const { stdout, stderr } = runAlone([process.execPath, job], { ...watched.env, ...places })
    if (stdout === '') throw new Error(stderr)
    done = JSON.parse(stdout) as Done
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const without = 'the whole job without a network'
  test.skipIf(leftOut(without, cannotBeAlone))('G17: the whole job is done on a machine without a network', () => {
    const steps = ['docked', 'exported', 'verified', 'checked', 'advanced', 'ran', 'stated']
    expect({ codes: done.codes, said: done.said }).toMatchObject({
      codes: Object.fromEntries(steps.map(step => [step, 0])),
    })
  })

  test('G17: none of its programs even tries to reach another host, or asks for its name', () => {
    const noted = watched.noted()
    expect(new Set(noted.filter(one => one.kind === 'began').map(one => one.pid)).size).toBeGreaterThan(7)
    expect(noted.filter(one => one.kind === 'connect').length).toBeGreaterThan(5)
    expect(foreign(noted)).toEqual([])
  })

  test('G17: an attempt to reach another host would be noted', () => {
    const other = watchedNetwork(folder)
    const attempt = `await Promise.allSettled([fetch('http://192.0.2.1:81/x', { signal: AbortSignal.timeout(50) }),
      import('node:dns').then(dns => dns.promises.lookup('telemetry.example.org'))])`
    runAlone([process.execPath, '--input-type=module', '-e', attempt], other.env)
    expect(new Set(foreign(other.noted()).map(one => one.what))).toEqual(
      new Set(['192.0.2.1', 'telemetry.example.org']),
    )
  })

  test('G17: the pages of server, package and verifier load nothing from anywhere', async () => {
    const files = await filesIn(readFileSync(done.package))
    const pages = { server: done.page.html, package: String(files.get('index.html')), verifier: await makePage() }
    for (const [page, html] of Object.entries(pages)) {
      expect(html).toMatch(/<!doctype html>/)
      expect({ page, loads: loadsIn(html).filter(one => /^([a-z]+:)?\/\//i.test(one)) }).toEqual({ page, loads: [] })
      const [, policy = done.page.policy] = /Content-Security-Policy" content="([^"]+)/.exec(html) ?? []
      const decoded = policy.replaceAll('&#39;', "'")
      expect({ page, policy: decoded }).toEqual({ page, policy: expect.stringMatching(/^default-src 'none'/) })
    }
    const known = loadsIn(
      '<link href="https://fonts.example.org/a.css"><style>@import "//x.example.org";a{b:url(http://y)}</style>',
    )
    expect(known).toEqual(['https://fonts.example.org/a.css', '//x.example.org', 'http://y'])
  })
})

/** Every address that a browser would load from of its own accord, without following a link. */
function loadsIn(html: string): string[] {
  const attributes = [
    ...html.matchAll(/<(?!a\b)[a-z][^<>]*?\s(?:src|srcset|href|poster|data|action|ping)\s*=\s*["']?([^"'\s>]+)/gi),
  ]
  const styles = [
    ...html.matchAll(/@import\s+(?:url\()?["']?([^"')\s;]+)/gi),
    ...html.matchAll(/[^@\w]url\(["']?([^"')]+)/gi),
  ]
  return [...attributes, ...styles].map(match => match[1] ?? '')
}
