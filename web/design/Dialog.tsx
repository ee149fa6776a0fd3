import type { ReactNode } from 'react'
import { Dialog as Spoken, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Button } from './Button.tsx'
import './dialog.css'

/** A question that has to be answered before one goes on. Escape and "Cancel" always leave everything as it was. */
export function Dialog({
  title,
  isOpen,
  onClose,
  children,
  wide = false,
}: {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  wide?: boolean
}) {
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={open => !open && onClose()}>
      <Modal className={`modal ${wide ? 'wide' : ''}`}>
        <Spoken className="dialog">
          <Heading slot="title" className="dialog-title">
            {title}
          </Heading>
          {children}
        </Spoken>
      </Modal>
    </ModalOverlay>
  )
}

/** Asks before something that has consequences, and names them; the button says what will be done, never just "OK". */
export function Confirm({
  title,
  consequence,
  act,
  danger = false,
  isOpen,
  isPending = false,
  onClose,
  onConfirm,
}: {
  title: string
  consequence: ReactNode
  act: string
  danger?: boolean
  isOpen: boolean
  isPending?: boolean
  onClose: () => void
  onConfirm: () => void
}) {
  const t = useTranslations('shell')
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <div className="stack">
        {typeof consequence === 'string' ? <p>{consequence}</p> : consequence}
        <div className="row">
          <Button weight={danger ? 'danger' : 'main'} isPending={isPending} onPress={onConfirm}>
            {act}
          </Button>
          <Button weight="quiet" onPress={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
