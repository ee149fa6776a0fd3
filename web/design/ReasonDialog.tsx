import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { TextField } from './fields.tsx'
import { TroubleNotice } from './TroubleNotice.tsx'

const LEAST = 3

/**
 * Asks before something that enters a history with its reason: names the consequence, and does it with the reason that was given. Without
 * one nothing is sent, and what was typed stays when it could not be.
 */
export function ReasonDialog({
  title,
  consequence,
  act,
  label,
  hint,
  isOpen = true,
  isPending = false,
  danger = false,
  error = null,
  onClose,
  onConfirm,
}: {
  title: string
  consequence: string
  act: string
  label: string
  hint: string
  isOpen?: boolean
  isPending?: boolean
  danger?: boolean
  error?: unknown
  onClose: () => void
  onConfirm: (reason: string) => void
}) {
  const t = useTranslations('shell')
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const tooShort = reason.trim().length < LEAST
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!tooShort) onConfirm(reason.trim())
  }
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p>{consequence}</p>
        <TextField
          label={label}
          hint={hint}
          lines={3}
          value={reason}
          onChange={setReason}
          isRequired
          error={tried && tooShort ? hint : undefined}
        />
        {error !== null && <TroubleNotice error={error} />}
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
