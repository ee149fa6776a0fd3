import { useEffect, type ReactNode } from 'react'
import './page.css'

/** The frame of every page: its one title, what it is for, and what can be done from here. */
export function Page({
  title,
  lead,
  actions,
  children,
  wide = false,
}: {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
  wide?: boolean
}) {
  useEffect(() => {
    document.title = `${title} · Vidne`
  }, [title])
  return (
    <div className={`page ${wide ? 'wide' : ''}`}>
      <header className="page-head">
        <div className="stack tight">
          <h1>{title}</h1>
          {lead !== undefined && <p className="lead quiet">{lead}</p>}
        </div>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A part of a page that stands for itself. */
export function Panel({
  title,
  actions,
  children,
  id,
  headingId,
}: {
  title?: string
  actions?: ReactNode
  children: ReactNode
  id?: string
  /** A table of contents leads to the heading by this; it takes the focus then. */
  headingId?: string
}) {
  return (
    <section
      className="panel"
      {...(id === undefined ? {} : { id })}
      {...(title === undefined ? {} : { 'aria-label': title })}
    >
      {(title !== undefined || actions !== undefined) && (
        <header className="row apart">
          {title !== undefined && (
            <h2 {...(headingId === undefined ? {} : { id: headingId, tabIndex: -1 })}>{title}</h2>
          )}
          {actions !== undefined && <div className="row">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  )
}

/** What stands where nothing is yet: why, and what to do next. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p className="lead">{title}</p>
      {typeof children === 'string' ? <p className="quiet">{children}</p> : children}
      {action}
    </div>
  )
}

export type Fact = { name: string; value: ReactNode; source?: ReactNode }

/** What is known of something, each with its name, and where it matters with its source. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(fact => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>
            {fact.value}
            {fact.source !== undefined && <span className="quiet small block">{fact.source}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
