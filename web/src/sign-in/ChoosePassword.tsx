import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { TextField } from '../../design/fields.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { entered } from './entered.ts'
import { CodeField } from './CodeField.tsx'

const SHORTEST = 12

/** Name and password; then the first code of the authenticator confirms both. */
export function ChoosePassword({ secret }: { secret: string }) {
  const t = useTranslations('sign-in')
  const [account, setAccount] = useState('')
  const [password, setPassword] = useState('')
  const [repeated, setRepeated] = useState('')
  const [looked, setLooked] = useState(false)
  const choose = useMutation({ mutationFn: () => vidne.invitation.password({ secret, account, password }) })
  const short = looked && password.length < SHORTEST
  const differs = looked && repeated !== password
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setLooked(true)
    if (password.length >= SHORTEST && repeated === password) choose.mutate()
  }
  if (choose.data !== undefined) return <FirstCode secret={secret} {...choose.data} />
  return (
    <form className="stack" onSubmit={submit}>
      <p>{t('invitation.passwordText')}</p>
      <TextField
        label={t('invitation.account')}
        hint={t('invitation.accountHint')}
        value={account}
        onChange={setAccount}
        autoComplete="username"
        isRequired
      />
      <TextField
        label={t('invitation.password')}
        hint={t('invitation.passwordHint')}
        type="password"
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
        error={short ? t('invitation.short') : undefined}
        isRequired
      />
      <TextField
        label={t('invitation.repeat')}
        type="password"
        value={repeated}
        onChange={setRepeated}
        autoComplete="new-password"
        error={differs ? t('invitation.differs') : undefined}
        isRequired
      />
      {choose.isError && <TroubleNotice error={choose.error} />}
      <div>
        <Button type="submit" isPending={choose.isPending}>
          {t('invitation.next')}
        </Button>
      </div>
    </form>
  )
}

function FirstCode({ secret, uri, picture }: { secret: string; uri: string; picture: string }) {
  const t = useTranslations('sign-in')
  const [code, setCode] = useState('')
  const confirm = useMutation({
    mutationFn: () => vidne.invitation.code({ secret, code }),
    onSuccess: () => entered(),
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <form className="stack" onSubmit={submit}>
      <figure className="stack tight">
        <figcaption>{t('invitation.scan')}</figcaption>
        <img className="code-picture" src={picture} alt={t('invitation.scan')} />
      </figure>
      <p className="stack tight">
        <span>{t('invitation.secret')}</span>
        <code data-uri={uri}>{new URL(uri).searchParams.get('secret')}</code>
      </p>
      <CodeField label={t('invitation.code')} value={code} onChange={setCode} />
      {confirm.isError && <TroubleNotice error={confirm.error} />}
      <div>
        <Button type="submit" weight="main" isPending={confirm.isPending}>
          {t('invitation.confirm')}
        </Button>
      </div>
    </form>
  )
}
