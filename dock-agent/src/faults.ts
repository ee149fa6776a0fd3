/** What the machine says when it refuses a file, a folder or a connection, as the end of a sentence. */
const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of its path is a file and not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it is there already',
  ENOTEMPTY: 'it is not empty',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'its disk is read-only',
  ENOSPC: 'there is no room left on its disk',
  EDQUOT: 'there is no room left for this user on its disk',
  EFBIG: 'its disk takes no file that long',
  EIO: 'its disk does not answer as it should',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EINVAL: 'the machine does not take that name there',
  EBUSY: 'something else is using it',
  EMFILE: 'too many files are open on this machine',
  ENFILE: 'too many files are open on this machine',
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'it cut the connection',
  EPIPE: 'it cut the connection',
  ETIMEDOUT: 'it took too long to answer',
  EHOSTUNREACH: 'no network leads there',
  ENETUNREACH: 'no network leads there',
  ENOTFOUND: 'there is no machine of that name',
  EAI_AGAIN: 'its name cannot be looked up just now',
}

/** Why the machine refused, in words; its own code where there are none. Null for an error without a code. */
export function faultWords(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? (FAULTS[code] ?? code) : null
}
