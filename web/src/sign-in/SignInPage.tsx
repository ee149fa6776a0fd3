import { useMutation } from '@tanstack/react-query'
import type { Me } from '@vidne/contract/me'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Page, Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { useMe } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { entered } from './entered.ts'
import { passkeysWork, usePasskey } from './passkeys.ts'
import { Personas } from './Personas.tsx'
import './sign-in.css'
import { CodeField } from './CodeField.tsx'

function SignIn() {
  const t = useTranslations('sign-in')
  const [refused] = useState(() => location.hash === '#refused')
  const methods = useMe().data?.installation.methods ?? []
  const has = (method: Me['installation']['methods'][number]) => methods.includes(method)
  return (
    <Page title={t('title')} lead={t('lead')}>
      {refused && (
        <Notice tone="stop" live>
          {t('oidc.refused')}
        </Notice>
      )}
      {has('persona') && <Personas />}
      <div className="ways-in">
        {has('passkey') && passkeysWork() && <ByPasskey />}
        {has('password') && <ByPassword />}
        {has('oidc') && <ByAgency />}
      </div>
      <p className="quiet">{t('help')}</p>
    </Page>
  )
}

export const SignInPage = withWords(['sign-in'], SignIn)

function ByPasskey() {
  const t = useTranslations('sign-in')
  const [none, setNone] = useState(false)
  const sign = useMutation({
    mutationFn: async () => {
      setNone(false)
      const { options } = await vidne.signIn.askPasskey()
      const response = await usePasskey(options)
      if (response === null) return setNone(true)
      await vidne.signIn.passkey({ response })
      await entered()
    },
  })
  return (
    <Panel title={t('passkey.title')}>
      <div className="stack">
        <p>{t('passkey.text')}</p>
        {none && (
          <Notice tone="wait" live>
            {t('passkey.none')}
          </Notice>
        )}
        {sign.isError && <TroubleNotice error={sign.error} />}
        <div>
          <Button weight="main" isPending={sign.isPending} onPress={() => sign.mutate()}>
            {t('passkey.act')}
          </Button>
        </div>
      </div>
    </Panel>
  )
}

function ByPassword() {
  const t = useTranslations('sign-in')
  const [account, setAccount] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const sign = useMutation({
    mutationFn: () => vidne.signIn.password({ account, password, code }),
    onSuccess: () => entered(),
    // What is right may stay; the code has counted.
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    sign.mutate()
  }
  return (
    <Panel title={t('password.title')}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t('password.account')}
          value={account}
          onChange={setAccount}
          autoComplete="username"
          isRequired
        />
        <TextField
          label={t('password.password')}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          isRequired
        />
        <CodeField label={t('password.code')} hint={t('password.codeHint')} value={code} onChange={setCode} recovers />
        {sign.isError && <TroubleNotice error={sign.error} />}
        <div>
          <Button type="submit" isPending={sign.isPending}>
            {t('password.act')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function ByAgency() {
  const t = useTranslations('sign-in')
  const go = useMutation({
    mutationFn: () => vidne.signIn.askOidc(),
    onSuccess: ({ url }) => location.assign(url),
  })
  return (
    <Panel title={t('oidc.title')}>
      <div className="stack">
        {go.isError && <TroubleNotice error={go.error} />}
        <div>
          <Button isPending={go.isPending} onPress={() => go.mutate()}>
            {t('oidc.act')}
          </Button>
        </div>
      </div>
    </Panel>
  )
}
