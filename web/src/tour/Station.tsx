import type { ReactNode } from 'react'
import { Panel } from '../../design/Page.tsx'

/** One stop of the tour: its number, what it shows, and what can be tried there. */
export function Station({
  number,
  title,
  text,
  children,
}: {
  number: number
  title: string
  text: string
  children: ReactNode
}) {
  return (
    <Panel title={`${number}. ${title}`} id={`station-${number}`}>
      <p className="station-text">{text}</p>
      {children}
    </Panel>
  )
}
