import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { CopyText } from '../../design/CopyText.tsx'
import { Checkbox } from '../../design/fields.tsx'
import { Page, Panel } from '../../design/Page.tsx'
import type { vidne } from '../connection/client.ts'

type Founded = Awaited<ReturnType<typeof vidne.setUp.found>>

/** What is shown once, each with what it is for; then the way to one's own account. */
export function Done({ done, agency, second }: { done: Founded; agency: string; second: string }) {
  const t = useTranslations('set-up')
  const [kept, setKept] = useState(false)
  const copy = (label: string, text: string) => (
    <CopyText label={label} text={text} act={t('done.copy')} done={t('done.copied')} />
  )
  return (
    <Page title={t('done.title')} lead={t('done.text')}>
      {done.second !== null && (
        <Panel title={t('done.second', { name: second })}>
          <div className="stack">
            <p>{t('done.secondText')}</p>
            {copy(t('done.second', { name: second }), new URL(done.second, location.origin).href)}
          </div>
        </Panel>
      )}
      <Panel title={t('done.trust')}>
        <div className="stack">
          <p>{t('done.trustText')}</p>
          <div>
            <Button onPress={() => save('trust.policy', done.trust)}>{t('done.trustAct')}</Button>
          </div>
        </div>
      </Panel>
      <Panel title={t('done.key')}>
        <div className="stack tight">
          <p>{t('done.keyText')}</p>
          <code>{done.masterKey}</code>
          <p>{t('done.copies')}</p>
          {done.vault.map(folder => (
            <code key={folder}>{folder}</code>
          ))}
        </div>
      </Panel>
      <Panel title={t('done.dock')}>
        <div className="stack">
          <p>{t('done.dockText')}</p>
          {copy(t('done.dock'), done.dockToken)}
        </div>
      </Panel>
      <Panel title={t('done.you')}>
        <div className="stack">
          <p>{t('done.youText')}</p>
          <Checkbox isSelected={kept} onChange={setKept}>
            {t('done.kept')}
          </Checkbox>
          <div>
            <Button weight="main" isDisabled={!kept} onPress={() => location.assign(done.invitation)}>
              {t('done.youAct')}
            </Button>
          </div>
          <p className="quiet small">{agency}</p>
        </div>
      </Panel>
    </Page>
  )
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
