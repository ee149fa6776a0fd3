import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { TextField } from './fields.tsx'

/** Asks before something that enters a history with its reason: names the consequence, and does it with the reason that was given. */
export function ReasonDialog({
  title,
  consequence,
  act,
  label,
  hint,
  isOpen,
  isPending = false,
  danger = true,
  trouble,
  onClose,
  onConfirm,
}: {
  title: string
  consequence: string
  act: string
  label: string
  hint: string
  isOpen: boolean
  isPending?: boolean
  danger?: boolean
  trouble?: ReactNode
  onClose: () => void
  onConfirm: (reason: string) => void
}) {
  const t = useTranslations('shell')
  const [reason, setReason] = useState('')
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <form
        className="stack"
        onSubmit={event => {
          event.preventDefault()
          if (reason.trim().length >= 3) onConfirm(reason.trim())
        }}
      >
        <p>{consequence}</p>
        <TextField label={label} hint={hint} value={reason} onChange={setReason} isRequired minLength={3} />
        {trouble}
        <div className="row">
          <Button type="submit" weight={danger ? 'danger' : 'main'} isPending={isPending}>
            {act}
          </Button>
          <Button weight="quiet" onPress={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
