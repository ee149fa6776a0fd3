import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Label } from '@vidne/contract/cases'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Page } from '../../design/Page.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { placeText } from '../recording/work/place.ts'
import { useMe } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import './labels.css'

/** Labels to be printed and stuck on what goes to court: what the exhibit is, and how a copy is known for it. */
function Labels() {
  const { id } = useParams({ from: '/cases/$id/labels' })
  const t = useTranslations('cases')
  const found = useQuery({ queryKey: ['cases', id, 'labels'], queryFn: () => vidne.cases.labels({ id }) })
  const print = (
    <Button weight="main" onPress={() => window.print()}>
      {t('labels.print')}
    </Button>
  )
  return (
    <Page title={t('labels.title')} lead={t('labels.lead')} actions={print}>
      <p className="not-printed">
        <Link to="/cases/$id" params={{ id }}>
          {t('labels.case')}
        </Link>
      </p>
      {found.isPending && <Loading />}
      {found.isError && <TroubleNotice error={found.error} />}
      {found.data?.length === 0 && <p className="quiet">{t('labels.none')}</p>}
      <div className="labels">
        {(found.data ?? []).map(label => (
          <One key={label.number} label={label} />
        ))}
      </div>
    </Page>
  )
}

function One({ label }: { label: Label }) {
  const t = useTranslations('cases')
  const { reference, from, until } = label
  const unknown = t('labels.unknown')
  const stretch = from === null ? null : `${placeText(from)} – ${until === null ? '' : placeText(until)}`
  return (
    <article className="label" aria-label={`${t('labels.exhibit')} ${reference}`}>
      <Head label={label} />
      <dl className="label-facts">
        <Row name={t('labels.item')}>
          <code>{label.recording}</code>
        </Row>
        <Row name={t('labels.digest')}>
          <code>{label.sha256}</code>
        </Row>
        {stretch !== null && <Row name={t('labels.stretch')}>{stretch}</Row>}
        <Row name={t('labels.recorded')}>
          {label.recordedAt === null ? unknown : <When at={label.recordedAt} as="exact" />}
          {label.recordedAtSource !== null && <> ({t('labels.by', { source: label.recordedAtSource })})</>}
        </Row>
        <Row name={t('labels.received')}>
          <When at={label.receivedAt} as="exact" />
        </Row>
        <Row name={t('labels.sealed')}>
          {label.sealedAt === null ? t('labels.notSealed') : <When at={label.sealedAt} as="exact" />}
        </Row>
        <Row name={t('labels.officer')}>{label.officer ?? unknown}</Row>
        <Row name={t('labels.camera')}>{label.camera ?? unknown}</Row>
        {label.receipt !== null && (
          <Row name={t('labels.receipt')}>
            <code>
              {label.receipt.origin}#{label.receipt.index}
            </code>
          </Row>
        )}
      </dl>
    </article>
  )
}

/** What it is, large enough to be read on a shelf. */
function Head({ label }: { label: Label }) {
  const t = useTranslations('cases')
  const rehearses = useMe().data?.installation.mode === 'rehearsal'
  return (
    <header className="label-head">
      <div className="stack tight">
        <span className="small">{label.agency}</span>
        {/* The page's own banner is not printed. */}
        {rehearses && <strong>{t('labels.rehearsal')}</strong>}
        <h2>{label.reference}</h2>
        <span>
          {t('labels.case')} {label.caseNumber}
        </span>
        {label.title !== '' && <span>{label.title}</span>}
      </div>
      <Code qr={label.qr} words={t('labels.code', { reference: label.reference })} />
    </header>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Dark on light whatever the scheme: cameras read no other. */
function Code({ qr, words }: { qr: Label['qr']; words: string }) {
  return (
    // oxlint-disable jsx-a11y/prefer-tag-over-role -- drawn from the answer itself; no file of a picture is asked for
    <svg
      className="label-code"
      viewBox={`0 0 ${qr.size} ${qr.size}`}
      role="img"
      aria-label={words}
      shapeRendering="crispEdges"
    >
      <rect width={qr.size} height={qr.size} fill="#fff" />
      <path d={qr.path} fill="#000" />
    </svg>
  )
}

export const LabelsPage = withWords(['cases'], Labels)
