import type { Duty, WholeCase } from '@vidne/contract/cases'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { ReasonDialog } from '../../design/ReasonDialog.tsx'
import { Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { useDayFrom } from './days.ts'
import { useDoing } from './doing.ts'

const DUTIES: readonly Duty[] = ['lead', 'investigates', 'reads', 'prosecutor', 'defence']
type Person = WholeCase['people'][number]

/** Who is on the case, as what, and until when. */
export function CasePeople({ found }: { found: WholeCase }) {
  const t = useTranslations('cases')
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Person | null>(null)
  const mayWrite = found.may.write && found.state === 'open'
  const actions = {
    id: 'remove',
    name: t('person.remove'),
    cell: (row: Person) => (
      <Button weight="quiet" onPress={() => setLeaving(row)}>
        {t('person.remove')} <span className="unseen">{row.name}</span>
      </Button>
    ),
  }
  return (
    <Panel title={t('people')} actions={mayWrite && <Button onPress={() => setAdding(true)}>{t('person.add')}</Button>}>
      {found.people.length === 0 ? (
        <p className="quiet">{t('person.none')}</p>
      ) : (
        <Table
          caption={t('person.caption')}
          rows={found.people}
          keyOf={row => row.person}
          columns={[
            { id: 'name', name: t('person.name'), cell: row => row.name },
            { id: 'duty', name: t('person.duty'), cell: row => t(`duties.${row.duty}`) },
            {
              id: 'until',
              name: t('person.until'),
              cell: row =>
                row.over ? <Badge tone="stop">{t('person.over')}</Badge> : <When at={row.until} as="shortDay" />,
            },
            ...(mayWrite ? [actions] : []),
          ]}
        />
      )}
      {adding && <AddPerson id={found.id} onClose={() => setAdding(false)} />}
      {leaving !== null && <Remove id={found.id} person={leaving} onClose={() => setLeaving(null)} />}
    </Panel>
  )
}

function Remove({ id, person, onClose }: { id: string; person: Person; onClose: () => void }) {
  const t = useTranslations('cases')
  const { name } = person
  const remove = useDoing(id, async (reason: string) => {
    await vidne.cases.removePerson({ id, person: person.person, reason })
    onClose()
  })
  return (
    <ReasonDialog
      title={t('person.removeTitle', { name })}
      consequence={t('person.removeText', { name })}
      act={t('person.remove')}
      label={t('reason')}
      hint={t('reasonHint')}
      isOpen
      danger
      isPending={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={reason => remove.mutate(reason)}
    />
  )
}

function AddPerson({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTranslations('cases')
  const [person, setPerson] = useState('')
  const [duty, setDuty] = useState<Duty>('investigates')
  const [until, setUntil] = useState(useDayFrom(90))
  const add = useDoing(id, async () => {
    await vidne.cases.addPerson({ id, person: person.trim(), duty, until })
    onClose()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <Dialog title={t('person.add')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t('person.name')}
          hint={t('person.nameHint')}
          value={person}
          onChange={setPerson}
          isRequired
        />
        <Select
          label={t('person.duty')}
          choices={DUTIES.map(one => ({ id: one, name: t(`duties.${one}`) }))}
          value={duty}
          onChange={setDuty}
        />
        <DayField label={t('person.until')} hint={t('person.untilHint')} value={until} onChange={setUntil} isRequired />
        {add.isError && <TroubleNotice error={add.error} />}
        <div>
          <Button type="submit" weight="main" isPending={add.isPending}>
            {t('person.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
