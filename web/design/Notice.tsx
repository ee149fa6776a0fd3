import type { ReactNode } from 'react'
import './notice.css'

export type Tone = 'info' | 'good' | 'wait' | 'stop'

const marks: Record<Tone, string> = { info: 'i', good: '✓', wait: '!', stop: '×' }

/** Something one should know before going on; told by its mark and its words, the colour only helps. `live`: read out when it appears. */
export function Notice({
  tone,
  title,
  children,
  live = false,
}: {
  tone: Tone
  title?: string
  children?: ReactNode
  live?: boolean
}) {
  return (
    <div className={`notice ${tone}`} {...(live ? { role: tone === 'stop' ? 'alert' : 'status' } : {})}>
      <span className="notice-mark" aria-hidden="true">
        {marks[tone]}
      </span>
      <div className="stack tight">
        {title !== undefined && <strong>{title}</strong>}
        {typeof children === 'string' ? <p>{children}</p> : children}
      </div>
    </div>
  )
}

/** A state in one or two words; its mark differs by tone, so that it is not told by colour alone. */
export function Badge({ tone, children }: { tone: Tone | 'none'; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>
}
