import { useTranslations } from 'use-intl'
import type { Demo } from './demo.ts'
import { Station } from './Station.tsx'

/** The same recording as the defence has it: by a link, without an account, with a verifier from somebody else. */
export function DefenceStation({ demo }: { demo: Demo }) {
  const t = useTranslations('tour')
  return (
    <Station number={4} title={t('defence.title')} text={t('defence.text')}>
      <ol className="steps">
        <li>{t('defence.open')}</li>
        <li>{t('defence.unpack')}</li>
        <li>
          {t.rich('defence.verify', {
            check: words => <a href="/check">{words}</a>,
          })}
        </li>
      </ol>
      <div>
        <a className="button main" href={demo.link}>
          {t('places.openLink')}
        </a>
      </div>
    </Station>
  )
}
