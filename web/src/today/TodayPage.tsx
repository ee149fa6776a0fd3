import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Empty, Page, Panel } from '../../design/Page.tsx'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { BeginPart } from './Begin.tsx'
import { DuePart, HoldsPart, RequestsPart } from './Clerk.tsx'
import { ApprovalsPart, CamerasPart, ReviewsPart } from './Sergeant.tsx'
import { SystemPart } from './System.tsx'
import { MissingPart, UncategorisedPart } from './Wearer.tsx'
import './today.css'

/** What needs this person now, by what their roles are for; each part asks for itself. */
function Today() {
  const t = useTranslations('today')
  const person = usePerson()
  const is = (...roles: readonly string[]) => person.roles.some(role => roles.includes(role))
  const parts: [string, boolean, () => ReactNode][] = [
    ['begin', may(person, 'dock') && may(person, 'list'), BeginPart],
    ['happened', is('site-head') && may(person, 'export'), HappenedDoor],
    ['missing', is('wearer'), MissingPart],
    ['mine', is('wearer'), UncategorisedPart],
    ['approvals', may(person, 'read-questions') && !is('auditor'), ApprovalsPart],
    ['cameras', is('supervisor', 'commander') && may(person, 'see-operations'), CamerasPart],
    ['reviews', may(person, 'close-review'), ReviewsPart],
    ['requests', is('evidence-clerk', 'data-protection-officer'), RequestsPart],
    ['holds', is('evidence-clerk', 'data-protection-officer'), HoldsPart],
    ['due', is('evidence-clerk', 'data-protection-officer', 'site-head'), DuePart],
    ['system', is('system-administrator', 'agency-administrator'), SystemPart],
  ]
  const shown = parts.filter(([, wanted]) => wanted)
  return (
    <Page title={t('title')} lead={t('lead', { name: person.name })} wide>
      {shown.length === 0 ? (
        <Empty title={t('nothing.title')}>{t('nothing.text')}</Empty>
      ) : (
        <div className="today-parts">
          {shown.map(([name, , Part]) => (
            <Part key={name} />
          ))}
        </div>
      )}
    </Page>
  )
}

function HappenedDoor() {
  const t = useTranslations('today')
  return (
    <Panel title={t('happened.title')}>
      <p>{t('happened.door')}</p>
      <p>
        <Link href="/today/happened" className="button main">
          {t('happened.go')}
        </Link>
      </p>
    </Panel>
  )
}

export const TodayPage = withWords(['today'], Today)
