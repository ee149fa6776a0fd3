import { hkdfSync } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sending } from './people/people.ts'
import { type MailServer, openPost } from './platform/mail/post.ts'
import type { Access, Rules } from './rules/rules.ts'
import { SettingRefused, type Settings } from './platform/settings/settings.ts'

const CREDENTIAL = 'vidne-mail-password'
const PORTS = { starttls: 587, implicit: 465, none: 25 } as const

/** What codes and links that wait to be mailed are encrypted with, made from the master key: a backup alone gives none of them. */
export function mailKey(master: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', master, new Uint8Array(32), 'vidne mail v1', 32))
}

/** The mail server as the settings name it, with its password; null where they name none. Throws SettingRefused. */
export async function readMailServer({ mail }: Settings, env = process.env): Promise<MailServer | null> {
  if (mail === undefined) return null
  const { host, tls, user, password_file: file, ca_file: caFile, from } = mail
  const password = user === undefined ? null : await passwordOf(file, env)
  return {
    host,
    port: mail.port ?? PORTS[tls],
    tls,
    login: user === undefined || password === null ? null : { user, password },
    ca: caFile === undefined ? null : await contentOf('ca_file', caFile),
    from,
  }
}

/** What people need to send mail by that server; null without one. */
export function sendingBy(
  { server, key }: { server: MailServer | null; key: Uint8Array },
  { publicUrl, mode }: Settings,
  { rules, access, log }: { rules: Rules; access: () => Access; log: Sending['log'] },
): Sending | null {
  if (server === null || publicUrl === undefined) return null
  return {
    post: () => openPost(server),
    key,
    site: new URL(publicUrl).origin,
    rehearsal: mode === 'rehearsal',
    languageOf: async (trx, agency) => (await rules.policyInForce(trx, agency)).pack.language,
    seen: (actor, recordings) => access().seen(actor, recordings),
    log,
  }
}

/** From systemd's credential, else from the file: never from a flag, where other processes could read it. */
async function passwordOf(file: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const credentials = env['CREDENTIALS_DIRECTORY']
  const given = credentials ? await readFile(join(credentials, CREDENTIAL), 'utf8').catch(() => null) : null
  if (given !== null) return lineOf(given, `the credential ${CREDENTIAL}`)
  if (file === undefined)
    throw new SettingRefused(
      `vidne.toml: mail cannot be used: user is given without a password: name its file in password_file, or give systemd's credential ${CREDENTIAL}`,
    )
  const text = await contentOf('password_file', file)
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && (mode & 0o007) !== 0)
    throw new SettingRefused(
      `vidne.toml: mail cannot be used: password_file: everybody on this machine can read ${file}; chmod 600 it`,
    )
  return lineOf(text, file)
}

function lineOf(text: string, where: string): string {
  const line = text.replace(/\r?\n$/, '')
  if (line !== '' && !/[\r\n]/.test(line)) return line
  throw new SettingRefused(`vidne.toml: mail cannot be used: ${where} is to hold the password as its only line`)
}

async function contentOf(setting: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingRefused(`vidne.toml: mail cannot be used: ${setting}: ${path} cannot be read: ${why}`, { cause })
  })
}
