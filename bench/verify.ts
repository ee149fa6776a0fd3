import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { upload } from './loader.ts'
import { type Extent, type Result, atLeast, atMost, interleaved, medianRatio } from './measure.ts'
import { found, serveVidne } from './servers.ts'

const mib = 1_048_576
const vidne = join(import.meta.dirname, '../cli/bin/vidne.mjs')

/** The whole of `vidne verify` on a package against `openssl dgst -sha256` on its media, as processes, in turn. */
export async function run({ short }: Extent): Promise<Result[]> {
  const installation = found()
  const [small, large] = [
    await packaged(installation, 64 * mib),
    await packaged(installation, short ? 128 * mib : 1024 * mib),
  ]
  const rounds = await interleaved(short ? 1 : 5, {
    vidne: async () =>
      seconds('/usr/bin/time', [
        '-f',
        '%M',
        process.execPath,
        vidne,
        'verify',
        large.zip,
        '--trust',
        installation.trust,
        '--rehearsal',
      ]),
    openssl: async () => seconds('openssl', ['dgst', '-sha256', large.media]),
  })
  const memory = [small, large].map(({ zip }) =>
    peakOf([vidne, 'verify', zip, '--trust', installation.trust, '--rehearsal']),
  )
  installation.remove()
  const [least = 0, most = 0] = memory
  return [
    atLeast('speed ÷ openssl dgst -sha256 on 1 GiB', medianRatio(rounds.openssl, rounds.vidne), 0.7),
    atMost('memory on 1 GiB ÷ on 64 MiB', most / least, 1.25, 'x'),
  ]
}

type Packaged = { zip: string; media: string }

async function packaged(installation: ReturnType<typeof found>, bytes: number): Promise<Packaged> {
  const server = await serveVidne(installation)
  await upload({ url: server.url, token: installation.deviceToken, uploads: 1, bytes })
  await pause(2000)
  const zip = join(installation.folder, `${bytes}.zip`)
  const words = ['--server', server.url, '--json']
  const env = { ...process.env, VIDNE_TOKEN: installation.operatorToken }
  const listed = spawnSync(process.execPath, [vidne, 'recordings', ...words], { encoding: 'utf8', env })
  const id = (JSON.parse(listed.stdout) as { id: string; bytes: number }[]).find(row => row.bytes === bytes)?.id ?? ''
  const exported = spawnSync(process.execPath, [vidne, 'export', id, '--purpose', 'bench', '--out', zip, ...words], {
    encoding: 'utf8',
    env,
  })
  if (exported.status !== 0) throw new Error(exported.stderr)
  await server.stop()
  const media = join(installation.folder, `${bytes}.bin`)
  const unpacked = spawnSync('python3', ['-c', unpack, zip], { maxBuffer: bytes + mib })
  writeFileSync(media, unpacked.stdout)
  return { zip, media }
}

const unpack = `import sys, zipfile, shutil
z = zipfile.ZipFile(sys.argv[1])
shutil.copyfileobj(z.open(next(n for n in z.namelist() if n.startswith('data/media/'))), sys.stdout.buffer)`

function seconds(program: string, args: readonly string[]): number {
  const began = performance.now()
  const ran = spawnSync(program, args, { stdio: 'ignore' })
  if (ran.status !== 0) throw new Error(`${program} ended with ${ran.status}`)
  return (performance.now() - began) / 1000
}

function peakOf(args: readonly string[]): number {
  const ran = spawnSync('/usr/bin/time', ['-f', '%M', process.execPath, ...args], { encoding: 'utf8' })
  return Number(ran.stderr.trim().split('\n').at(-1))
}
