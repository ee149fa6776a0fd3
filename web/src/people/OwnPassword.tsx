import { useMutation } from '@tanstack/react-query'
import { type ComponentType, type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { CopyText } from '../../design/CopyText.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { CodeField } from '../sign-in/CodeField.tsx'
import '../sign-in/sign-in.css'
import { ownChanged } from './own.ts'

const SHORTEST = 12

/** What of one's account is changed in a dialog, and says so when it is. */
function Changed({
  title,
  act,
  text,
  done,
  form: Form,
}: {
  title: string
  act: string
  text: string
  done: string
  form: ComponentType<{ onClose: (changed: boolean) => void }>
}) {
  const [open, setOpen] = useState(false)
  const [changed, setChanged] = useState(false)
  const close = (now: boolean) => {
    setOpen(false)
    setChanged(now)
  }
  return (
    <Panel title={title} actions={<Button onPress={() => setOpen(true)}>{act}</Button>}>
      <div className="stack">
        <p>{text}</p>
        {changed && (
          <Notice tone="good" live>
            {done}
          </Notice>
        )}
      </div>
      {open && <Form onClose={close} />}
    </Panel>
  )
}

/** Changes the password of who knows it, and puts every other browser out. */
export function OwnPassword({ name }: { name: string }) {
  const t = useTranslations('people')
  const words = { title: t('password.title'), act: t('password.act'), text: t('password.name', { name }) }
  return <Changed {...words} done={t('password.done')} form={ChangePassword} />
}

function ChangePassword({ onClose }: { onClose: (changed: boolean) => void }) {
  const t = useTranslations('people')
  const [old, setOld] = useState('')
  const [password, setPassword] = useState('')
  const [repeated, setRepeated] = useState('')
  const [looked, setLooked] = useState(false)
  const change = useMutation({
    mutationFn: () => vidne.ownAccount.changePassword({ old, password }),
    onSuccess: async () => {
      await questions.invalidateQueries({ queryKey: ['sessions'] })
      onClose(true)
    },
    onError: () => setOld(''),
  })
  const short = password.length < SHORTEST
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setLooked(true)
    if (!short && repeated === password) change.mutate()
  }
  return (
    <Dialog title={t('password.act')} isOpen onClose={() => onClose(false)}>
      <form className="stack" onSubmit={submit}>
        <p>{t('password.text')}</p>
        <PasswordField label={t('password.old')} value={old} onChange={setOld} />
        <TextField
          label={t('password.new')}
          hint={t('password.hint')}
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={setPassword}
          error={looked && short ? t('password.short') : undefined}
          isRequired
        />
        <TextField
          label={t('password.repeat')}
          type="password"
          autoComplete="new-password"
          value={repeated}
          onChange={setRepeated}
          error={looked && repeated !== password ? t('password.differs') : undefined}
          isRequired
        />
        {change.isError && <TroubleNotice error={change.error} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={change.isPending}>
            {t('password.act')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function PasswordField(props: { label: string; value: string; onChange: (value: string) => void }) {
  return <TextField {...props} type="password" autoComplete="current-password" isRequired />
}

/** A new secret for the authenticator; the one before counts until the new one has shown a code. */
export function NewAuthenticator() {
  const t = useTranslations('people')
  const words = { title: t('codes.title'), act: t('codes.act'), text: t('codes.text') }
  return <Changed {...words} done={t('codes.done')} form={ChangeCode} />
}

function ChangeCode({ onClose }: { onClose: (changed: boolean) => void }) {
  const t = useTranslations('people')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const askFor = useMutation({
    mutationFn: () => vidne.ownAccount.askCode({ password }),
    onError: () => setPassword(''),
  })
  const confirm = useMutation({
    mutationFn: () => vidne.ownAccount.confirmCode({ code }),
    onSuccess: () => onClose(true),
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (askFor.data === undefined) askFor.mutate()
    else confirm.mutate()
  }
  const failed = askFor.error ?? confirm.error
  return (
    <Dialog title={t('codes.act')} isOpen onClose={() => onClose(false)}>
      <form className="stack" onSubmit={submit}>
        {askFor.data === undefined ? (
          <PasswordField label={t('password.current')} value={password} onChange={setPassword} />
        ) : (
          <>
            <figure className="stack tight">
              <figcaption>{t('codes.scan')}</figcaption>
              <img className="code-picture" src={askFor.data.picture} alt={t('codes.scan')} />
            </figure>
            <p className="stack tight">
              <span>{t('codes.secret')}</span>
              <code data-uri={askFor.data.uri}>{new URL(askFor.data.uri).searchParams.get('secret')}</code>
            </p>
            <CodeField label={t('codes.code')} value={code} onChange={setCode} />
          </>
        )}
        {failed !== null && <TroubleNotice error={failed} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={askFor.isPending || confirm.isPending}>
            {askFor.data === undefined ? t('codes.next') : t('codes.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Codes for when the authenticator is lost: made when asked for, shown once. */
export function RecoveryCodes({ left }: { left: number }) {
  const t = useTranslations('people')
  const [open, setOpen] = useState(false)
  return (
    <Panel title={t('recovery.title')} actions={<Button onPress={() => setOpen(true)}>{t('recovery.act')}</Button>}>
      <div className="stack">
        <p>{t('recovery.text')}</p>
        <p>{t('recovery.left', { count: left })}</p>
      </div>
      {open && <MakeCodes onClose={() => setOpen(false)} />}
    </Panel>
  )
}

function MakeCodes({ onClose }: { onClose: () => void }) {
  const t = useTranslations('people')
  const [password, setPassword] = useState('')
  const make = useMutation({
    mutationFn: () => vidne.ownAccount.recoveryCodes({ password }),
    onSuccess: ownChanged,
    onError: () => setPassword(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <Dialog title={t('recovery.act')} isOpen onClose={onClose}>
      {make.data === undefined ? (
        <form className="stack" onSubmit={submit}>
          <p>{t('recovery.ask')}</p>
          <PasswordField label={t('password.current')} value={password} onChange={setPassword} />
          {make.isError && <TroubleNotice error={make.error} />}
          <div className="row">
            <Button type="submit" weight="main" isPending={make.isPending}>
              {t('recovery.make')}
            </Button>
          </div>
        </form>
      ) : (
        <div className="stack">
          <Notice tone="good" live title={t('recovery.made')}>
            {t('recovery.madeText')}
          </Notice>
          <ul className="recovery-codes">
            {make.data.codes.map(code => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ul>
          <CopyText
            label={t('recovery.title')}
            text={make.data.codes.join(' ')}
            act={t('recovery.copy')}
            done={t('invite.copied')}
          />
          <div>
            <Button onPress={onClose}>{t('invite.close')}</Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}
