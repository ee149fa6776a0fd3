import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { parse } from 'smol-toml'
import * as z from 'zod'
import { errorCode } from '../durable/disk.ts'
import { mailContradiction, mailTable } from './mail-settings.ts'

/** Digits, or an integer of TOML. An empty text, a yes or a fraction is no number, and is not made one. */
function wholeNumber(least: number, most: number) {
  const error = `a whole number from ${least} to ${most} is needed`
  return z.union([z.string(), z.number()], { error }).transform((given, check) => {
    const number = typeof given === 'number' ? given : /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number
    check.addIssue({ code: 'custom', message: `${error}, not ${given === '' ? 'an empty text' : `"${given}"`}` })
    return z.NEVER
  })
}

const text = z.string().min(1, 'it is empty')
const url = z.url({ protocol: /^https?$/ })

/** An address range in CIDR form; a proxy inside it is believed about the client's address. */
const addressRange = z.string().transform((given, check) => {
  const [address = '', bits = ''] = given.split('/')
  const family = isIP(address)
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    check.addIssue({ code: 'custom', message: `"${given}" is not an address range such as 10.0.0.0/8` })
    return z.NEVER
  }
  const range = new BlockList()
  range.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return {
    text: given,
    holds: (from: string) => isIP(from) !== 0 && range.check(from, isIP(from) === 4 ? 'ipv4' : 'ipv6'),
  }
})

/** For how many days the site keeps snapshots of the machine or its disks; `none`: it takes none. */
const snapshots = z.union([z.literal('none'), wholeNumber(1, 3650)], {
  error: '"none", or a whole number of days from 1 to 3650, is needed',
})
export type Snapshots = z.infer<typeof snapshots>

const witness = z.object({ url, vkey: z.string().min(10) })

/** Every setting of an installation. A key `publicUrl` is `--public-url`, `VIDNE_PUBLIC_URL` and `public_url = …`. */
const schema = {
  installation: z.uuid().optional(),
  agency: z.uuid().optional(),
  agencyName: z.string().min(1).max(200).optional(),
  pack: z.string().min(1).optional(),
  origin: z.string().min(1).max(200).optional(),
  mode: z.enum(['normal', 'rehearsal']).default('normal'),
  port: wholeNumber(0, 65_535).default(8420),
  host: text.default('127.0.0.1'),
  publicUrl: url.optional(),
  tlsCert: text.optional(),
  tlsKey: text.optional(),
  trustProxy: addressRange.optional(),
  database: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'an address that begins with postgresql://')
    .optional(),
  objects: text
    .refine(place => !/^[a-z][a-z0-9+.-]*:\/\//i.test(place) || /^(s3|file):/.test(place), {
      message: 'a folder, or an address that begins with s3://',
    })
    .optional(),
  vault: text.optional(),
  /** Absent: nobody has said. */
  snapshots: snapshots.optional(),
  cadenceSeconds: wholeNumber(1, 86_400).optional(),
  witnesses: z.array(witness).default([]),
  mapCheckers: z.array(z.string().min(10)).default([]),
  uploadBytes: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(1024 ** 4),
  readMedia: z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')]).default(true),
  /** A sender from whom nothing comes for so long is cut off; what had come is kept. */
  uploadIdleSeconds: wholeNumber(1, 3600).default(180),
  uploadHours: wholeNumber(1, 24 * 31).default(7 * 24),
  /** The agency's own sign-in, by OpenID Connect: who issues, under which name we are known there, and in which file our secret is. */
  oidcIssuer: url.optional(),
  oidcClient: text.optional(),
  oidcSecretFile: text.optional(),
  /** Below so much room the desk says that the storage is nearly full. */
  warnFreeGb: wholeNumber(0, 1_000_000).default(2),
  /** Absent: the desk draws its map without tiles. */
  mapTiles: text.optional(),
  /** Absent: no mail is sent. */
  mail: mailTable.optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
} as const

type Key = keyof typeof schema
export type Settings = { [K in Key]: z.infer<(typeof schema)[K]> } & { data: string }

/** A setting that cannot be used, by the name under which it was given. */
export class SettingRefused extends Error {
  override name = 'SettingRefused'
}

export const settingsFile = 'vidne.toml'

/** Names in the environment that are no settings: of the command, of what keeps the master key, and of our own tests. */
const NO_SETTINGS: ReadonlySet<string> = new Set([
  'VIDNE_DATA',
  'VIDNE_SERVER',
  'VIDNE_TOKEN',
  'VIDNE_MASTER_KEY_FILE',
  'VIDNE_TORTURE',
])
const OF_TESTS = 'VIDNE_TEST_'

/**
 * Reads the settings of the installation in `data`: flags first, then `VIDNE_…`, then `vidne.toml`.
 * @throws SettingRefused naming the flag, variable or line that is wrong; nothing is guessed or repaired.
 */
export function readSettings(data: string, flags: Record<string, unknown> = {}, env = process.env): Settings {
  const file = fileValues(data)
  const known = Object.keys(schema) as Key[]
  refuseUnknown(Object.keys(file), known.map(underscored), settingsFile)
  refuseUnknown(Object.keys(flags), known, 'the command line')
  refuseUnknown(settingsIn(env), known.map(variableOf), 'the environment')
  const given = new Map(known.map(key => [key, candidates(key, flags, env, file)]))
  const entries = known.map(key => [key, readOne(key, given.get(key))] as const)
  const settings = { ...Object.fromEntries(entries), data: resolve(data) } as Settings
  refuseContradictions(settings, key => given.get(key)?.from ?? flagOf(key))
  return settings
}

function settingsIn(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).filter(
    name => name.startsWith('VIDNE_') && !name.startsWith(OF_TESTS) && !NO_SETTINGS.has(name),
  )
}

/** `from`: the flag, variable or line by which a setting was given. */
type Candidate = { from: string; value: unknown }

function candidates(key: Key, flags: Record<string, unknown>, env: NodeJS.ProcessEnv, file: Record<string, unknown>) {
  const given: Candidate[] = [
    { from: flagOf(key), value: flags[key] },
    { from: variableOf(key), value: env[variableOf(key)] },
    { from: `${settingsFile}: ${underscored(key)}`, value: file[underscored(key)] },
  ]
  return given.find(one => one.value !== undefined)
}

function readOne(key: Key, given: Candidate | undefined): unknown {
  const result = schema[key].safeParse(given?.value)
  if (result.success) return result.data
  const why = result.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')
  throw new SettingRefused(`${given?.from ?? key} cannot be used: ${why}`)
}

function fileValues(data: string): Record<string, unknown> {
  const path = join(data, settingsFile)
  const content = contentOf(path)
  if (content === null) return {}
  try {
    return parse(content)
  } catch (cause) {
    throw new SettingRefused(`${path} is not TOML: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

/** Null where there is no such file. One that is there and cannot be read is refused: without it the settings would be others. */
function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new SettingRefused(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

function refuseUnknown(given: readonly string[], known: readonly string[], where: string) {
  const odd = given.find(name => !known.includes(name))
  if (odd !== undefined) throw new SettingRefused(`${where} has a setting "${odd}" that Vidne does not know`)
}

/** Browsers give passkeys, camera and crypto only to localhost or https, so any other host must say how it is reached. */
function refuseContradictions(settings: Settings, from: (key: Key) => string) {
  const [cert, key] = [from('tlsCert'), from('tlsKey')]
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined))
    throw new SettingRefused(
      `${settings.tlsCert === undefined ? `${key} is given without ${cert}` : `${cert} is given without ${key}`}: they belong together`,
    )
  refuseHalfOidc(settings, from)
  const mail = settings.mail === undefined ? null : mailContradiction(settings.mail, settings.publicUrl)
  if (mail !== null) throw new SettingRefused(`${from('mail')} cannot be used: ${mail}`)
  const local = settings.host === 'localhost' || settings.host === '::1' || settings.host.startsWith('127.')
  if (local) return
  const secured = settings.tlsCert !== undefined || settings.trustProxy !== undefined
  if (!settings.publicUrl?.startsWith('https://') || !secured)
    throw new SettingRefused(
      `${from('host')} ${settings.host} is reachable from elsewhere: give --public-url https://… and either --tls-cert with ` +
        '--tls-key, or --trust-proxy with the address range of the proxy that does https',
    )
}

/** Over plain http anybody on the way could say who somebody is; on this machine alone there is no way. */
function refuseHalfOidc({ oidcIssuer, oidcClient, oidcSecretFile }: Settings, from: (key: Key) => string) {
  if ((oidcIssuer === undefined) !== (oidcClient === undefined))
    throw new SettingRefused(`${from('oidcIssuer')} and ${from('oidcClient')} belong together: give both, or neither`)
  if (oidcIssuer === undefined && oidcSecretFile !== undefined)
    throw new SettingRefused(`${from('oidcSecretFile')} is given without ${from('oidcIssuer')}`)
  const { protocol, hostname } = new URL(oidcIssuer ?? 'https://localhost')
  if (protocol !== 'https:' && hostname !== 'localhost' && !hostname.startsWith('127.'))
    throw new SettingRefused(`${from('oidcIssuer')} ${oidcIssuer} cannot be used: it must begin with https://`)
}

function flagOf(key: string): string {
  return `--${underscored(key).replaceAll('_', '-')}`
}

function variableOf(key: string): string {
  return `VIDNE_${underscored(key).toUpperCase()}`
}

function underscored(key: string): string {
  return key.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
