import { useEffect } from 'react'
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
  return (
    <div className="contents-beside">
      <Contents sections={told.sections} />
      <Text told={told} />
    </div>
  )
}

const anchorOf = ({ id }: Pick<Told['sections'][number], 'id'>) => `rules-${id}`

/** Where in this long text what is to be found. */
function Contents({ sections }: Pick<Told, 'sections'>) {
  const t = useTranslations('rules')
  // Whoever comes by an address with a place in it is led there, once the text has come; not again when it is asked for anew.
  useEffect(() => {
    if (location.hash.startsWith('#rules-')) goTo(document.getElementById(location.hash.slice(1)))
  }, [])
  return (
    <nav aria-label={t('contents')} className="contents">
      <p className="contents-name" aria-hidden="true">
        {t('contents')}
      </p>
      <ul>
        {sections.map(section => (
          <li key={section.id}>
            <a href={`#${anchorOf(section)}`} onClick={() => goTo(document.getElementById(anchorOf(section)))}>
              {section.heading}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The heading takes the focus, so that keyboard and reader go on from there. */
function goTo(heading: HTMLElement | null) {
  heading?.focus({ preventScroll: true })
  heading?.scrollIntoView()
}

function Text({ told }: { told: Told }) {
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
        <Panel key={section.id} title={section.heading} headingId={anchorOf(section)}>
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
