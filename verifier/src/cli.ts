import { parseDemands } from './demands.ts'
import { type Opened, openAtPath, openFile, textAtPath } from './files.node.ts'
import type { Beside } from './footage-beside.ts'
import { keptLog } from './kept-log.node.ts'
import { digestOf } from './pieces.node.ts'
import { unreadableJson, unreadableLines, verdictJson, verdictLines } from './printing.ts'
import { tellProgress } from './progress.ts'
import { languageOf } from './telling.ts'
import { Unreadable, type Verdict } from './verdict.ts'
import { verifyPackage } from './verify.ts'
import { verifyReceipt } from './verify-receipt.ts'
import { type Command, USAGE, UsageRefused, type Words, understand } from './words.node.ts'

/** Where a command speaks: answers go out, everything else to err. */
export type Io = {
  out: (text: string) => void
  err: (text: string) => void
  env: Readonly<Record<string, string | undefined>>
  /** Whether err is a terminal, where a line can move. */
  terminal: boolean
  /** How many characters fit into a line there. */
  columns?: number
}

export function processIo(): Io {
  return {
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    env: process.env,
    terminal: process.stderr.isTTY,
    columns: process.stderr.columns,
  }
}

/**
 * `verify FILE…`: judges a package, a statement or a receipt. Resolves to the exit code: 0 everything that trust file and
 * demands ask for holds, 1 it does not or there is no trust file, 2 unreadable.
 */
export function runVerify(words: readonly string[], io: Io = processIo()): Promise<number> {
  return run('verify', words, io, async (asked, progress) => {
    const opened = await openAtPath(asked.path)
    try {
      return await judge(opened, asked, progress)
    } finally {
      if ('close' in opened) await opened.close()
    }
  })
}

/** `receipt FILE`: judges a receipt, and the footage beside it when given. Resolves to the exit code, as `runVerify`. */
export function runReceipt(words: readonly string[], io: Io = processIo()): Promise<number> {
  return run('receipt', words, io, async (asked, progress) => {
    const opened = await openAtPath(asked.path)
    if ('receipt' in opened) return judgeReceipt(opened.receipt, asked, progress)
    await opened.close()
    throw new Unreadable('not-a-package', asked.path)
  })
}

type Tell = ReturnType<typeof tellProgress>

async function run(
  command: Command,
  words: readonly string[],
  io: Io,
  judging: (asked: Words, progress: Tell) => Promise<Verdict>,
): Promise<number> {
  const asked = understood(command, words, io)
  if (asked === null) return 2
  if (asked.help) {
    io.out(`${USAGE[command]}\n`)
    return 0
  }
  const language = languageOf(asked.lang, io.env['LC_ALL'] || io.env['LANG'])
  const progress = tellProgress(language, io)
  try {
    const verdict = await judging(asked, progress)
    progress.end()
    io.out(asked.json ? `${verdictJson(language, verdict)}\n` : `${verdictLines(language, verdict).join('\n')}\n`)
    return verdict.holds ? 0 : 1
  } catch (refusal) {
    if (!(refusal instanceof Unreadable)) throw refusal
    progress.end()
    if (asked.json) io.out(`${unreadableJson(language, refusal)}\n`)
    else io.err(`${unreadableLines(language, refusal).join('\n')}\n`)
    return 2
  }
}

function understood(command: Command, words: readonly string[], io: Io): Words | null {
  try {
    return understand(command, words)
  } catch (refusal) {
    if (!(refusal instanceof UsageRefused)) throw refusal
    io.err(`${refusal.message}\n`)
    return null
  }
}

async function judge(opened: Opened, asked: Words, progress: Tell): Promise<Verdict> {
  if ('receipt' in opened) return judgeReceipt(opened.receipt, asked, progress)
  const { rehearsal, checkpoint, log } = asked
  return verifyPackage(opened.package, {
    ...(await whomAndWhat(asked)),
    receipt: await textIf(asked.receipt),
    footage: await measured(asked.footage, progress),
    pinned: log === undefined ? undefined : await keptLog(log, checkpoint),
    rehearsal,
    progress: progress.at,
  })
}

async function judgeReceipt(text: string, asked: Words, progress: Tell): Promise<Verdict> {
  const { rehearsal } = asked
  const footage = await measured(asked.footage, progress)
  return verifyReceipt(text, { ...(await whomAndWhat(asked)), footage, rehearsal })
}

async function whomAndWhat({ trust, demands }: Words) {
  const asked = await textIf(demands)
  return { trust: await textIf(trust), demands: asked === undefined ? undefined : parseDemands(asked) }
}

async function textIf(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : textAtPath(path)
}

async function measured(path: string | undefined, progress: Tell): Promise<Beside | undefined> {
  if (path === undefined) return undefined
  const file = await openFile(path)
  try {
    return { bytes: file.files.get(path) ?? 0, sha256: await digestOf(file, path, progress.at) }
  } finally {
    await file.close()
  }
}
