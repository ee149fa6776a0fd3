import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { InWords } from './InWords.tsx'

/** What is in force for this person; where it wants to be accepted, that is done at its end, by who has come there. */
export function InForce() {
  const t = useTranslations('rules')
  const shown = useQuery({ queryKey: ['rules', 'shown'], queryFn: () => vidne.policy.show({}) })
  const told = useQuery({ queryKey: ['rules', 'in-words'], queryFn: () => vidne.policy.inWords({}) })
  const waits = shown.data?.acceptance === 'wanted' && !shown.data.accepted
  return (
    <div className="stack">
      {waits && (
        <Notice tone="wait" title={t('accept.title')}>
          {t('accept.text')}
        </Notice>
      )}
      <Answer of={told}>{version => <InWords told={version} />}</Answer>
      <Answer of={shown}>
        {({ acceptance, accepted, digest }) =>
          accepted ? (
            <Notice tone="good" live>
              {t('accept.done')}
            </Notice>
          ) : acceptance === 'wanted' ? (
            <Accept digest={digest} />
          ) : (
            <p className="quiet">{t('accept.not-needed')}</p>
          )
        }
      </Answer>
    </div>
  )
}

function Accept({ digest }: { digest: string }) {
  const t = useTranslations('rules')
  const accept = useMutation({
    mutationFn: () => vidne.policy.accept({ digest }),
    onSuccess: () => questions.invalidateQueries(),
  })
  return (
    <Panel title={t('accept.end')}>
      {accept.isError && <TroubleNotice error={accept.error} />}
      <div>
        <Button weight="main" isPending={accept.isPending} onPress={() => accept.mutate()}>
          {t('accept.act')}
        </Button>
      </div>
    </Panel>
  )
}
