import { useTranslations } from 'use-intl'
import { Checkbox, Choices, Select, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Facts } from '../../design/Page.tsx'
import type { StepProps } from './SetUpPage.tsx'
import { secondRoles } from './wish.ts'

const PACKS = ['dk-politi', 'dk-borger', 'uk-met', 'se-skola', 'de-nrw-oa'] as const

/** A pack by its name in words; one that has none here by its id. */
function usePackName(): (id: string | null) => string {
  const t = useTranslations('set-up')
  return id => {
    const known = PACKS.find(each => each === id)
    return known === undefined ? (id ?? '') : t(`pack.${known}`)
  }
}

export function AgencyStep({ wish, offer, change, missing }: StepProps) {
  const t = useTranslations('set-up')
  const packName = usePackName()
  return (
    <div className="stack">
      <TextField
        label={t('agency.name')}
        error={missing('agency')}
        hint={t('agency.nameHint')}
        value={wish.agency}
        onChange={agency => change({ agency })}
        maxLength={200}
        isRequired
      />
      <Choices
        label={t('agency.pack')}
        error={missing('pack')}
        hint={t('agency.packHint')}
        choices={offer.packs.map(({ id }) => ({ id, name: packName(id) }))}
        value={wish.pack}
        onChange={pack => change({ pack })}
        isRequired
      />
      <TextField
        label={t('agency.origin')}
        hint={t('agency.originHint')}
        placeholder="log.example.org"
        value={wish.origin}
        onChange={origin => change({ origin })}
        maxLength={200}
      />
      <Checkbox isSelected={wish.rehearsal} onChange={rehearsal => change({ rehearsal })}>
        {t('agency.rehearsal')}
      </Checkbox>
    </div>
  )
}

export function PeopleStep({ wish, change, missing }: StepProps) {
  const t = useTranslations('set-up')
  return (
    <div className="stack">
      <TextField
        label={t('people.administrator')}
        error={missing('administrator')}
        hint={t('people.administratorHint')}
        value={wish.administrator}
        onChange={administrator => change({ administrator })}
        autoComplete="name"
        maxLength={200}
        isRequired
      />
      <Choices
        label={t('people.second')}
        hint={t('people.secondHint')}
        choices={[
          { id: 'now', name: t('people.now') },
          { id: 'later', name: t('people.later') },
        ]}
        value={wish.withSecond}
        onChange={withSecond => change({ withSecond })}
      />
      {wish.withSecond === 'now' && (
        <>
          <TextField
            label={t('people.secondName')}
            error={missing('secondName')}
            value={wish.secondName}
            onChange={secondName => change({ secondName })}
            maxLength={200}
            isRequired
          />
          <Select
            label={t('people.secondRole')}
            choices={secondRoles.map(id => ({ id, name: t(`role.${id}`) }))}
            value={wish.secondRole}
            onChange={secondRole => change({ secondRole })}
          />
        </>
      )}
    </div>
  )
}

export function MachineStep({ wish, offer, change, missing }: StepProps) {
  const t = useTranslations('set-up')
  return (
    <div className="stack">
      <p>
        {t('machine.data')} <code>{offer.data}</code>
      </p>
      <Notice tone={offer.secure ? 'good' : 'wait'}>{t(offer.secure ? 'machine.secure' : 'machine.insecure')}</Notice>
      {offer.places.database === 'server' && <p>{t('machine.server')}</p>}
      {offer.places.objects === 's3' && <p>{t('machine.s3')}</p>}
      {offer.places.vault === null ? (
        <TextField
          label={t('machine.vault')}
          hint={t('machine.vaultHint')}
          value={wish.vault}
          onChange={vault => change({ vault })}
        />
      ) : (
        <p>
          {t('machine.keys')} <code>{offer.places.vault}</code>
        </p>
      )}
      <Choices
        label={t('machine.snapshots')}
        error={missing('snapshots')}
        hint={t('machine.snapshotsHint')}
        choices={(['no', 'yes', 'unknown'] as const).map(id => ({ id, name: t(`machine.${id}`) }))}
        value={wish.snapshots}
        onChange={snapshots => change({ snapshots })}
        isRequired
      />
      {wish.snapshots === 'yes' && (
        <TextField
          label={t('machine.days')}
          error={missing('snapshotDays')}
          value={wish.snapshotDays}
          onChange={snapshotDays => change({ snapshotDays })}
          inputMode="numeric"
          isRequired
        />
      )}
    </div>
  )
}

export function CheckStep({ wish }: StepProps) {
  const t = useTranslations('set-up')
  const packName = usePackName()
  const snapshots = {
    yes: () => t('check.days', { days: Number(wish.snapshotDays) }),
    no: () => t('check.none'),
    unknown: () => t('check.unknown'),
  }
  const second =
    wish.withSecond === 'later' ? t('check.nobody') : `${wish.secondName} (${t(`role.${wish.secondRole}`)})`
  return (
    <div className="stack">
      <Facts
        facts={[
          { name: t('check.agency'), value: wish.agency },
          { name: t('check.pack'), value: packName(wish.pack) },
          { name: t('check.origin'), value: wish.origin.trim() === '' ? t('check.originMade') : wish.origin },
          { name: t('check.mode'), value: t(wish.rehearsal ? 'check.rehearsal' : 'check.normal') },
          { name: t('check.administrator'), value: wish.administrator },
          { name: t('check.second'), value: second },
          { name: t('check.snapshots'), value: snapshots[wish.snapshots ?? 'unknown']() },
        ]}
      />
      <Notice tone="wait">{t('check.text')}</Notice>
    </div>
  )
}
