import { readFile, writeFile } from 'node:fs/promises'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { type LogVerdict, checkLog, cosignLog } from '@vidne/verifier/log-check'
import { proveConsistency } from '@vidne/verifier/log-prove'
import { answer } from '../answers.ts'
import { CommandRefused, type CommandSpec, UsageRefused } from '../command.ts'
import { startProgress } from '../progress.ts'
import { jsonOption } from './data-folder.ts'
import { FAULTS, PROVE_FAULTS } from './log-faults.ts'
import { type LogAtHand, logAtHand, logOptions, readNote, readText } from './log-source.ts'

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
    const log = await logAtHand(given)
    const remember = given.maybe('remember')
    const before = remember === undefined ? null : await readFile(remember, 'utf8').catch(() => null)
    const chosen = given.maybe('checkpoint')
    const checkpoint = chosen === undefined ? log.newest : await readNote(chosen)
    const earlier = [...log.earlier, ...(before === null ? [] : [before])]
    const verdict = await recompute(log, checkpoint, earlier)
    const cosigned = verdict.sound ? await cosign(verdict, given.maybe('cosign')) : null
    if (cosigned !== null) await handIn(cosigned, log, given.maybe('out'))
    if (verdict.sound && remember !== undefined) await writeFile(remember, verdict.checkpoint)
    const said = { ...verdict, findings: verdict.findings.map(one => ({ ...one, text: FAULTS[one.fault] })) }
    answer(given.flag('json'), { ...said, cosigned: cosigned !== null }, lines(said, cosigned !== null))
    return verdict.sound ? 0 : 1
  },
}

async function recompute(log: LogAtHand, checkpoint: string | null, earlier: readonly string[]): Promise<LogVerdict> {
  const progress = startProgress('leaves', null)
  const work = checkLog({
    source: log.source,
    keys: log.keys,
    ...(checkpoint === null ? {} : { checkpoint }),
    earlier,
    progress: leaves => progress.at(leaves),
  })
  try {
    return await work
  } catch (cause) {
    throw new CommandRefused(`The log cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  } finally {
    progress.end()
  }
}

type Said = Omit<LogVerdict, 'findings'> & { findings: { fault: string; where: string; text: string }[] }

function lines({ sound, origin, size, events, mapRoots, statements, findings }: Said, cosigned: boolean): string[] {
  const counts = `${size} leaves: ${events} events, ${mapRoots} map roots, ${statements} statements`
  const head = sound
    ? `${origin ?? ''} is sound. ${counts}. Every tile, the signed root and every map root were recomputed; no label comes twice.`
    : `${origin ?? 'The log'} is not sound. ${counts}.`
  return [
    head,
    ...findings.map(({ fault, where, text }) => `  ${fault} (${where}): ${text}`),
    ...(cosigned ? ['Its checkpoint was countersigned.'] : []),
  ]
}

async function cosign(verdict: LogVerdict, keyFile: string | undefined): Promise<string | null> {
  if (keyFile === undefined) return null
  return cosignLog(verdict, await cosigner(keyFile))
}

async function cosigner(keyFile: string) {
  const text = (await readText(keyFile, '--cosign')).trim()
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
      const text = `One log: its first ${oldSize} leaves are the beginning of its ${newSize}.`
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
    const { skey, vkey } = await generateKey(given.at(0), 'cosignature-ed25519')
    await writeFile(given.text('out'), `${skey}\n`, { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
      throw new CommandRefused(`${given.text('out')} is there already or cannot be written; a key is never replaced`, {
        cause,
      })
    })
    answer(given.flag('json'), { vkey, file: given.text('out') }, [
      vkey,
      'For map_checkers in the settings of the log, and for trust files:',
      `  witness ${given.at(0)} ${vkey}`,
      `  group map-checkers any ${given.at(0)}`,
    ])
    return 0
  },
}
