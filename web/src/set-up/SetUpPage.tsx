import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Page, Panel } from '../../design/Page.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { withWords } from '../shell/page.tsx'
import { secretOfLink } from '../sign-in/secret.ts'
import { Done } from './Done.tsx'
import { AgencyStep, CheckStep, MachineStep, PeopleStep } from './Steps.tsx'
import { asked, complete, nothingYet, steps, type Wish } from './wish.ts'

/** Founds the installation: for whoever has the link that the server printed. */
function SetUp() {
  const t = useTranslations('set-up')
  const [secret] = useState(secretOfLink)
  if (secret === null)
    return (
      <Page title={t('title')}>
        <Notice tone="wait" title={t('none')}>
          {t('noneText')}
        </Notice>
      </Page>
    )
  return <Wizard secret={secret} />
}

export const SetUpPage = withWords(['set-up'], SetUp)

export type Offer = Awaited<ReturnType<typeof vidne.setUp.look>>

function Wizard({ secret }: { secret: string }) {
  const t = useTranslations('set-up')
  const [wish, setWish] = useState(nothingYet)
  const [at, setAt] = useState(0)
  const offer = useQuery({
    queryKey: ['set-up', secret],
    queryFn: (): Promise<Offer> => vidne.setUp.look({ secret }),
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const found = useMutation({ mutationFn: () => vidne.setUp.found(asked(secret, wish)) })
  if (found.data !== undefined) return <Done done={found.data} agency={wish.agency} second={wish.secondName} />
  if (offer.isError)
    return (
      <Page title={t('title')}>
        <TroubleNotice error={offer.error} />
      </Page>
    )
  if (offer.data === undefined) return <Loading />
  const step = steps[at] ?? 'check'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!complete(step, wish)) return
    if (step === 'check') found.mutate()
    else setAt(at + 1)
  }
  return (
    <Page title={t('title')} lead={t('lead')}>
      <form className="stack" onSubmit={submit}>
        <Panel title={t(`${step}.title`)}>
          <p className="quiet">{t('step', { step: at + 1, steps: steps.length })}</p>
          <StepOf step={step} wish={wish} offer={offer.data} change={part => setWish({ ...wish, ...part })} />
        </Panel>
        {found.isError && <TroubleNotice error={found.error} />}
        <div className="row">
          <Button type="submit" weight="main" isDisabled={!complete(step, wish)} isPending={found.isPending}>
            {t(step === 'check' ? 'check.act' : 'next')}
          </Button>
          {at > 0 && (
            <Button weight="quiet" isDisabled={found.isPending} onPress={() => setAt(at - 1)}>
              {t('back')}
            </Button>
          )}
        </div>
      </form>
    </Page>
  )
}

export type StepProps = { wish: Wish; offer: Offer; change: (part: Partial<Wish>) => void }

function StepOf({ step, ...props }: StepProps & { step: (typeof steps)[number] }) {
  if (step === 'agency') return <AgencyStep {...props} />
  if (step === 'people') return <PeopleStep {...props} />
  if (step === 'machine') return <MachineStep {...props} />
  return <CheckStep {...props} />
}
