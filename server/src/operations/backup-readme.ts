import type { Description } from './description.ts'

export const README = 'README.txt'

type About = Omit<Description, 'v' | 'program' | 'installation' | 'agencyName' | 'origin' | 'mode' | 'manifest'> & {
  readonly settings: { readonly origin: string; readonly agencyName?: string | undefined }
}

/** For whoever finds the backup on a disk in some years. */
export function readmeOf({ settings, at, database, vault, objects, logKeys }: About): string {
  const day = (instant: number): string => new Date(instant).toISOString()
  const lines = [
    `A backup of the Vidne installation of ${settings.agencyName ?? 'an agency'}, log ${settings.origin},`,
    `made at ${day(at)} by the clock of the installation.`,
    '',
    'Check that nothing in it was damaged:   sha256sum -c manifest-sha256.txt',
    'Restore it into a new folder:           vidne restore THIS-FOLDER --keys KEYS --data NEW-FOLDER',
    '',
    'settings/  the settings and the trust file. Addresses of servers may hold passwords.',
    database === null
      ? 'database/  not here: the database is on a server, whose operator backs it up.'
      : 'database/  every table as lines of JSON, bytes as base64.',
    'log/       the transparency log: tiles, entries, public checkpoint.',
    `vault/     ${vault.keys} wrapped keys; ${vault.omitted} that expire sooner were left out.`,
    `           It must be gone by ${day(vault.expires)}. The next backup into the same`,
    '           parent folder erases it then; if there is none, remove it yourself. "vidne restore" refuses it afterwards.',
    objects === null
      ? 'objects/   not here: they were left to their store.'
      : `objects/   ${objects.files} files of footage, encrypted (${objects.bytes} bytes).`,
    ...(logKeys
      ? ['keys/      the signing keys of the log, as was asked for. Whoever has them can sign as this log.']
      : []),
    '',
    'Not in any backup, to be kept elsewhere:',
    '  the master key        without it no footage can be read; beside this folder it would open it to whoever finds both',
    ...(logKeys
      ? []
      : ['  the log keys          log.skey and log-ml-dsa-44.skey; without them the log must be retired']),
    '  the lock folder       it remembers the last signature and must be the newest there is, never an older copy',
  ]
  return `${lines.join('\n')}\n`
}
