import { useMutation } from '@tanstack/react-query'
import type { InstallationStanding } from '@vidne/contract/installation'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Facts, Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { may, usePerson } from '../shell/me.ts'

/** A backup that nobody has ever restored is a hope: so the day of the last trial stands beside it. */
export function Backups({ standing: { backupMade, restoreTried } }: { standing: InstallationStanding }) {
  const t = useTranslations('administration')
  const person = usePerson()
  const [noting, setNoting] = useState(false)
  return (
    <Panel
      title={t('backups.title')}
      actions={may(person, 'keep-installation') && <Button onPress={() => setNoting(true)}>{t('backups.note')}</Button>}
    >
      {backupMade === null && (
        <Notice tone="wait" title={t('backups.none')}>
          <p>
            {t('backups.noneText')} <code>vidne backup --out …</code>
          </p>
        </Notice>
      )}
      {restoreTried === null && (
        <Notice tone="wait" title={t('backups.untried')}>
          {t('backups.untriedText')}
        </Notice>
      )}
      <Facts
        facts={[
          {
            name: t('backups.made'),
            value: backupMade === null ? t('backups.never') : <When at={backupMade.at} />,
            source: backupMade === null ? undefined : <code>{backupMade.detail}</code>,
          },
          {
            name: t('backups.tried'),
            value: restoreTried === null ? t('backups.never') : <When at={restoreTried.at} />,
            source: restoreTried === null ? undefined : `${restoreTried.by}: ${restoreTried.detail}`,
          },
        ]}
      />
      <NoteRestore isOpen={noting} onClose={() => setNoting(false)} />
    </Panel>
  )
}

function NoteRestore({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations('administration')
  const [detail, setDetail] = useState('')
  const note = useMutation({
    mutationFn: () => vidne.installation.noteRestore({ detail }),
    onSuccess: async () => {
      await questions.invalidateQueries({ queryKey: ['installation'] })
      setDetail('')
      onClose()
    },
  })
  return (
    <Dialog title={t('backups.note')} isOpen={isOpen} onClose={onClose}>
      <form
        className="stack"
        onSubmit={event => {
          event.preventDefault()
          note.mutate()
        }}
      >
        <p>{t('backups.noteText')}</p>
        <TextField
          label={t('backups.detail')}
          hint={t('backups.detailHint')}
          value={detail}
          onChange={setDetail}
          lines={3}
          isRequired
        />
        {note.isError && <TroubleNotice error={note.error} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={note.isPending}>
            {t('backups.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
