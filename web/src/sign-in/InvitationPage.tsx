import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Facts, Page, Panel } from '../../design/Page.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { withWords } from '../shell/page.tsx'
import { ChoosePassword } from './ChoosePassword.tsx'
import { entered } from './entered.ts'
import { makePasskey, passkeysWork } from './passkeys.ts'
import { secretOfLink } from './secret.ts'
import './sign-in.css'

/** Whoever has the link makes an account of their own, and is signed in. */
function Invitation() {
  const t = useTranslations('sign-in')
  const [secret] = useState(secretOfLink)
  if (secret === null || secret === 'refused')
    return (
      <Page title={t('invitation.title')}>
        <Notice tone="wait" title={t('invitation.none')}>
          {secret === null ? t('invitation.noneText') : t('invitation.refused')}
        </Notice>
      </Page>
    )
  return <Invited secret={secret} />
}

export const InvitationPage = withWords(['sign-in'], Invitation)

function Invited({ secret }: { secret: string }) {
  const t = useTranslations('sign-in')
  const found = useQuery({
    queryKey: ['invitation', secret],
    queryFn: () => vidne.invitation.look({ secret }),
    refetchOnWindowFocus: false,
  })
  if (found.isError)
    return (
      <Page title={t('invitation.title')}>
        <TroubleNotice error={found.error} />
      </Page>
    )
  if (found.data === undefined) return <Loading />
  const { name, agency, roles, ends, methods } = found.data
  const roleNames = roles.map(role => t(`roles.${role}`)).join(', ')
  return (
    <Page title={t('invitation.title')} lead={t('invitation.lead', { agency, name })}>
      <Facts
        facts={[
          { name: t('invitation.roles'), value: roleNames === '' ? t('invitation.noRoles') : roleNames },
          { name: t('invitation.ends'), value: <When at={ends} /> },
        ]}
      />
      <div className="ways-in">
        {methods.includes('passkey') && passkeysWork() && <MakePasskey secret={secret} />}
        {methods.includes('password') && (
          <Panel title={t('invitation.passwordTitle')}>
            <ChoosePassword secret={secret} />
          </Panel>
        )}
        {methods.includes('oidc') && <TieAgency secret={secret} />}
      </div>
    </Page>
  )
}

function MakePasskey({ secret }: { secret: string }) {
  const t = useTranslations('sign-in')
  const [none, setNone] = useState(false)
  const make = useMutation({
    mutationFn: async () => {
      setNone(false)
      const { options } = await vidne.invitation.askPasskey({ secret })
      const response = await makePasskey(options)
      if (response === null) return setNone(true)
      await vidne.invitation.passkey({ secret, response })
      await entered()
    },
  })
  return (
    <Panel title={t('passkey.title')}>
      <div className="stack">
        <p>{t('invitation.passkeyText')}</p>
        {none && (
          <Notice tone="wait" live>
            {t('passkey.none')}
          </Notice>
        )}
        {make.isError && <TroubleNotice error={make.error} />}
        <div>
          <Button weight="main" isPending={make.isPending} onPress={() => make.mutate()}>
            {t('invitation.passkeyAct')}
          </Button>
        </div>
      </div>
    </Panel>
  )
}

function TieAgency({ secret }: { secret: string }) {
  const t = useTranslations('sign-in')
  const tie = useMutation({
    mutationFn: () => vidne.invitation.oidc({ secret }),
    onSuccess: ({ url }) => location.assign(url),
  })
  return (
    <Panel title={t('oidc.title')}>
      <div className="stack">
        {tie.isError && <TroubleNotice error={tie.error} />}
        <div>
          <Button isPending={tie.isPending} onPress={() => tie.mutate()}>
            {t('invitation.oidcAct')}
          </Button>
        </div>
      </div>
    </Panel>
  )
}
