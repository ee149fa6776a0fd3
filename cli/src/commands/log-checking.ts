import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { faultWords } from '@vidne/dock-agent/faults'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import type { NoteSigner } from '@vidne/tlog/note'
import { type LogVerdict, checkLog, cosignLog } from '@vidne/verifier/log-check'
import { proveConsistency } from '@vidne/verifier/log-prove'
import { answer } from '../answers.ts'
import { CommandRefused, type CommandSpec, UsageRefused } from '../command.ts'
import { demandWritable, readText } from '../text-file.ts'
import { jsonOption } from './data-folder.ts'
import { FAULTS, PROVE_FAULTS } from './log-faults.ts'
import { checkedInWords } from './log-words.ts'
import { type LogAtHand, logAtHand, logOptions, readNote, readingLog } from './log-source.ts'

export const logCheck: CommandSpec = {
  name: 'log check',
  positionals: [],
  options: {
    ...logOptions,
    checkpoint: { type: 'string', help: 'file with the checkpoint to check (default: the newest there is)' },
    remember: { type: 'string', help: 'file with the checkpoint of the last check: the log must go on from it' },
    cosign: { type: 'string', help: "file with a map-checker's key: cosigns a log that is sound" },
    out: { type: 'string', help: 'file for the cosigned checkpoint (with --url it is sent to the log too)' },
    json: jsonOption,
  },
  summary: 'recomputes log and map from the tiles; can countersign as a map-checker',
  async run(given) {
    const [remember, out] = [given.maybe('remember'), given.maybe('out')]
    const before = remembered(remember)
    if (out !== undefined) demandWritable(out, '--out')
    const signer = await cosigner(given.maybe('cosign'))
    const log = await logAtHand(given)
    const chosen = given.maybe('checkpoint')
    const checkpoint = chosen === undefined ? log.newest : await readNote(chosen)
    const verdict = await recompute(log, checkpoint, [...log.earlier, ...before])
    const cosigned = verdict.sound && signer !== null ? await cosignLog(verdict, signer) : null
    if (cosigned !== null) await handIn(cosigned, log, out)
    if (verdict.sound && remember !== undefined) await writeFile(remember, verdict.checkpoint)
    const said = { ...verdict, findings: verdict.findings.map(one => ({ ...one, text: FAULTS[one.fault] })) }
    const told = { cosigned: cosigned !== null, keysGiven: log.keysGiven }
    answer(given.flag('json'), { ...said, ...told }, checkedInWords(said, told))
    const more = log.keysGiven || signer !== null || remember !== undefined
    return isAsAsked(verdict, more) ? 0 : 1
  },
}

/** Whoever gives no key asks for the recomputation alone; `more`: a key, a cosignature or a memory, which want a sound log. */
function isAsAsked({ sound, consistent }: LogVerdict, more: boolean): boolean {
  return more ? sound : consistent
}

/** Looked at before the work: that a checkpoint cannot be read, or not be remembered, would be found out too late after it. */
function remembered(file: string | undefined): string[] {
  if (file === undefined) return []
  demandWritable(file, '--remember')
  return existsSync(file) ? [readText(file, '--remember')] : []
}

function recompute(log: LogAtHand, checkpoint: string | null, earlier: readonly string[]): Promise<LogVerdict> {
  const { source, keys } = log
  const asked = { source, keys, earlier, ...(checkpoint === null ? {} : { checkpoint }) }
  return readingLog(
    { bar: 'recomputing the log', unit: ['leaf', 'leaves'], refusal: 'The log cannot be read' },
    progress => checkLog({ ...asked, progress }),
  )
}

async function cosigner(keyFile: string | undefined): Promise<NoteSigner | null> {
  if (keyFile === undefined) return null
  const text = readText(keyFile, '--cosign').trim()
  try {
    return await signerFromKey(text)
  } catch (cause) {
    throw new UsageRefused(`--cosign ${keyFile} holds no signing key; make one with: vidne log key NAME --out FILE`, {
      cause,
    })
  }
}

async function handIn(cosigned: string, { post }: LogAtHand, out: string | undefined): Promise<void> {
  if (out !== undefined) await writeFile(out, cosigned)
  else if (post === null) process.stderr.write(cosigned)
  if (post === null) return
  const response = await fetch(post, { method: 'POST', body: cosigned }).catch(() => null)
  if (response?.ok === true) return
  throw new CommandRefused(
    `The log is sound, but ${post} did not take the cosignature (${response?.status ?? 'no answer'}). Its operator must name the ` +
      'key in the setting map_checkers.',
  )
}

export const logProve: CommandSpec = {
  name: 'log prove',
  positionals: ['A', 'B'],
  options: { ...logOptions, json: jsonOption },
  summary: 'shows that two checkpoints (files, receipts, or "now") are of one log that never forked',
  async run(given) {
    const log = await logAtHand(given)
    const notes = await Promise.all([0, 1].map(at => noteNamed(given.at(at), log)))
    const [a = '', b = ''] = notes
    const proven = await proveConsistency([a, b], log)
    if (proven.consistent) {
      const { oldSize, newSize } = proven
      const text = `One log: at size ${oldSize} it is the beginning of what it is at size ${newSize}.`
      answer(given.flag('json'), proven, [text, ...proven.proof])
      return 0
    }
    const text = PROVE_FAULTS[proven.because]
    answer(given.flag('json'), { ...proven, text }, [`Not shown (${proven.where}). ${text}`])
    return 1
  },
}

async function noteNamed(name: string, { newest, source }: LogAtHand): Promise<string> {
  if (name !== 'now') return readNote(name)
  const note = newest ?? (await source.checkpoint())
  if (note === null) throw new CommandRefused('The log shows no checkpoint.')
  return note
}

export const logKey: CommandSpec = {
  name: 'log key',
  positionals: ['NAME'],
  options: {
    out: { type: 'string', required: true, help: 'a new file for the signing key' },
    json: jsonOption,
  },
  summary: 'makes the key of a witness or map-checker, such as maps.example.org',
  async run(given) {
    const { skey, vkey } = await keyNamed(given.at(0))
    await writeKey(given.text('out'), skey)
    answer(given.flag('json'), { vkey, file: given.text('out') }, [
      vkey,
      'For map_checkers in the settings of the log, and for trust files:',
      `  witness ${given.at(0)} ${vkey}`,
      `  group map-checkers any ${given.at(0)}`,
    ])
    return 0
  },
}

async function writeKey(file: string, skey: string): Promise<void> {
  try {
    await writeFile(file, `${skey}\n`, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new CommandRefused(`--out ${file} is there already; a key is never replaced`, { cause })
    throw new UsageRefused(`--out ${file} cannot be written: ${faultWords(cause) ?? String(cause)}`, { cause })
  }
}

async function keyNamed(name: string) {
  try {
    return await generateKey(name, 'cosignature-ed25519')
  } catch (cause) {
    throw new UsageRefused(`"${name}" is no name of a key; take one such as maps.example.org`, { cause })
  }
}
