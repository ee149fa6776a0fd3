import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Panel } from '../../design/Page.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { entered } from './entered.ts'

/** Everybody of a rehearsal, by agency; one click takes their place. */
export function Personas() {
  const t = useTranslations('sign-in')
  const found = useQuery({ queryKey: ['personas'], queryFn: () => vidne.signIn.personas() })
  const take = useMutation({
    mutationFn: (person: string) => vidne.signIn.persona({ person }),
    onSuccess: () => entered(),
  })
  const agencies = [...Map.groupBy(found.data ?? [], one => one.agency.name)]
  return (
    <Panel title={t('persona.title')}>
      <div className="stack">
        <p>{t('persona.text')}</p>
        {found.isPending && <Loading />}
        {found.isError && <TroubleNotice error={found.error} retry={() => void found.refetch()} />}
        {take.isError && <TroubleNotice error={take.error} />}
        {agencies.map(([agency, people]) => (
          <section key={agency} className="stack tight" aria-label={agency}>
            <h3>{agency}</h3>
            <ul className="personas">
              {people.map(one => (
                <li key={one.person}>
                  <Button className="persona" isDisabled={take.isPending} onPress={() => take.mutate(one.person)}>
                    <span>
                      <strong>{t('persona.act', { name: one.name })}</strong>
                      <span className="quiet small block">
                        {one.roles.map(role => t(`roles.${role}`)).join(', ')}
                        {one.unit === null ? '' : ` · ${one.unit}`}
                      </span>
                    </span>
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Panel>
  )
}
