import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { vidne } from '../connection/client.ts'
import { recordingKey } from './questions.ts'

/** What somebody says before he looks. */
export type Wish = { readonly purpose: string; readonly case?: string; readonly ownReport?: boolean }

/** A view that is open: its footage is at `media`, for this session alone, until then. */
export type OpenView = {
  readonly view: string
  readonly media: string
  readonly until: string
  readonly purpose: string
}

/** A second person has been asked; `wish`: exactly what about. */
export type Waiting = { readonly approval: string; readonly deadline: string; readonly wish: Wish }

export type Looking =
  | { readonly state: 'closed'; readonly ended: boolean }
  | { readonly state: 'waiting'; readonly waiting: Waiting }
  | { readonly state: 'open'; readonly view: OpenView }

const keptUnder = (recording: string) => `vidne.looking.${recording}`

/** What was under way in this tab, so that reloading the page is no further view. It is worth nothing in any other session. */
function kept(recording: string): Looking {
  try {
    const text = sessionStorage.getItem(keptUnder(recording))
    const looking: Looking | null = text === null ? null : JSON.parse(text)
    if (looking?.state === 'waiting') return looking
    if (looking?.state === 'open' && !isOver(looking.view)) return looking
  } catch {
    // What an older version of the desk kept is not ours any more.
  }
  return { state: 'closed', ended: false }
}

/** Looking at one recording: asked, waited for, open, over. */
export function useLooking(recording: string) {
  const [looking, setLooking] = useState(() => kept(recording))
  const questions = useQueryClient()
  const change = (next: Looking) => {
    if (next.state === 'closed') sessionStorage.removeItem(keptUnder(recording))
    else sessionStorage.setItem(keptUnder(recording), JSON.stringify(next))
    setLooking(next)
  }
  const ask = useMutation({
    mutationFn: async (wish: Wish): Promise<Looking> => {
      const answer = await vidne.recordings.view({ id: recording, ...wish })
      if (answer.state === 'waiting')
        return { state: 'waiting', waiting: { approval: answer.approval, deadline: answer.deadline, wish } }
      const { view, media, until } = answer
      return { state: 'open', view: { view, media, until, purpose: wish.purpose } }
    },
    onSuccess: next => {
      change(next)
      // It stands in the history now, and among those who have looked.
      void questions.invalidateQueries({ queryKey: recordingKey(recording) })
    },
  })
  useEnd(looking.state === 'open' ? looking.view : null, () => change({ state: 'closed', ended: true }))
  return { looking, ask, close: () => change({ state: 'closed', ended: false }) }
}

/** Tells when an open view is over. */
export function useEnd(view: Pick<OpenView, 'until'> | null, end: () => void): void {
  useEffect(() => {
    if (view === null) return
    const look = setInterval(() => isOver(view) && end(), 1000)
    return () => clearInterval(look)
  })
}

function isOver({ until }: Pick<OpenView, 'until'>): boolean {
  return Date.parse(until) <= installationNow()
}

let ahead = 0

/** The installation's clock runs apart from this device's; in a rehearsal by weeks. */
export function setInstallationClock(now: string | null, heardAt: number): void {
  if (now !== null) ahead = Date.parse(now) - heardAt
}

export function installationNow(): number {
  return Date.now() + ahead
}

/** Where a part of what is shown lies, beside the footage itself. */
export function partOf({ media }: OpenView, name: string, query = ''): string {
  const [path = '', view = ''] = media.split('?', 2)
  return `${path}/${name}?${view}${query}`
}
