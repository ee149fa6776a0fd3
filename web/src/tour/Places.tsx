import { useNavigate } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { useMe } from '../shell/me.ts'
import { type Demo, usePersonas, useTakingPlace } from './demo.ts'

/** Whose place one can take, by what they come for. The defence has no account: its place is a link. */
export function Places({ demo }: { demo: Demo }) {
  const t = useTranslations('tour')
  const personas = usePersonas()
  const taking = useTakingPlace()
  const navigate = useNavigate()
  const here = useMe().data?.person?.id
  const offered = demo.people.flatMap(({ duty, person }) => {
    const persona = personas.get(person)
    return persona === undefined ? [] : [{ duty, persona }]
  })
  const take = (person: string) => taking.mutate(person, { onSuccess: () => void navigate({ to: '/today' }) })
  return (
    <Panel title={t('places.title')} id="places">
      <p className="station-text">{t('places.text')}</p>
      {taking.isError && <TroubleNotice error={taking.error} />}
      <ul className="places">
        {offered.map(({ duty, persona }) => (
          <li key={duty} className="place">
            <strong>{t(`duty.${duty}`)}</strong>
            <span>{persona.name}</span>
            <span className="quiet small">{persona.unit ?? persona.agency.name}</span>
            <Button
              isPending={taking.isPending && taking.variables === persona.person}
              isDisabled={here === persona.person}
              {...(here === persona.person
                ? {}
                : { 'aria-label': t('places.takeOf', { name: persona.name, duty: t(`duty.${duty}`) }) })}
              onPress={() => take(persona.person)}
            >
              {here === persona.person ? t('places.here') : t('places.take')}
            </Button>
          </li>
        ))}
        <li className="place">
          <strong>{t('duty.defence')}</strong>
          <span>Pia Holm</span>
          <span className="quiet small">{t('places.noAccount')}</span>
          <a className="button plain" href={demo.link}>
            {t('places.openLink')}
          </a>
        </li>
      </ul>
    </Panel>
  )
}
