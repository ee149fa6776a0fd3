import { type AnyRoute, Link, useRouter } from '@tanstack/react-router'
import type { Me, SignedIn } from '@vidne/contract/me'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { isFor } from './for-whom.tsx'
import { Menus } from './Menus.tsx'
import { ways } from './navigation.ts'
import { Standing } from './Standing.tsx'
import './frame.css'

/** What stands around every page: where one is, how the installation stands, where one can go. */
export function Frame({
  me,
  trouble,
  retry,
  children,
}: {
  me: Me | null
  trouble: unknown
  retry: () => void
  children: ReactNode
}) {
  const t = useTranslations('shell')
  const person = me?.person ?? null
  return (
    <div className={`frame ${person === null ? 'alone' : ''}`}>
      <a className="skip" href="#page">
        {t('skip')}
      </a>
      <header className="top">
        <Link to="/" className="name">
          <img src="/desk/vidne.svg" alt="" width="28" height="28" />
          <span>Vidne</span>
        </Link>
        {person !== null && <span className="agency">{person.agency.name}</span>}
        <Menus person={person} />
      </header>
      {me !== null && <Standing me={me} trouble={trouble} />}
      {person !== null && <Ways person={person} />}
      <main id="page" className="main" tabIndex={-1}>
        {me === null ? trouble === null ? <Loading /> : <TroubleNotice error={trouble} retry={retry} /> : children}
      </main>
    </div>
  )
}

function Ways({ person }: { person: SignedIn }) {
  const routes: Readonly<Record<string, AnyRoute>> = useRouter().routesByPath
  const t = useTranslations('shell')
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const close = (event: KeyboardEvent) => event.key === 'Escape' && setOpen(false)
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [])
  return (
    <nav className="ways" aria-label={t('navigation')} data-open={open}>
      <button
        type="button"
        className="ways-button"
        aria-expanded={open}
        aria-controls="ways"
        onClick={() => setOpen(!open)}
      >
        <span aria-hidden="true">☰</span> {t('navigation')}
      </button>
      <ul id="ways">
        {ways
          .filter(way => isFor(routes[way.to]?.options.staticData.for ?? 'anybody', person))
          .map(way => (
            <li key={way.to}>
              <Link to={way.to} activeProps={{ 'aria-current': 'page' }} className="way" onClick={() => setOpen(false)}>
                {t(`ways.${way.name}`)}
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  )
}
