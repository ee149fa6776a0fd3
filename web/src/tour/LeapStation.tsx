import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { judgement, type Outcome } from '../check/judging.ts'
import { OutcomeView } from '../check/VerdictView.tsx'
import { type Demo, usePersonas } from './demo.ts'
import { type Gone, type Kept, leap, type Leapt, statementOf } from './leap.ts'
import { Station } from './Station.tsx'

/** Jump to the day of deletion, and see what went with its statement, and what a hold kept. */
export function LeapStation({ demo }: { demo: Demo }) {
  const t = useTranslations('tour')
  const who = usePersonas().get(demo.leap.person)
  const leaping = useMutation({ mutationFn: () => leap(demo) })
  return (
    <Station number={2} title={t('leap.title')} text={t('leap.text')}>
      {who !== undefined && <p className="quiet">{t('leap.as', { name: who.name, agency: who.agency.name })}</p>}
      <div>
        <Button weight="main" isPending={leaping.isPending} onPress={() => leaping.mutate()}>
          {leaping.data === undefined ? t('leap.jump') : t('leap.again')}
        </Button>
      </div>
      <div aria-live="polite" className="stack" data-leapt={leaping.data !== undefined}>
        {leaping.isError && <TroubleNotice error={leaping.error} />}
        {leaping.data === null && <Notice tone="info">{t('leap.nothing')}</Notice>}
        {leaping.data !== undefined && leaping.data !== null && <LeaptView leapt={leaping.data} trust={demo.trust} />}
      </div>
    </Station>
  )
}

function LeaptView({ leapt: { from, to, gone, kept, stopped }, trust }: { leapt: Leapt; trust: string }) {
  const t = useTranslations('tour')
  return (
    <>
      <p>
        {t.rich('leap.clock', {
          from: () => <When at={from} />,
          to: () => <When at={to} />,
        })}
      </p>
      {stopped !== null && <Notice tone="wait">{stopped}</Notice>}
      {gone.length > 0 && <GoneTable gone={gone} trust={trust} />}
      {kept.length > 0 && <KeptTable kept={kept} />}
    </>
  )
}

function GoneTable({ gone, trust }: { gone: readonly Gone[]; trust: string }) {
  const t = useTranslations('tour')
  const [outcome, setOutcome] = useState<Outcome>({ state: 'nothing' })
  const checking = useMutation({
    async mutationFn(recording: string) {
      setOutcome({ state: 'checking', done: 0, total: 0, ms: 0 })
      const given = { subject: await statementOf(recording), trust: new File([trust], 'trust.policy') }
      setOutcome(await judgement({ ...given, log: null, rehearsal: true }, () => {}))
    },
  })
  return (
    <>
      <Table
        caption={t('leap.gone', { count: gone.length })}
        hideCaption={false}
        rows={gone}
        keyOf={one => one.recording}
        columns={[
          { id: 'recording', name: t('leap.recording'), cell: one => <code>{shortOf(one.recording)}</code> },
          { id: 'state', name: t('leap.state'), cell: () => <Badge tone="good">{t('leap.deleted')}</Badge> },
          {
            id: 'statement',
            name: t('leap.statement'),
            cell: one => (
              <Button
                isPending={checking.isPending && checking.variables === one.recording}
                aria-label={t('leap.checkOf', { recording: shortOf(one.recording) })}
                onPress={() => checking.mutate(one.recording)}
              >
                {t('leap.check')}
              </Button>
            ),
          },
        ]}
      />
      {checking.isError && <TroubleNotice error={checking.error} />}
      {outcome.state !== 'nothing' && !checking.isError && (
        <div data-statement={outcome.state}>
          <OutcomeView outcome={outcome} />
        </div>
      )}
    </>
  )
}

function KeptTable({ kept }: { kept: readonly Kept[] }) {
  const t = useTranslations('tour')
  return (
    <Table
      caption={t('leap.kept', { count: kept.length })}
      hideCaption={false}
      rows={kept}
      keyOf={one => one.recording}
      columns={[
        {
          id: 'recording',
          name: t('leap.recording'),
          cell: one => <a href={`/recordings/${one.recording}`}>{shortOf(one.recording)}</a>,
        },
        { id: 'state', name: t('leap.state'), cell: () => <Badge tone="wait">{t('leap.held')}</Badge> },
        { id: 'would', name: t('leap.would'), cell: one => <When at={one.would} /> },
      ]}
    />
  )
}

/** Enough of an id to tell it from the others in sight: its end, since ids of one time begin alike. */
function shortOf(id: string): string {
  return `…${id.slice(-8)}`
}
