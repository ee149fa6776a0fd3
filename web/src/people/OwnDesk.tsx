import { useTranslations } from 'use-intl'
import { Select } from '../../design/fields.tsx'
import { Facts, Panel } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import { languageNames, languages } from '../words/language.ts'
import { useNow } from '../words/now.ts'
import { useLanguage } from '../words/words.tsx'

/** The language of this device, and the zone in which all times are told. */
export function OwnDesk() {
  const t = useTranslations('people')
  const { language, choose, zone } = useLanguage()
  return (
    <Panel title={t('desk.title')}>
      <div className="stack">
        <Select
          label={t('desk.language')}
          hint={t('desk.languageHint')}
          choices={languages.map(id => ({ id, name: languageNames[id] }))}
          value={language}
          onChange={choose}
        />
        <Facts
          facts={[
            { name: t('desk.zone'), value: zone, source: t('desk.zoneText') },
            { name: t('desk.now'), value: <When at={useNow()} as="exact" /> },
          ]}
        />
      </div>
    </Panel>
  )
}
