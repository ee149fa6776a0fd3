import { useMutation } from '@tanstack/react-query'
import type { Role } from '@vidne/contract/roles'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { CopyText } from '../../design/CopyText.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { useNow } from '../words/now.ts'
import { useLanguage } from '../words/words.tsx'
import { dayIn } from '../words/zoned.ts'
import { givenRoles } from './roles.ts'

const DAY_MS = 86_400_000
const DAYS = 365

/** A token for a dock or a program, with one role: its secret is shown once. */
export function MakeToken({ onClose }: { onClose: () => void }) {
  const t = useTranslations('people')
  const { zone } = useLanguage()
  const inAYear = dayIn(zone, useNow() + DAYS * DAY_MS)
  const [person, setPerson] = useState('')
  const [role, setRole] = useState<Role>('dock')
  const [expires, setExpires] = useState(inAYear)
  const make = useMutation({
    mutationFn: () => vidne.tokens.create({ person, role, expires }),
    onSuccess: () => Promise.all(['tokens', 'people'].map(one => questions.invalidateQueries({ queryKey: [one] }))),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  const roles = (['dock', ...givenRoles] as const).map(id => ({ id, name: t(`role.${id}`) }))
  return (
    <Dialog title={t('tokens.make')} isOpen onClose={onClose} wide>
      {make.data === undefined ? (
        <form className="stack" onSubmit={submit}>
          <p>{t('tokens.makeText')}</p>
          <TextField label={t('tokens.of')} hint={t('tokens.ofHint')} value={person} onChange={setPerson} isRequired />
          <Select<Role>
            label={t('tokens.may')}
            hint={t('tokens.mayHint')}
            choices={roles}
            value={role}
            onChange={setRole}
          />
          <DayField
            label={t('tokens.until')}
            hint={t('tokens.untilHint')}
            value={expires}
            onChange={setExpires}
            isRequired
          />
          {make.isError && <TroubleNotice error={make.error} />}
          <div className="row">
            <Button type="submit" weight="main" isPending={make.isPending}>
              {t('tokens.makeAct')}
            </Button>
          </div>
        </form>
      ) : (
        <Made name={person} token={make.data.token} onClose={onClose} />
      )}
    </Dialog>
  )
}

/** Shown once. */
function Made({ name, token, onClose }: { name: string; token: string; onClose: () => void }) {
  const t = useTranslations('people')
  return (
    <div className="stack">
      <Notice tone="good" live title={t('tokens.made', { name })}>
        {t('tokens.madeText')}
      </Notice>
      <CopyText label={t('tokens.made', { name })} text={token} act={t('tokens.copy')} done={t('invite.copied')} />
      <div>
        <Button onPress={onClose}>{t('invite.close')}</Button>
      </div>
    </div>
  )
}
