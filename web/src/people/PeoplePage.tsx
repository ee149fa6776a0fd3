import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { PersonRow } from '@vidne/contract/persons'
import { Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { TextField } from '../../design/fields.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Empty, Page, Panel } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { Tabs } from '../../design/Tabs.tsx'
import { Loading } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { Invite } from './Invite.tsx'
import { Readiness } from './Readiness.tsx'
import { Sessions } from './Sessions.tsx'
import { Tokens } from './Tokens.tsx'
import { Units } from './Units.tsx'

export const peopleQuestion = { queryKey: ['people'], queryFn: (): Promise<PersonRow[]> => vidne.people.list() }

/** Who works here, and what each of them may do. */
function People() {
  const t = useTranslations('people')
  const me = usePerson()
  const manages = may(me, 'manage-people')
  const [inviting, setInviting] = useState(false)
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        manages && (
          <Button weight="main" onPress={() => setInviting(true)}>
            {t('invite.act')}
          </Button>
        )
      }
    >
      <Tabs
        label={t('title')}
        sides={[
          {
            id: 'people',
            name: t('title'),
            content: (
              <Suspense fallback={<Loading />}>
                <Roster />
              </Suspense>
            ),
          },
          ...(may(me, 'see-training')
            ? [{ id: 'readiness', name: t('ready.title'), content: <Readiness /> } as const]
            : []),
          { id: 'units', name: t('units.title'), content: <Units manages={may(me, 'manage-units')} /> },
          { id: 'sessions', name: t('sessions.title'), content: <Sessions of={null} /> },
          { id: 'tokens', name: t('tokens.title'), content: <Tokens of={null} /> },
        ]}
      />
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </Page>
  )
}

export const PeoplePage = withWords(['people'], People)

function Roster() {
  const t = useTranslations('people')
  const { data: people } = useSuspenseQuery(peopleQuestion)
  const [wanted, setWanted] = useState('')
  const found = people.filter(one => one.name.toLowerCase().includes(wanted.trim().toLowerCase()))
  const columns: Column<PersonRow>[] = [
    {
      id: 'name',
      name: t('list.name'),
      cell: one => (
        <Link to="/people/$id" params={{ id: one.id }}>
          {one.name}
        </Link>
      ),
    },
    {
      id: 'roles',
      name: t('list.roles'),
      cell: one =>
        one.roles.length === 0 ? (
          <Badge tone="wait">{t('list.noRoles')}</Badge>
        ) : (
          one.roles.map(role => t(`role.${role}`)).join(', ')
        ),
    },
    { id: 'unit', name: t('list.unit'), cell: one => one.unit ?? '–' },
    { id: 'account', name: t('list.account'), cell: one => <AccountState of={one} /> },
  ]
  return (
    <Panel>
      <div className="stack">
        {people.length > 10 && <TextField label={t('list.search')} value={wanted} onChange={setWanted} type="search" />}
        {people.length < 2 && <Empty title={t('empty.title')}>{t('empty.text')}</Empty>}
        <Table caption={t('list.caption')} columns={columns} rows={found} keyOf={one => one.id} />
      </div>
    </Panel>
  )
}

/** Whether somebody can sign in at the desk. */
export function AccountState({ of }: { of: PersonRow }) {
  const t = useTranslations('people')
  const tone = { open: 'good', invited: 'wait', none: 'none' } as const
  return (
    <span className="row">
      <Badge tone={tone[of.account]}>{t(`account.${of.account}`)}</Badge>
      {of.invitedUntil !== null && (
        <span className="quiet small">
          {t('until')} <When at={of.invitedUntil} />
        </span>
      )}
    </span>
  )
}
