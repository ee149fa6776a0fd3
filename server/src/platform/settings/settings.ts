import { existsSync, readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { parse } from 'smol-toml'
import * as z from 'zod'

const port = z.coerce.number().int().min(0).max(65535)
const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most)
const url = z.url({ protocol: /^https?$/ })

/** An address range in CIDR form; a proxy inside it is believed about the client's address. */
const addressRange = z.string().transform((text, check) => {
  const [address = '', bits = ''] = text.split('/')
  const family = isIP(address)
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    check.addIssue({ code: 'custom', message: `"${text}" is not an address range such as 10.0.0.0/8` })
    return z.NEVER
  }
  const range = new BlockList()
  range.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return { text, holds: (from: string) => isIP(from) !== 0 && range.check(from, isIP(from) === 4 ? 'ipv4' : 'ipv6') }
})

const witness = z.object({ url, vkey: z.string().min(10) })

/** Every setting of an installation. A key `publicUrl` is `--public-url`, `VIDNE_PUBLIC_URL` and `public_url = …`. */
const schema = {
  installation: z.uuid().optional(),
  agency: z.uuid().optional(),
  agencyName: z.string().min(1).max(200).optional(),
  pack: z.string().min(1).optional(),
  origin: z.string().min(1).max(200).optional(),
  mode: z.enum(['normal', 'rehearsal']).default('normal'),
  port: port.default(8420),
  host: z.string().min(1).default('127.0.0.1'),
  publicUrl: url.optional(),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  trustProxy: addressRange.optional(),
  database: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'an address that begins with postgresql://')
    .optional(),
  objects: z.string().optional(),
  vault: z.string().optional(),
  cadenceSeconds: wholeNumber(1, 86_400).optional(),
  witnesses: z.array(witness).default([]),
  mapCheckers: z.array(z.string().min(10)).default([]),
  uploadBytes: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(1024 ** 4),
  readMedia: z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')]).default(true),
  /** A sender from whom nothing comes for so long is cut off; what had come is kept. */
  uploadIdleSeconds: wholeNumber(1, 3600).default(180),
  uploadHours: wholeNumber(1, 24 * 31).default(7 * 24),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
} as const

type Key = keyof typeof schema
export type Settings = { [K in Key]: z.infer<(typeof schema)[K]> } & { data: string }

/** A setting that cannot be used, by the name under which it was given. */
export class SettingRefused extends Error {
  override name = 'SettingRefused'
}

export const settingsFile = 'vidne.toml'

/**
 * Reads the settings of the installation in `data`: flags first, then `VIDNE_…`, then `vidne.toml`.
 * @throws SettingRefused naming the flag, variable or line that is wrong; nothing is guessed or repaired.
 */
export function readSettings(data: string, flags: Record<string, unknown> = {}, env = process.env): Settings {
  const file = fileValues(data)
  const known = Object.keys(schema) as Key[]
  refuseUnknown(Object.keys(file), known.map(underscored), settingsFile)
  refuseUnknown(Object.keys(flags), known, 'the command line')
  const entries = known.map(key => [key, readOne(key, candidates(key, flags, env, file))] as const)
  const settings = { ...Object.fromEntries(entries), data: resolve(data) } as Settings
  refuseContradictions(settings)
  return settings
}

type Candidate = { from: string; value: unknown }

function candidates(key: Key, flags: Record<string, unknown>, env: NodeJS.ProcessEnv, file: Record<string, unknown>) {
  const variable = `VIDNE_${underscored(key).toUpperCase()}`
  const given: Candidate[] = [
    { from: `--${underscored(key).replaceAll('_', '-')}`, value: flags[key] },
    { from: variable, value: env[variable] },
    { from: `${settingsFile}: ${underscored(key)}`, value: file[underscored(key)] },
  ]
  return given.find(one => one.value !== undefined)
}

function readOne(key: Key, given: Candidate | undefined): unknown {
  const result = schema[key].safeParse(given?.value)
  if (result.success) return result.data
  const why = result.error.issues.map(issue => issue.message).join('; ')
  throw new SettingRefused(`${given?.from ?? key} cannot be used: ${why}`)
}

function fileValues(data: string): Record<string, unknown> {
  const path = join(data, settingsFile)
  if (!existsSync(path)) return {}
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new SettingRefused(`${path} is not TOML: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

function refuseUnknown(given: readonly string[], known: readonly string[], where: string) {
  const odd = given.find(name => !known.includes(name))
  if (odd !== undefined) throw new SettingRefused(`${where} has a setting "${odd}" that Vidne does not know`)
}

/** Browsers give passkeys, camera and crypto only to localhost or https, so any other host must say how it is reached. */
function refuseContradictions(settings: Settings) {
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined))
    throw new SettingRefused('--tls-cert and --tls-key belong together; give both or neither')
  const local = settings.host === 'localhost' || settings.host === '::1' || settings.host.startsWith('127.')
  if (local) return
  const secured = settings.tlsCert !== undefined || settings.trustProxy !== undefined
  if (!settings.publicUrl?.startsWith('https://') || !secured)
    throw new SettingRefused(
      `--host ${settings.host} is reachable from elsewhere: give --public-url https://… and either --tls-cert with ` +
        '--tls-key, or --trust-proxy with the address range of the proxy that does https',
    )
}

function underscored(key: string): string {
  return key.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
