import { refusalWords } from '@vidne/locales/refusals'
import { DatabaseAway, DatabaseRefused } from '../platform/database/errors.ts'
import { DiskFull, errorCode } from '../platform/durable/disk.ts'
import { ObjectsAway } from '../platform/objects/port.ts'
import { MasterKeyRefused } from '../platform/vault/master-key.ts'
import { VaultDamaged, VaultDegraded, VaultInUse, VaultLocked } from '../platform/vault/vault.ts'

/** An operator's command was understood and refused; the sentence says why and what to do. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused'
}

/** The installation is open in another process. */
export class InstallationServed extends OperationRefused {
  constructor(data: string, cause: unknown) {
    super(
      `The installation in ${data} is being served, or another command is at work on it. Stop that first, then repeat ` +
        'the command. Nothing was changed.',
      { cause },
    )
  }
}

/** Errors whose message tells an operator what is wrong and what to do. */
const WORDED = [
  OperationRefused,
  DatabaseRefused,
  DatabaseAway,
  DiskFull,
  ObjectsAway,
  MasterKeyRefused,
  VaultDamaged,
  VaultDegraded,
  VaultLocked,
] as const

const AS_SERVER = ' Run the command as the user that serves the installation.'

/** What the machine says of a path, by its own codes. */
const FAULTS = [
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'ELOOP',
  'ENAMETOOLONG',
  'EINVAL',
  'EMFILE',
] as const
export type Fault = (typeof FAULTS)[number]

/**
 * Does the work, and turns what the machine refuses into words. What only our own code can have broken stays as it is.
 * @throws OperationRefused
 */
export async function inWords<T>(data: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof OperationRefused) throw error
    if (error instanceof VaultInUse || (error instanceof DatabaseRefused && error.because === 'in-use'))
      throw new InstallationServed(data, error)
    const sentence = sentenceOf(error)
    throw sentence === null ? error : new OperationRefused(sentence, { cause: error })
  }
}

/** What an error says to an operator; null for one that says nothing to anybody but us. */
export function sentenceOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (WORDED.some(kind => error instanceof kind)) return error.message
  const fault = faultOf(error)
  if (fault === null) return null
  const path = 'path' in error ? String(error.path) : 'A file'
  return `${path} cannot be used: ${refusalWords('en', 'fault', fault)}.${fault === 'EACCES' || fault === 'EPERM' ? AS_SERVER : ''}`
}

/** Why the machine refuses a path; null for any other error. Its words are the end of a sentence. */
export function faultOf(error: unknown): Fault | null {
  const code = errorCode(error)
  return FAULTS.find(fault => fault === code) ?? null
}
