import { Navigate } from '@tanstack/react-router'
import { lazy } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../design/Page.tsx'
import { useMe } from './me.ts'
import './first.css'

const NothingYet = lazy(async () => ({ default: (await import('../sign-in/NothingYet.tsx')).NothingYet }))

/** The first page: before anybody has set anything up, two doors; later the way in, and for who is in, their day. */
export function First() {
  const t = useTranslations('shell')
  const me = useMe().data
  if (me === undefined) return null
  const { installation, person } = me
  // Who is in needs no door: their day is what they came for.
  if (person !== null) return person.may.length === 0 ? <NothingYet /> : <Navigate to={'/today' as string} replace />
  return (
    <Page title={t('first.title')} lead={t('first.lead')}>
      <div className="doors">
        {installation.founded ? (
          <Door href="/sign-in" name={t('first.signIn')} text={t('first.signInText')} />
        ) : (
          <Door href="/set-up" name={t('first.setUp')} text={t('first.setUpText')} />
        )}
        <Door href="/tour" name={t('first.look')} text={t('first.lookText')} />
      </div>
      <p className="quiet">
        {t.rich('first.public', {
          policy: words => <a href="/policy">{words}</a>,
          deletions: words => <a href="/deletions">{words}</a>,
          status: words => <a href="/status">{words}</a>,
        })}
      </p>
    </Page>
  )
}

function Door({ href, name, text }: { href: string; name: string; text: string }) {
  return (
    <a className="door" href={href}>
      <strong>{name}</strong>
      <span>{text}</span>
    </a>
  )
}
