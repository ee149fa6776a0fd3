// A real S3 store for tests: Ceph's radosgw on one memstore OSD, in a temporary folder, on the loopback only.
// Debian: apt-get install --no-install-recommends radosgw ceph-osd ceph-mon ceph-mgr ceph-common

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import { leftOut } from '../../../../checks/left-out.ts'

const PROGRAMS = ['radosgw', 'ceph-osd', 'ceph-mon', 'ceph', 'ceph-authtool', 'monmaptool', 'radosgw-admin']
const START_MS = 90_000
const KEY = 'vidnetest'
const SECRET = 'vidnetestsecret'

export type Radosgw = {
  /** `s3://KEY:SECRET@127.0.0.1:PORT/vidne?tls=off`; the bucket is there and empty. */
  readonly url: string
  readonly origin: string
  /** Makes another bucket and gives its address. `lock`: with object lock and versions. */
  bucket(name: string, p?: { lock?: boolean }): Promise<string>
  stop(): Promise<void>
}

/** Why there is no radosgw here, in words; null where it can be started. */
export function radosgwMissing(): string | null {
  const missing = PROGRAMS.filter(program => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
  if (missing.length === 0) return null
  return `${missing.join(', ')} not found (Debian: apt-get install radosgw ceph-osd ceph-mon ceph-mgr ceph-common)`
}

/**
 * For vitest's globalSetup, or called by hand. Where radosgw is missing it throws under CI and otherwise says so and
 * returns null.
 */
export async function setup(): Promise<Radosgw | null> {
  return leftOut('a real S3 store', radosgwMissing()) ? null : startRadosgw()
}

/** Starts the store; about 20 seconds. */
export async function startRadosgw(): Promise<Radosgw> {
  const folder = await mkdtemp(join(tmpdir(), 'vidne-radosgw-'))
  const cluster = new Cluster(folder)
  try {
    const port = await freePort()
    await cluster.start(await freePort(), port)
    const origin = `http://127.0.0.1:${port}`
    const bucket = (name: string, p?: { lock?: boolean }): Promise<string> => makeBucket(origin, name, p?.lock ?? false)
    return { url: await bucket('vidne'), origin, bucket, stop: () => cluster.stop() }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

class Cluster {
  readonly #folder: string
  readonly #running: ChildProcess[] = []

  constructor(folder: string) {
    this.#folder = folder
  }

  async start(monPort: number, gatewayPort: number): Promise<void> {
    const fsid = randomUUID()
    await writeFile(this.#path('ceph.conf'), configuration(this.#folder, fsid, monPort, gatewayPort))
    for (const folder of ['mon', 'osd', 'run', 'rgw']) await mkdir(this.#path(folder))
    this.#makeKeys()
    this.#run('monmaptool', [
      '--create',
      '--fsid',
      fsid,
      '--addv',
      'a',
      `[v2:127.0.0.1:${monPort}]`,
      this.#path('monmap'),
    ])
    this.#run('ceph-mon', ['--mkfs', '-i', 'a', '--monmap', this.#path('monmap'), '--keyring', this.#path('keyring')])
    this.#launch('ceph-mon', ['-f', '-i', 'a'])
    const osd = randomUUID()
    await this.#until('the monitor', () => this.#ceph(['osd', 'new', osd]))
    this.#ceph(['auth', 'import', '-i', this.#path('keyring')])
    this.#run('ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', osd])
    this.#ceph(['osd', 'crush', 'add-bucket', 'test', 'host', 'root=default'])
    this.#ceph(['osd', 'crush', 'add', 'osd.0', '1.0', 'host=test'])
    this.#launch('ceph-osd', ['-f', '-i', '0'])
    this.#launch('radosgw', ['-f', '-n', 'client.rgw.a'])
    await this.#until('the gateway', async () => (await fetch(`http://127.0.0.1:${gatewayPort}/`)).status === 200)
    await this.#until('the user', () => this.#makeUser())
  }

  async stop(): Promise<void> {
    for (const child of this.#running.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = new Promise(resolve => child.once('exit', resolve))
      // Nothing in a memstore is worth a farewell, and ceph takes its time over one.
      child.kill('SIGKILL')
      await gone
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  // cephx must stay on: with auth = none the gateway hangs.
  #makeKeys(): void {
    const all = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *']
    const keyring = this.#path('keyring')
    this.#run('ceph-authtool', ['--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *'])
    for (const name of ['client.admin', 'osd.0', 'client.rgw.a']) {
      this.#run('ceph-authtool', [keyring, '--gen-key', '-n', name, ...all])
    }
  }

  #makeUser(): boolean {
    const user = ['--uid=test', '--display-name=test', `--access-key=${KEY}`, `--secret-key=${SECRET}`]
    return this.#try('radosgw-admin', ['-n', 'client.rgw.a', 'user', 'create', ...user])
  }

  #ceph(args: readonly string[]): boolean {
    return this.#try('ceph', ['--connect-timeout', '5', ...args])
  }

  #try(program: string, args: readonly string[]): boolean {
    return spawnSync(program, ['-c', this.#path('ceph.conf'), ...args], { stdio: 'ignore' }).status === 0
  }

  #run(program: string, args: readonly string[]): void {
    const configured = program.startsWith('ceph-') && program !== 'ceph-authtool' ? ['-c', this.#path('ceph.conf')] : []
    const { status, stderr } = spawnSync(program, [...configured, ...args], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`)
  }

  #launch(program: string, args: readonly string[]): void {
    const log = openSync(this.#path(`${program}.log`), 'a')
    const child = spawn(program, ['-c', this.#path('ceph.conf'), ...args], { stdio: ['ignore', log, log] })
    child.on('error', () => undefined)
    process.once('exit', () => child.kill('SIGKILL'))
    this.#running.push(child)
  }

  async #until(what: string, ready: () => boolean | Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + START_MS
    while (!(await Promise.resolve(ready()).catch(() => false))) {
      const dead = this.#running.find(child => child.exitCode !== null)
      if (dead !== undefined || performance.now() > giveUpAt)
        throw new Error(`${what} of ceph did not come up: ${await this.#logs()}`)
      await sleep(300)
    }
  }

  async #logs(): Promise<string> {
    const logs = ['ceph-mon.log', 'ceph-osd.log', 'radosgw.log'].map(name =>
      readFile(this.#path(name), 'utf8').catch(() => ''),
    )
    return (await Promise.all(logs)).map(log => log.slice(-1000)).join('\n')
  }
}

function configuration(folder: string, fsid: string, monPort: number, gatewayPort: number): string {
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monPort}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
keyring = ${folder}/keyring
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
log file = /dev/null
mon cluster log file = /dev/null
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 1
[mon]
mon data = ${folder}/mon
[osd]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
[client.rgw.a]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
`
}

async function makeBucket(origin: string, name: string, lock: boolean): Promise<string> {
  const client = new AwsClient({
    accessKeyId: KEY,
    secretAccessKey: SECRET,
    service: 's3',
    region: 'us-east-1',
    retries: 0,
  })
  const headers: Record<string, string> = lock ? { 'x-amz-bucket-object-lock-enabled': 'true' } : {}
  const answer = await client.fetch(`${origin}/${name}`, { method: 'PUT', headers })
  if (!answer.ok) throw new Error(`the bucket ${name} could not be made: ${answer.status} ${await answer.text()}`)
  return `s3://${KEY}:${SECRET}@${new URL(origin).host}/${name}?tls=off`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
