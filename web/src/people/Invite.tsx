import { useMutation } from '@tanstack/react-query'
import type { Role } from '@vidne/contract/roles'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { CopyText } from '../../design/CopyText.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Checkbox, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { useSendsMail } from './MailAddress.tsx'
import { givenRoles } from './roles.ts'
import './people.css'

type PersonRole = Exclude<Role, 'dock'>

/** Asks for a name and roles, and shows the link that somebody makes their account by. */
export function Invite({ onClose }: { onClose: () => void }) {
  const t = useTranslations('people')
  const [name, setName] = useState('')
  const [unit, setUnit] = useState('')
  const [address, setAddress] = useState('')
  const sendsMail = useSendsMail()
  const [roles, setRoles] = useState<readonly PersonRole[]>([])
  const invite = useMutation({
    mutationFn: () => vidne.people.invite({ name, roles: [...roles], unit: orNull(unit), address: orNull(address) }),
    onSuccess: () => questions.invalidateQueries({ queryKey: ['people'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate()
  }
  const tick = (role: PersonRole, on: boolean) => setRoles(on ? [...roles, role] : roles.filter(one => one !== role))
  return (
    <Dialog title={t('invite.title')} isOpen onClose={onClose} wide>
      {invite.data === undefined ? (
        <form className="stack" onSubmit={submit}>
          <p>{t('invite.text')}</p>
          <TextField label={t('invite.name')} hint={t('invite.nameHint')} value={name} onChange={setName} isRequired />
          <fieldset className="stack tight">
            <legend>{t('invite.roles')}</legend>
            <div className="roles">
              {givenRoles.map(role => (
                <Checkbox key={role} isSelected={roles.includes(role)} onChange={on => tick(role, on)}>
                  {t(`role.${role}`)}
                </Checkbox>
              ))}
            </div>
          </fieldset>
          <TextField label={t('invite.unit')} hint={t('invite.unitHint')} value={unit} onChange={setUnit} />
          {sendsMail && (
            <TextField
              label={t('invite.address')}
              hint={t('invite.addressHint')}
              type="email"
              value={address}
              onChange={setAddress}
            />
          )}
          {invite.isError && <TroubleNotice error={invite.error} />}
          <div className="row">
            <Button type="submit" weight="main" isPending={invite.isPending}>
              {t('invite.send')}
            </Button>
          </div>
        </form>
      ) : (
        <InvitationLink name={name} link={invite.data.link} mailed={invite.data.mailed} onClose={onClose} />
      )}
    </Dialog>
  )
}

const orNull = (text: string) => (text.trim() === '' ? null : text)

/** Shown once. */
export function InvitationLink({
  name,
  link,
  mailed = false,
  onClose,
}: {
  name: string
  link: string
  mailed?: boolean
  onClose: () => void
}) {
  const t = useTranslations('people')
  return (
    <div className="stack">
      <Notice tone="good" live title={t('invite.done', { name })}>
        {t(mailed ? 'invite.mailedText' : 'invite.doneText')}
      </Notice>
      <CopyText
        label={t('invite.done', { name })}
        text={new URL(link, location.origin).href}
        act={t('invite.copy')}
        done={t('invite.copied')}
      />
      <div>
        <Button onPress={onClose}>{t('invite.close')}</Button>
      </div>
    </div>
  )
}
