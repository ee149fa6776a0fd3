import type { MessageKey } from '@vidne/locales/say'
import { type Chosen, judge, type Role, roleOf } from '@vidne/verifier/page/chosen'
import type { Dropped, Folder } from '@vidne/verifier/page/folder'
import { Unreadable, type Verdict } from '@vidne/verifier/verdict'
import { useRef, useState } from 'react'

export type Outcome =
  | { state: 'nothing' }
  | { state: 'checking'; done: number; total: number; ms: number }
  | { state: 'verdict'; verdict: Verdict }
  | { state: 'unreadable'; why: Unreadable }
  | { state: 'trouble'; key: MessageKey }

export type Judging = {
  chosen: Chosen
  outcome: Outcome
  choose: (role: Role, file: File | null) => void
  chooseLog: (log: Folder | null) => void
  accept: (rehearsal: boolean) => void
  take: (dropped: Dropped) => Promise<void>
  startOver: () => void
}

const NONE: Chosen = { log: null, rehearsal: false }
const SHOWN_EVERY_MS = 100

/** What was chosen, and the verdict on it: checked anew with every change, in this browser, by the verifier's own code. */
export function useJudging(): Judging {
  const [chosen, setChosen] = useState<Chosen>(NONE)
  const [outcome, setOutcome] = useState<Outcome>({ state: 'nothing' })
  // Only the newest check may speak: a file can be exchanged while it is being read.
  const newest = useRef(0)

  const check = async (given: Chosen) => {
    setChosen(given)
    const own = ++newest.current
    const tell = (said: Outcome) => own === newest.current && setOutcome(said)
    const { subject } = given
    if (subject === undefined) return void tell({ state: 'nothing' })
    const began = performance.now()
    let shown = began
    tell({ state: 'checking', done: 0, total: 0, ms: 0 })
    const told = (done: number, total: number) => {
      const now = performance.now()
      if (now - shown < SHOWN_EVERY_MS) return
      shown = now
      tell({ state: 'checking', done, total, ms: now - began })
    }
    tell(await judgement({ ...given, subject }, told))
  }

  const choose = (role: Role, file: File | null) => {
    const { [role]: _, ...others } = chosen
    void check(file === null ? others : { ...others, [role]: file })
  }
  const take = async ({ files, folder }: Dropped) => {
    let given: Chosen = folder === null ? chosen : { ...chosen, log: folder }
    for (const file of files) given = { ...given, [await roleOf(file, given)]: file }
    await check(given)
  }
  return {
    chosen,
    outcome,
    choose,
    take,
    chooseLog: log => void check({ ...chosen, log }),
    accept: rehearsal => void check({ ...chosen, rehearsal }),
    startOver: () => void check(NONE),
  }
}

/** The outcome of one check: a verdict, or why there is none. */
export async function judgement(
  given: Chosen & { subject: File },
  told: (done: number, total: number) => void,
): Promise<Outcome> {
  try {
    return { state: 'verdict', verdict: await judge(given, told) }
  } catch (refusal) {
    if (refusal instanceof Unreadable) return { state: 'unreadable', why: refusal }
    // What a browser throws here is its own trouble (an old one, a file gone meanwhile) and must not look like a verdict.
    const old = refusal instanceof DOMException && refusal.name === 'NotSupportedError'
    return { state: 'trouble', key: old ? 'verdict.page.old' : 'verdict.page.failed' }
  }
}
