import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SharedContent } from '@vidne/contract/links'
import { useEffect, useState } from 'react'
import { IntlProvider, useLocale, useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Facts, Page, Panel } from '../../design/Page.tsx'
import { Loading } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { setInstallationClock } from '../recording/view.ts'
import { useMe } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { useLanguage } from '../words/words.tsx'
import { type Given, NotShown, askShared, givenIn } from './asking.ts'
import { PackageOf } from './PackageOf.tsx'
import { SharedRecording } from './SharedRecording.tsx'

/** What somebody outside sees of a link: first that there is one, and what was shared once they have opened it. */
function Shared() {
  const t = useTranslations('link')
  const [given, setGiven] = useState(() => givenIn(location.hash))
  useEffect(() => {
    const look = () => setGiven(givenIn(location.hash))
    addEventListener('hashchange', look)
    return () => removeEventListener('hashchange', look)
  }, [])
  if (given === null) {
    return (
      <Page title={t('title')}>
        <Notice tone="stop" title={t('incomplete.title')}>
          {t('incomplete.text')}
        </Notice>
      </Page>
    )
  }
  return <OfLink key={given.link} given={given} />
}

function OfLink({ given }: { given: Given }) {
  const { language } = useLanguage()
  const key = ['shared', given.link, language]
  const questions = useQueryClient()
  // Whether this browser has opened it before: asking uses up nothing.
  const content = useQuery({
    queryKey: key,
    queryFn: () => askShared('content', { link: given.link }),
    retry: false,
    refetchInterval: 60_000,
  })
  const open = useMutation({
    mutationFn: () => askShared('openings', given),
    onSuccess: opened => {
      // What opens the link stays neither in the address nor in the browser's list of pages.
      history.replaceState(history.state, '', `#${given.link}`)
      questions.setQueryData(key, opened)
    },
  })
  if (content.isPending) return <Loading />
  if (content.isSuccess) return <Opened content={content.data} />
  const first = content.error instanceof NotShown && content.error.because === 'not-opened' && given.secret !== null
  return (
    <Landing
      error={open.error ?? (first ? null : content.error)}
      isPending={open.isPending}
      onOpen={given.secret === null ? null : () => open.mutate()}
    />
  )
}

function Landing({
  error,
  isPending,
  onOpen,
}: {
  error: Error | null
  isPending: boolean
  onOpen: (() => void) | null
}) {
  const t = useTranslations('link')
  return (
    <Page title={t('title')} lead={t('landing.lead')}>
      {error !== null && (
        <Notice tone="stop" live title={t('refused')}>
          {error.message === '' ? t('away') : error.message}
        </Notice>
      )}
      {onOpen !== null && (
        <Panel>
          <p>{t('landing.counts')}</p>
          <div>
            <Button weight="main" isPending={isPending} onPress={onOpen}>
              {t('landing.open')}
            </Button>
          </div>
        </Panel>
      )}
    </Page>
  )
}

function Opened({ content }: { content: SharedContent }) {
  const locale = useLocale()
  // Whoever reads may sit anywhere; the times of footage are those of the agency that keeps it.
  return (
    <IntlProvider locale={locale} timeZone={content.zone}>
      <InItsZone content={content} />
    </IntlProvider>
  )
}

function InItsZone({ content }: { content: SharedContent }) {
  const t = useTranslations('link')
  const me = useMe()
  // The reader's own clock may say anything.
  setInstallationClock(me.data?.installation.now ?? null, me.dataUpdatedAt)
  const { exhibits } = content
  const all = exhibits.length > 1
  return (
    <Page title={t('title')}>
      {content.rehearsal && <Notice tone="stop">{t('rehearsal')}</Notice>}
      <Panel>
        <Facts
          facts={[
            { name: t('from'), value: content.agency },
            { name: t('for'), value: content.recipient },
            { name: t('case'), value: content.caseNumber },
            { name: t('purpose'), value: content.purpose },
            { name: t('until'), value: <When at={content.until} /> },
            { name: t('openUntil'), value: <When at={content.openUntil} /> },
            { name: t('left'), value: content.openingsLeft },
          ]}
        />
      </Panel>
      {exhibits.length === 0 && <Notice tone="info">{t('gone')}</Notice>}
      {exhibits.map(one => (
        <SharedRecording key={one.recording} content={content} one={one} />
      ))}
      {all && (
        <Panel title={t('package.title')}>
          <p>{t('package.lead')}</p>
          <PackageOf link={content.link} recording={null} words={t('package.all')} />
        </Panel>
      )}
      <Checking content={content} />
    </Page>
  )
}

/** Where to get what checks it: from somebody else, never from here. */
function Checking({ content: { agency, fingerprint } }: { content: SharedContent }) {
  const t = useTranslations('link')
  return (
    <Panel title={t('check.title')}>
      <ol className="stack tight steps">
        <li>{t('check.verifier', { agency })}</li>
        <li>{t('check.trust')}</li>
        <li>{t('check.run')}</li>
      </ol>
      <p>{t('check.fingerprint')}</p>
      <code>{fingerprint}</code>
    </Panel>
  )
}

export const SharedPage = withWords(['link', 'recording'], Shared)
