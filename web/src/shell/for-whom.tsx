import { Link, useMatches } from '@tanstack/react-router'
import type { Act } from '@vidne/contract/acts'
import type { Me, SignedIn } from '@vidne/contract/me'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Empty, Page } from '../../design/Page.tsx'
import { may } from './me.ts'

/** Whom a page is for: anybody, everybody who is signed in, or whoever may do one of these acts. */
export type ForWhom = 'anybody' | 'signed-in' | readonly Act[]

declare module '@tanstack/react-router' {
  // No page without it: what the navigation offers and what a typed address shows are the same word.
  interface StaticDataRouteOption {
    for: ForWhom
  }
}

/** Whether the page is for somebody; null: nobody is signed in. */
export function isFor(whom: ForWhom, person: SignedIn | null): boolean {
  if (whom === 'anybody') return true
  if (person === null) return false
  return whom === 'signed-in' || may(person, ...whom)
}

/** The page of the address, for whom it is meant for. Anybody else is shown the way in, or told that it is not for them. */
export function Guarded({ me, children }: { me: Me; children: ReactNode }) {
  const t = useTranslations('shell')
  const whom = useMatches({ select: matches => matches.at(-1)?.staticData.for }) ?? 'anybody'
  if (isFor(whom, me.person)) return children
  if (me.person === null)
    return (
      <Page title={t('first.signIn')}>
        <Empty title={t('first.signInText')} action={<a href="/sign-in">{t('first.signIn')}</a>} />
      </Page>
    )
  return (
    <Page title={t('notForYou.title')}>
      <div className="stack">
        <p>{t('notForYou.text', { agency: me.person.agency.name })}</p>
        <p>
          <Link to="/today">{t('notForYou.today')}</Link>
        </p>
      </div>
    </Page>
  )
}
