import { useTranslations } from 'use-intl'
import { Badge, type Tone } from '../../design/Notice.tsx'
import { Facts, Panel } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import type { vidne } from '../connection/client.ts'
import { useNames } from '../words/names.ts'

export type Told = Awaited<ReturnType<typeof vidne.policy.inWords>>
type Item = Told['sections'][number]['items'][number]

/** Law stands firmest; what is our own default is marked as such. */
const tones: Record<Item['standing'], Tone | 'none'> = {
  law: 'good',
  policy: 'info',
  seed: 'none',
  default: 'wait',
  taken: 'wait',
}

/** A version as people read it: each value in a sentence, with how strong it is and where it comes from. */
export function InWords({ told }: { told: Told }) {
  const t = useTranslations('rules')
  const names = useNames()
  return (
    <div className="stack">
      <Panel title={names('pack', told.pack)}>
        <Facts
          facts={[
            { name: t('since'), value: <When at={told.since} /> },
            { name: t('unit'), value: told.unit ?? t('agency') },
            { name: t('from'), value: <code>{told.pack}</code> },
            { name: t('digest'), value: <code>{told.digest}</code> },
          ]}
        />
        <div className="stack tight">
          <h3>{t('trust')}</h3>
          {told.trust.map(sentence => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      </Panel>
      {told.sections.map(section => (
        <Panel key={section.id} title={section.heading}>
          {section.lead !== null && <p>{section.lead}</p>}
          <ul className="rules">
            {section.items.map(item => (
              <Rule key={item.path} item={item} />
            ))}
          </ul>
        </Panel>
      ))}
    </div>
  )
}

function Rule({ item }: { item: Item }) {
  const t = useTranslations('rules')
  const ours = item.standing === 'default' || item.standing === 'taken'
  return (
    <li className="rule">
      <p>{item.says}</p>
      {item.more.map(one => (
        <p key={one} className="quiet">
          {one}
        </p>
      ))}
      <p className="rule-basis small">
        <Badge tone={tones[item.standing]}>{item.flag}</Badge>
        {item.dates !== null && <span>{item.dates}</span>}
        {item.source !== null && <span className="quiet">{t(ours ? 'note' : 'source', { source: item.source })}</span>}
      </p>
    </li>
  )
}
