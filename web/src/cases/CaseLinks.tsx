import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { WholeCase } from '@vidne/contract/cases'
import type { LinkRow, LinkState } from '@vidne/contract/links'
import { wordsFor } from '@vidne/policies/words'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Badge, type Tone } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { ReasonDialog } from '../../design/ReasonDialog.tsx'
import { Table } from '../../design/Table.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { useLanguage } from '../words/words.tsx'
import { useDoing } from './doing.ts'
import { MakeLink } from './MakeLink.tsx'

const TONES: Record<LinkState, Tone | 'none'> = {
  waiting: 'wait',
  'not-agreed': 'stop',
  open: 'good',
  'used-up': 'none',
  expired: 'none',
  revoked: 'stop',
}

/** Links by which somebody outside is shown the exhibits, how far each is used, and their end. */
export function CaseLinks({ found }: { found: WholeCase }) {
  const t = useTranslations('cases')
  const { id } = found
  const questions = useQueryClient()
  const [making, setMaking] = useState(false)
  const [ending, setEnding] = useState<LinkRow | null>(null)
  const links = useQuery({
    queryKey: ['cases', id, 'links'],
    queryFn: () => vidne.cases.links({ id }),
    refetchInterval: 15_000,
  })
  return (
    <Panel
      title={t('link.title')}
      actions={links.isSuccess && mayMake(found) && <Button onPress={() => setMaking(true)}>{t('link.make')}</Button>}
    >
      <p>{t('link.lead')}</p>
      {links.isPending && <Loading />}
      {links.isError && <TroubleNotice error={links.error} />}
      {links.isSuccess && <Rows rows={links.data.links} onRevoke={found.may.give ? setEnding : null} />}
      {making && links.isSuccess && (
        <MakeLink
          found={found}
          purposes={links.data.purposes}
          onClose={() => {
            setMaking(false)
            void questions.invalidateQueries({ queryKey: ['cases', id] })
          }}
        />
      )}
      {ending !== null && <Revoke id={id} link={ending} onClose={() => setEnding(null)} />}
    </Panel>
  )
}

function mayMake({ may, state, exhibits }: WholeCase): boolean {
  return may.give && state === 'open' && exhibits.length > 0
}

function Rows({ rows, onRevoke }: { rows: readonly LinkRow[]; onRevoke: ((row: LinkRow) => void) | null }) {
  const t = useTranslations('cases')
  const { language } = useLanguage()
  if (rows.length === 0) return <p className="quiet">{t('link.none')}</p>
  const end = {
    id: 'revoke',
    name: t('link.revoke'),
    cell: (row: LinkRow) =>
      (row.state === 'open' || row.state === 'waiting' || row.state === 'used-up') && (
        <Button weight="quiet" onPress={() => onRevoke?.(row)}>
          {t('link.revoke')} <span className="unseen">{row.recipient}</span>
        </Button>
      ),
  }
  return (
    <Table
      caption={t('link.caption')}
      rows={rows}
      keyOf={row => row.id}
      columns={[
        {
          id: 'recipient',
          name: t('link.recipient'),
          cell: row => (
            <>
              {row.recipient} <span className="quiet small block">{t(`roles.${row.recipientRole}`)}</span>
            </>
          ),
        },
        {
          id: 'state',
          name: t('state'),
          cell: row => <Badge tone={TONES[row.state]}>{t(`linkStates.${row.state}`)}</Badge>,
        },
        {
          id: 'used',
          name: t('link.openings'),
          cell: row => t('link.used', { used: row.openings, most: row.mostOpenings }),
        },
        { id: 'until', name: t('link.until'), cell: row => <When at={row.until} as="shortDay" /> },
        {
          id: 'purpose',
          name: t('link.purpose'),
          cell: row => wordsFor(language, 'purpose', row.purpose) ?? row.purpose,
        },
        { id: 'what', name: t('link.what'), cell: row => row.exhibits.join(', ') },
        ...(onRevoke === null ? [] : [end]),
      ]}
    />
  )
}

function Revoke({ id, link, onClose }: { id: string; link: LinkRow; onClose: () => void }) {
  const t = useTranslations('cases')
  const revoke = useDoing(id, async (reason: string) => {
    await vidne.cases.revokeLink({ id, link: link.id, reason })
    onClose()
  })
  return (
    <ReasonDialog
      title={t('link.revokeTitle', { recipient: link.recipient })}
      consequence={t('link.revokeText')}
      act={t('link.revoke')}
      label={t('reason')}
      hint={t('reasonHint')}
      isOpen
      danger
      isPending={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={reason => revoke.mutate(reason)}
    />
  )
}
