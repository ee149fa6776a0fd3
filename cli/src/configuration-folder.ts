import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandRefused, UsageRefused } from './command.ts'
import { orRefused } from './text-file.ts'

/** What is in each file of a configuration, by its path in the folder, with slashes. */
export type Configuration = Record<string, unknown>

const LIST = 'agency.json'
const README = 'README.txt'

/** The only names a file of a configuration can have. Neither a server nor a folder leads anywhere else by one. */
const FILE = /^(?:[a-z]+\.json|policy\/agency\.json|policy\/units\/[a-z0-9][a-z0-9_-]*\.json)$/

/**
 * Writes a configuration into a folder that is new or empty, readable by its owner alone: it names persons. `agency.json` has the
 * SHA-256 of every other file.
 * @throws UsageRefused where the folder cannot be used, before anything is written
 */
export function writeConfiguration(folder: string, configuration: Configuration): string[] {
  const names = Object.keys(configuration)
  const strange = names.find(name => !FILE.test(name))
  if (strange !== undefined)
    throw new CommandRefused(`The server names a file ${JSON.stringify(strange)}; nothing was written.`)
  const others = names.filter(name => name !== LIST).toSorted()
  const texts = new Map(others.map(name => [name, asText(configuration[name])]))
  const files = Object.fromEntries([...texts].map(([name, text]) => [name, sha256(text)]))
  const agency = { ...objectIn(configuration[LIST]), files }
  orRefused(`--out ${folder} cannot be written`, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // The list last: a folder without it is no configuration, whatever stopped the writing.
    for (const [name, text] of [[README, README_TEXT] as const, ...texts, [LIST, asText(agency)] as const]) {
      mkdirSync(dirname(join(folder, name)), { recursive: true, mode: 0o700 })
      writeFileSync(join(folder, name), text, { flag: 'wx', mode: 0o600 })
    }
  })
  return [README, ...others, LIST]
}

/** @throws UsageRefused where the folder has something in it already, or is none */
export function demandEmptyFolder(folder: string): void {
  orRefused(`--out ${folder} cannot be written`, () => {
    if (existsSync(folder) && readdirSync(folder).length > 0)
      throw new UsageRefused(`--out ${folder} is not empty, and nothing in it is written over: name a new folder`)
  })
}

/**
 * Reads a configuration back, each file held against its digest.
 * @throws UsageRefused where there is none; CommandRefused, by the name of the file, where one is missing, altered, cut off or too many
 */
export function readConfiguration(folder: string): Configuration {
  const list = orRefused(`${join(folder, LIST)} cannot be read; this is no exported configuration`, () =>
    readFileSync(join(folder, LIST), 'utf8'),
  )
  const { files, ...agency } = objectIn(parsed(join(folder, LIST), list))
  const digests = Object.entries(objectIn(files))
  if (digests.length === 0) throw new CommandRefused(`${join(folder, LIST)} is no list of files: it has no "files".`)
  const configuration: Configuration = { [LIST]: agency }
  for (const [name, digest] of digests) {
    if (!FILE.test(name))
      throw new CommandRefused(
        `${join(folder, LIST)} names ${JSON.stringify(name)}, which is no file of a configuration.`,
      )
    configuration[name] = parsed(join(folder, name), listedText(folder, name, digest))
  }
  const strange = filesIn(folder).find(name => name.endsWith('.json') && !Object.hasOwn(configuration, name))
  if (strange !== undefined)
    throw new CommandRefused(`${join(folder, strange)} is not listed in ${LIST}. Nothing was asked for.`)
  return configuration
}

function listedText(folder: string, name: string, digest: unknown): string {
  const file = join(folder, name)
  if (!existsSync(file)) throw new CommandRefused(`${file} is missing; ${LIST} lists it. Nothing was asked for.`)
  const text = orRefused(`${file} cannot be read`, () => readFileSync(file, 'utf8'))
  if (sha256(text) === digest) return text
  throw new CommandRefused(
    `${file} is not as it was exported: its SHA-256 is ${sha256(text)}, and ${LIST} says another. ` +
      'If it was changed on purpose, put that digest there. Nothing was asked for.',
  )
}

function filesIn(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return found.map(name => name.replaceAll('\\', '/'))
}

function parsed(file: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (cause) {
    throw new CommandRefused(`${file} is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause })
  }
}

function objectIn(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function asText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

const README_TEXT = `The configuration of an agency, as exported by: vidne config export
Bring an agency to it with: vidne config import FOLDER --dry-run --reason TEXT

agency.json           name, time zone and pack of the agency; the SHA-256 of every other file.
                      Name and time zone are not imported.
units.json            the units, and which file has the policy of each; null: the agency's.
people.json           persons and machines with their units and roles.
cameras.json          the cameras that belong to a unit.
trainings.json        the training register, without what was struck out.
policy/agency.json    the policy in force for the agency, as it was published.
policy/units/*.json   the policies of the units with rules of their own.

Not in it: tokens, keys and passwords, footage, history and audit, what waits for a second
person, acceptances of policies, delegations, holds, operations, the plan of posts and
cameras, versions published for later, settings of the installation.

The files name persons: keep them as you keep the staff list. A file that was changed by hand
is refused until agency.json has its new SHA-256; that is against slips, not against anybody
who means to change it. An import takes nothing away, and asks a second person for every policy.
`
