import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { TextField } from '../../design/fields.tsx'
import { Facts } from '../../design/Page.tsx'
import type { KeptFile } from './kept.ts'
import { useBytes } from './told.tsx'

/** What the installation has signed for: to be read, and to be kept by whoever brought the file. */
export function Receipt({ kept, isOpen, onClose }: { kept: KeptFile; isOpen: boolean; onClose: () => void }) {
  const t = useTranslations('bring-in')
  const bytes = useBytes()
  if (kept.receipt === null) return null
  const name = `${kept.path.slice(kept.path.lastIndexOf('/') + 1)}.receipt`
  return (
    <Dialog title={t('receipt.title')} isOpen={isOpen} onClose={onClose} wide>
      <div className="stack">
        <p>{t('receipt.text')}</p>
        <Facts
          facts={[
            { name: t('receipt.file'), value: kept.path },
            { name: t('receipt.length'), value: bytes(kept.bytes) },
            { name: t('receipt.recording'), value: <code>{kept.recording}</code> },
          ]}
        />
        <TextField label={t('receipt.itself')} isReadOnly lines={8} value={kept.receipt} />
        <div className="row">
          <Button weight="main" onPress={() => save(name, kept.receipt ?? '')}>
            {t('receipt.save')}
          </Button>
          <Button weight="quiet" onPress={onClose}>
            {t('receipt.close')}
          </Button>
          <Link to="/check">{t('receipt.check')}</Link>
        </div>
      </div>
    </Dialog>
  )
}

function save(name: string, text: string): void {
  const place = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = place
  link.download = name
  link.click()
  URL.revokeObjectURL(place)
}
