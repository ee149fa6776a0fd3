import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Confirm, Dialog } from '../../design/Dialog.tsx'
import { Facts, Page, Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { InvitationLink } from './Invite.tsx'
import { AccountState } from './PeoplePage.tsx'
import { Roles } from './Roles.tsx'
import { Sessions } from './Sessions.tsx'
import { Standing } from './Standing.tsx'
import { Tokens } from './Tokens.tsx'
import { MoveToUnit } from './Units.tsx'
import './people.css'

export type Details = Awaited<ReturnType<typeof vidne.people.one>>

/** One person: roles, account, trainings, and by what they are signed in. */
function Person() {
  const t = useTranslations('people')
  const { id } = useParams({ from: '/people/$id' })
  const { data } = useSuspenseQuery({
    queryKey: ['people', id],
    queryFn: (): Promise<Details> => vidne.people.one({ id }),
  })
  const me = usePerson()
  const manages = may(me, 'manage-people')
  return (
    <Page title={data.name}>
      <p>
        <Link to="/people">{t('one.back')}</Link>
      </p>
      <Panel>
        <Facts
          facts={[
            { name: t('one.account'), value: <AccountState of={data} /> },
            { name: t('one.unit'), value: data.unit ?? t('one.noUnit') },
            { name: t('one.policy'), value: t(data.policyAccepted ? 'one.accepted' : 'one.notAccepted') },
            { name: t('one.since'), value: <When at={data.since} as="day" /> },
          ]}
        />
        {may(me, 'manage-units') && <MoveToUnit person={data.name} unit={data.unit} />}
      </Panel>
      <Roles of={data} manages={manages} />
      {manages && <Account of={data} own={data.id === me.id} />}
      {(may(me, 'see-training') || data.id === me.id) && <Standing id={data.id} records={may(me, 'record-training')} />}
      {may(me, 'revoke-token') && <Sessions of={data.name} />}
      {may(me, 'revoke-token') && <Tokens of={data.name} />}
    </Page>
  )
}

export const PersonPage = withWords(['people'], Person)

function Account({ of, own }: { of: Details; own: boolean }) {
  const t = useTranslations('people')
  const [closing, setClosing] = useState(false)
  const done = () => questions.invalidateQueries({ queryKey: ['people'] })
  const again = useMutation({
    mutationFn: () => vidne.people.invite({ name: of.name, roles: [], unit: null }),
    onSuccess: done,
  })
  const withdraw = useMutation({ mutationFn: () => vidne.people.withdraw({ id: of.id }), onSuccess: done })
  const close = useMutation({
    mutationFn: () => vidne.people.closeAccount({ id: of.id }),
    onSuccess: done,
    onSettled: () => setClosing(false),
  })
  const failed = [again, withdraw, close].find(one => one.isError)
  return (
    <Panel title={t('one.account')}>
      <div className="stack">
        <p className="quiet">{t('one.againText')}</p>
        {failed !== undefined && <TroubleNotice error={failed.error} />}
        <div className="row">
          <Button isPending={again.isPending} onPress={() => again.mutate()}>
            {t('one.again')}
          </Button>
          {of.account === 'invited' && (
            <Button isPending={withdraw.isPending} onPress={() => withdraw.mutate()}>
              {t('one.withdraw')}
            </Button>
          )}
          {of.account === 'open' && !own && (
            <Button weight="danger" onPress={() => setClosing(true)}>
              {t('one.close')}
            </Button>
          )}
        </div>
      </div>
      {again.data !== undefined && (
        <Dialog title={t('one.again')} isOpen onClose={again.reset}>
          <InvitationLink name={of.name} link={again.data.link} onClose={again.reset} />
        </Dialog>
      )}
      <Confirm
        title={t('one.closeTitle')}
        consequence={t('one.closeText', { name: of.name })}
        act={t('one.close')}
        danger
        isOpen={closing}
        isPending={close.isPending}
        onClose={() => setClosing(false)}
        onConfirm={() => close.mutate()}
      />
    </Panel>
  )
}
