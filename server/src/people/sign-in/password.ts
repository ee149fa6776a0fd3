import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

/** OWASP's least for Argon2id: 19 MiB and two passes. Written into each hash, so that they can be raised. */
const MEMORY_KIB = 19_456
const PASSES = 2
const SALT_BYTES = 16
const TAG_BYTES = 32
export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 200

const KEPT = /^argon2id\$m=(\d{1,7}),t=(\d{1,3})\$([\w-]+)\$([\w-]+)$/

/** What is kept of a password: salt and Argon2id tag. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES)
  const tag = await tagOf(password, { nonce, memory: MEMORY_KIB, passes: PASSES })
  return `argon2id$m=${MEMORY_KIB},t=${PASSES}$${nonce.toString('base64url')}$${tag.toString('base64url')}`
}

/** Compares in constant time. */
export async function passwordMatches(password: string, kept: string): Promise<boolean> {
  const [, memory, passes, salt = '', tag = ''] = KEPT.exec(kept) ?? []
  if (memory === undefined) return false
  const expected = Buffer.from(tag, 'base64url')
  const nonce = Buffer.from(salt, 'base64url')
  const found = await tagOf(password, { nonce, memory: Number(memory), passes: Number(passes) })
  return expected.length === found.length && timingSafeEqual(expected, found)
}

async function tagOf(password: string, p: { nonce: Buffer; memory: number; passes: number }): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFKC'), 'utf8')
  return derive('argon2id', { message, parallelism: 1, tagLength: TAG_BYTES, ...p })
}
