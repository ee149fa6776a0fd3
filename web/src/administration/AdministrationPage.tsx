import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { InstallationStanding } from '@vidne/contract/installation'
import { useFormatter, useTranslations } from 'use-intl'
import { Facts, Page, Panel } from '../../design/Page.tsx'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Table } from '../../design/Table.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { Backups } from './Backups.tsx'
import './administration.css'
import { Examination } from './Examination.tsx'

/** How the installation stands, for who answers for it: what needs a hand first, then what it stands on. */
function Administration() {
  const t = useTranslations('administration')
  const person = usePerson()
  const sees = may(person, 'see-installation')
  const found = useQuery({
    queryKey: ['installation'],
    queryFn: () => vidne.installation.show(),
    refetchInterval: 30_000,
    enabled: sees,
  })
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={may(person, 'see-audit') && <Link to="/administration/audit">{t('audit.title')}</Link>}
    >
      {!sees && <Notice tone="info">{t('notYours')}</Notice>}
      {sees && found.isPending && <Loading />}
      {found.isError && <TroubleNotice error={found.error} retry={() => void found.refetch()} />}
      {found.data !== undefined && (
        <>
          <Examination />
          <LogPanel log={found.data.log} />
          <StoragePanel standing={found.data} />
          <Backups standing={found.data} />
          <JobsPanel jobs={found.data.jobs} />
          <AgenciesPanel agencies={found.data.agencies} />
        </>
      )}
    </Page>
  )
}

function LogPanel({ log }: { log: InstallationStanding['log'] }) {
  const t = useTranslations('administration')
  const format = useFormatter()
  const behind = log.leaves - log.publicLeaves
  return (
    <Panel title={t('log.title')}>
      {log.standing === 'stopped' && <Notice tone="stop">{t('log.stopped')}</Notice>}
      {log.witnesses.length === 0 && (
        <Notice tone="wait" title={t('log.nobody')}>
          {t('log.nobodyText')}
        </Notice>
      )}
      <Facts
        facts={[
          { name: t('log.origin'), value: <code>{log.origin}</code> },
          {
            name: t('log.standing'),
            value: <Badge tone={log.standing === 'ok' ? 'good' : 'stop'}>{t(`log.is.${log.standing}`)}</Badge>,
          },
          { name: t('log.leaves'), value: format.number(log.leaves) },
          {
            name: t('log.public'),
            value: t('log.publicIs', { leaves: log.publicLeaves, behind }),
            source: t('log.cadence', { seconds: log.cadenceSeconds }),
          },
          { name: t('log.countersigned'), value: format.number(log.countersignedLeaves) },
        ]}
      />
      {log.witnesses.length > 0 && (
        <Table
          caption={t('log.witnesses')}
          hideCaption={false}
          rows={log.witnesses}
          keyOf={one => one.url + one.name}
          columns={[
            { id: 'name', name: t('log.witness'), cell: one => one.name },
            { id: 'url', name: t('log.url'), cell: one => <code>{one.url}</code> },
            { id: 'map', name: t('log.map'), cell: one => t(one.checksMap ? 'yes' : 'no') },
          ]}
        />
      )}
    </Panel>
  )
}

const GIGABYTE = 1_000_000_000
const NEARLY_FULL = 0.1

function StoragePanel({ standing }: { standing: InstallationStanding }) {
  const t = useTranslations('administration')
  const format = useFormatter()
  const size = (bytes: number) =>
    t('storage.gigabytes', { size: format.number(bytes / GIGABYTE, { maximumFractionDigits: 1 }) })
  return (
    <Panel title={t('storage.title')}>
      <Facts
        facts={[
          { name: t('storage.database'), value: t(`storage.is.${standing.database}`) },
          { name: t('storage.objects'), value: t(`storage.is.${standing.objects}`) },
          {
            name: t('storage.snapshots'),
            value:
              standing.snapshots === null
                ? t('storage.snapshotsUnknown')
                : standing.snapshots === 'none'
                  ? t('storage.snapshotsNone')
                  : t('storage.snapshotsFor', { days: Number(standing.snapshots) }),
            source: t('storage.snapshotsWhy'),
          },
        ]}
      />
      <Table
        caption={t('storage.disks')}
        rows={standing.disks}
        keyOf={disk => disk.what}
        columns={[
          { id: 'what', name: t('storage.what'), cell: disk => t(`storage.place.${placeName(disk.what)}`) },
          { id: 'free', name: t('storage.free'), numeric: true, cell: disk => size(disk.freeBytes) },
          { id: 'total', name: t('storage.total'), numeric: true, cell: disk => size(disk.totalBytes) },
          {
            id: 'state',
            name: t('storage.state'),
            cell: disk => {
              const full = disk.freeBytes < disk.totalBytes * NEARLY_FULL
              return <Badge tone={full ? 'stop' : 'good'}>{t(full ? 'storage.nearlyFull' : 'storage.room')}</Badge>
            },
          },
        ]}
      />
    </Panel>
  )
}

const PLACES = ['data', 'objects', 'vault-a', 'vault-b'] as const
const placeName = (what: string) => PLACES.find(each => each === what) ?? 'data'

const JOBS = [
  'keep-run',
  'keep-settle',
  'people-hourly',
  'record-deviations',
  'dock-expire',
  'dock-read',
  'people-mail',
] as const

function JobsPanel({ jobs }: { jobs: InstallationStanding['jobs'] }) {
  const t = useTranslations('administration')
  const named = (name: string) => {
    const known = JOBS.find(each => each === name)
    return known === undefined ? <code>{name}</code> : t(`jobs.names.${known}`)
  }
  const tones = { done: 'good', failed: 'stop', running: 'info' } as const
  return (
    <Panel title={t('jobs.title')}>
      <Table
        caption={t('jobs.title')}
        rows={jobs}
        keyOf={job => job.name}
        columns={[
          { id: 'name', name: t('jobs.name'), cell: job => named(job.name) },
          {
            id: 'last',
            name: t('jobs.last'),
            cell: job => (job.last === null ? t('jobs.never') : <When at={job.last.at} />),
          },
          {
            id: 'state',
            name: t('jobs.state'),
            cell: job =>
              job.last === null ? (
                <Badge tone="none">{t('jobs.waits')}</Badge>
              ) : (
                <Badge tone={tones[job.last.state]}>{t(`jobs.is.${job.last.state}`)}</Badge>
              ),
          },
        ]}
      />
    </Panel>
  )
}

function AgenciesPanel({ agencies }: { agencies: InstallationStanding['agencies'] }) {
  const t = useTranslations('administration')
  const format = useFormatter()
  return (
    <Panel title={t('agencies.title')}>
      <Table
        caption={t('agencies.title')}
        rows={agencies}
        keyOf={agency => agency.name}
        columns={[
          { id: 'name', name: t('agencies.name'), cell: agency => agency.name },
          {
            id: 'pack',
            name: t('agencies.pack'),
            cell: agency => <a href={`/policy/packs/${agency.pack}`}>{agency.pack}</a>,
          },
          { id: 'zone', name: t('agencies.zone'), cell: agency => agency.zone },
          { id: 'persons', name: t('agencies.persons'), numeric: true, cell: agency => format.number(agency.persons) },
          {
            id: 'recordings',
            name: t('agencies.recordings'),
            numeric: true,
            cell: agency => format.number(agency.recordings),
          },
        ]}
      />
    </Panel>
  )
}

export const AdministrationPage = withWords(['administration'], Administration)
