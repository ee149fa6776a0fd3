import { type MessageKey, say } from '@vidne/locales/say'
import type { Role } from '@vidne/verifier/page/chosen'
import { chosenFolder, dropped } from '@vidne/verifier/page/folder'
import { type DragEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Checkbox } from '../../design/fields.tsx'
import { FileField } from '../../design/FileField.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Page, Panel } from '../../design/Page.tsx'
import { withWords } from '../shell/page.tsx'
import { useLanguage } from '../words/words.tsx'
import { type Judging, useJudging } from './judging.ts'
import { OutcomeView } from './VerdictView.tsx'

const MORE = ['checkpoint', 'demands', 'receipt', 'footage'] as const

/** Checks what somebody holds, without sending it anywhere; says plainly whose page this is. */
function Check() {
  const t = useTranslations('check')
  const { language } = useLanguage()
  const judging = useJudging()
  const { outcome } = judging
  const [round, setRound] = useState(0)
  const again = () => {
    judging.startOver()
    setRound(round + 1)
  }
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Notice tone="wait" title={t('whose.title')}>
        {t('whose.text')}
      </Notice>
      <Panel title={t('drop')} actions={<Button onPress={again}>{t('again')}</Button>}>
        <ChosenFiles key={round} judging={judging} />
      </Panel>
      {/* Stands there from the beginning, so that what comes into it is read aloud. */}
      <div aria-live="polite" aria-busy={outcome.state === 'checking'} data-state={outcome.state}>
        {outcome.state !== 'nothing' && (
          <Panel title={say(language, 'verdict.page.verdict')}>
            <OutcomeView outcome={outcome} />
          </Panel>
        )}
      </div>
    </Page>
  )
}

/** Dropping is only the quicker way: each file has its own field, for the keyboard too. */
function ChosenFiles({ judging: { chosen, choose, chooseLog, accept, take } }: { judging: Judging }) {
  const { language } = useLanguage()
  const [over, setOver] = useState(false)
  const file = (role: Role, hint?: MessageKey) => (
    <FileField
      key={role}
      label={say(language, `verdict.page.${role}`)}
      {...(hint === undefined ? {} : { hint: say(language, hint) })}
      chosen={chosen[role]?.name}
      onChoose={([one]) => choose(role, one ?? null)}
    />
  )
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void dropped(event.dataTransfer).then(take)
  }
  const hover = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <div
      role="presentation"
      className="drop"
      data-over={over}
      onDragOver={hover}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {file('subject')}
      {file('trust', 'verdict.page.trustHint')}
      <details>
        <summary>{say(language, 'verdict.page.more')}</summary>
        <div className="stack">
          <FileField
            label={say(language, 'verdict.page.log')}
            hint={say(language, 'verdict.page.logHint')}
            folder
            chosen={chosen.log?.name}
            onChoose={files => chooseLog(chosenFolder(files))}
          />
          {MORE.map(role => file(role))}
          <Checkbox isSelected={chosen.rehearsal} onChange={accept}>
            {say(language, 'verdict.page.rehearsal')}
          </Checkbox>
        </div>
      </details>
    </div>
  )
}

export const CheckPage = withWords(['check'], Check)
