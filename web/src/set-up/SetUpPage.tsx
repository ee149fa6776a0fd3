import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
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
import { asked, nothingYet, steps, type Wanting, wantingIn, type Wish } from './wish.ts'

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
  const { at, step, wanting, told, form, go, tellMissing } = useSteps(wish)
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
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wanting.length > 0) tellMissing()
    else if (step === 'check') found.mutate()
    else go(at + 1)
  }
  return (
    <Page title={t('title')} lead={t('lead')}>
      <form ref={form} className="stack" onSubmit={submit} noValidate>
        <Panel title={t(`${step}.title`)}>
          <p className="quiet">{t('step', { step: at + 1, steps: steps.length })}</p>
          <StepOf
            step={step}
            wish={wish}
            offer={offer.data}
            change={part => setWish({ ...wish, ...part })}
            missing={field => (told && wanting.includes(field) ? t(`missing.${field}`) : undefined)}
          />
        </Panel>
        {found.isError && <TroubleNotice error={found.error} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={found.isPending}>
            {t(step === 'check' ? 'check.act' : 'next')}
          </Button>
          {at > 0 && (
            <Button weight="quiet" isDisabled={found.isPending} onPress={() => go(at - 1)}>
              {t('back')}
            </Button>
          )}
        </div>
      </form>
    </Page>
  )
}

/** Where one is, and what is missing there. It is told from the first time on that one wanted to go on in vain. */
function useSteps(wish: Wish) {
  const [at, setAt] = useState(0)
  const [tried, setTried] = useState(0)
  const form = useFirstFault(tried)
  const step = steps[at] ?? 'check'
  const go = (to: number) => {
    setTried(0)
    setAt(to)
  }
  const tellMissing = () => setTried(tried + 1)
  return { at, step, wanting: wantingIn(step, wish), told: tried > 0, form, go, tellMissing }
}

/** After each try that failed, the first field that wants something has the focus, so that its fault is read aloud with it. */
function useFirstFault(tried: number) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (tried > 0) form.current?.querySelector<HTMLInputElement>('[data-invalid] input')?.focus()
  }, [tried])
  return form
}

export type StepProps = {
  wish: Wish
  offer: Offer
  change: (part: Partial<Wish>) => void
  /** What is told at a field that wants something; undefined: nothing, or nothing yet. */
  missing: (field: Wanting) => string | undefined
}

function StepOf({ step, ...props }: StepProps & { step: (typeof steps)[number] }) {
  if (step === 'agency') return <AgencyStep {...props} />
  if (step === 'people') return <PeopleStep {...props} />
  if (step === 'machine') return <MachineStep {...props} />
  return <CheckStep {...props} />
}
