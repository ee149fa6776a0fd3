import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { SHOWN } from './keys.ts'

/** The keys of the player, and what each does. */
export function KeyHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations('recording')
  return (
    <Dialog title={t('player.keys')} isOpen={isOpen} onClose={onClose}>
      <p>{t('player.keysLead')}</p>
      <dl className="keys">
        {SHOWN.map(([key, command]) => (
          <div key={key}>
            <dt>
              <kbd>{key === 'Space' ? t('player.space') : key}</kbd>
            </dt>
            <dd>{t(`key.${command}`)}</dd>
          </div>
        ))}
      </dl>
      <div>
        <Button onPress={onClose}>{t('close')}</Button>
      </div>
    </Dialog>
  )
}
