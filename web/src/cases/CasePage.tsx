import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { WholeCase } from '@vidne/contract/cases'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Page, Panel } from '../../design/Page.tsx'
import { ReasonDialog } from '../../design/ReasonDialog.tsx'
import { Tabs } from '../../design/Tabs.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { CaseHeader } from './CaseHeader.tsx'
import { CaseLinks } from './CaseLinks.tsx'
import { CasePackage } from './CasePackage.tsx'
import { CasePeople } from './CasePeople.tsx'
import { CaseWork } from './CaseWork.tsx'
import { Exhibits } from './Exhibits.tsx'
import { useDoing } from './doing.ts'

/** One case: what belongs to it, who works on it, what is given away of it. */
function OneCase() {
  const { id } = useParams({ from: '/cases/$id' })
  const t = useTranslations('cases')
  const found = useQuery({
    queryKey: ['cases', id],
    queryFn: () => vidne.cases.show({ id }),
    refetchInterval: 15_000,
  })
  if (found.isPending) return <Loading />
  if (found.isError) {
    return (
      <Page title={t('title')}>
        <TroubleNotice error={found.error} retry={() => void found.refetch()} />
        <p>
          <Link to="/cases">{t('back')}</Link>
        </p>
      </Page>
    )
  }
  return <Whole found={found.data} />
}

export type CaseProps = { found: WholeCase }

function Whole({ found }: CaseProps) {
  const t = useTranslations('cases')
  const { entries, may: mayHere } = found
  const sides = [
    { id: 'exhibits' as const, name: t('sides.exhibits'), content: <Exhibits found={found} /> },
    ...(entries === null
      ? []
      : [
          { id: 'people' as const, name: t('sides.people'), content: <CasePeople found={found} /> },
          {
            id: 'work' as const,
            name: t('sides.work'),
            content: <CaseWork id={found.id} entries={entries} mayWrite={mayHere.write && found.state === 'open'} />,
          },
          { id: 'give' as const, name: t('sides.give'), content: <Give found={found} /> },
        ]),
  ]
  return (
    <Page
      title={t('labels.case') + ` ${found.number}`}
      lead={found.title}
      actions={mayHere.write && <StateButton found={found} />}
    >
      <Panel>
        <div className="row">
          <Badge tone={found.state === 'open' ? 'info' : 'none'}>{t(`states.${found.state}`)}</Badge>
          <span className="quiet">{t('opened', { name: found.openedBy })}</span>
          <When at={found.openedAt} as="day" />
          <Link to="/cases">{t('back')}</Link>
        </div>
        {found.goes !== null && (
          <p>
            {t('goes.on')} <When at={found.goes.at} as="day" />
            {found.goes.footage > 0 && ` ${t('goes.footage', { count: found.goes.footage })}`}
          </p>
        )}
        {entries !== null && <CaseHeader found={found} />}
      </Panel>
      {found.without > 0 && found.state === 'open' && <Lacking found={found} />}
      <Tabs label={found.number} sides={sides} />
    </Page>
  )
}

function Give({ found }: CaseProps) {
  const exports = may(usePerson(), 'export')
  return (
    <div className="stack roomy">
      {exports && <CasePackage found={found} />}
      <CaseLinks found={found} />
    </div>
  )
}

/** Who added a person or an exhibit may not have been allowed to let others see; whoever is does it here. */
function Lacking({ found }: CaseProps) {
  const t = useTranslations('cases')
  const grant = useDoing(found.id, () => vidne.cases.grant({ id: found.id }))
  return (
    <Notice tone="wait">
      <p>{t('without', { count: found.without })}</p>
      {found.may.people ? (
        <div>
          <Button isPending={grant.isPending} onPress={() => grant.mutate()}>
            {t('grant')}
          </Button>
        </div>
      ) : (
        <p>{t('ask')}</p>
      )}
      {grant.isError && <TroubleNotice error={grant.error} />}
    </Notice>
  )
}

function StateButton({ found: { id, state } }: CaseProps) {
  const t = useTranslations('cases')
  const questions = useQueryClient()
  const [asks, setAsks] = useState(false)
  const next = state === 'open' ? 'closed' : 'open'
  const words = state === 'open' ? 'close' : 'reopen'
  const change = useDoing(id, async (reason: string) => {
    await vidne.cases.setState({ id, state: next, reason })
    setAsks(false)
    await questions.invalidateQueries({ queryKey: ['cases', 'list'] })
  })
  return (
    <>
      <Button onPress={() => setAsks(true)}>{t(`${words}.act`)}</Button>
      <ReasonDialog
        title={t(`${words}.act`)}
        consequence={t(`${words}.consequence`)}
        act={t(`${words}.act`)}
        label={t('reason')}
        hint={t('reasonHint')}
        danger={state === 'open'}
        isOpen={asks}
        isPending={change.isPending}
        error={change.error}
        onClose={() => setAsks(false)}
        onConfirm={reason => change.mutate(reason)}
      />
    </>
  )
}

export const CasePage = withWords(['cases', 'work'], OneCase)
