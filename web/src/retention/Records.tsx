import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { may, usePerson } from '../shell/me.ts'
import { KINDS, type Kept, LetGo } from './LetGo.tsx'

/** Documents that must be kept beside the footage, each with its own minimum. */
export function Records() {
  const t = useTranslations('retention')
  const person = usePerson()
  const found = useQuery({ queryKey: ['retention', 'records'], queryFn: () => vidne.records.list() })
  const [ending, setEnding] = useState<Kept | null>(null)
  const keeps = may(person, 'keep-records')
  return (
    <div className="stack">
      <Panel title={t('sides.records')}>
        <p className="quiet">{t('records.lead')}</p>
        <Answer of={found}>
          {all =>
            all.length === 0 ? (
              <Empty title={t('records.none')}>{t('records.noneText')}</Empty>
            ) : (
              <Table
                caption={t('sides.records')}
                rows={all}
                keyOf={one => one.record}
                columns={[
                  { id: 'ref', name: t('records.ref'), cell: one => one.ref ?? t('records.deleted') },
                  { id: 'kind', name: t('records.kind'), cell: one => t(`records.kinds.${one.kind}`) },
                  { id: 'about', name: t('records.about'), cell: one => one.about ?? '–' },
                  { id: 'entered', name: t('records.entered'), cell: one => <When at={one.enteredAt} as="shortDay" /> },
                  { id: 'until', name: t('records.until'), cell: one => <Until one={one} /> },
                  ...(keeps
                    ? [
                        {
                          id: 'end',
                          name: t('records.end'),
                          cell: (one: Kept) =>
                            one.deletedAt === null ? (
                              <Button
                                onPress={() => setEnding(one)}
                                aria-label={`${t('records.end')}: ${one.ref ?? one.record}`}
                              >
                                {t('records.end')}
                              </Button>
                            ) : (
                              '–'
                            ),
                        },
                      ]
                    : []),
                ]}
              />
            )
          }
        </Answer>
      </Panel>
      {keeps && <Enter />}
      {keeps && (found.data?.length ?? 0) > 0 && <LetGo records={found.data ?? []} />}
      {ending !== null && <Ending one={ending} onClose={() => setEnding(null)} />}
    </div>
  )
}

function Until({ one }: { one: Kept }) {
  const t = useTranslations('retention')
  if (one.deletedAt !== null) return <When at={one.deletedAt} as="shortDay" />
  return one.keptUntil === null ? t('records.goesOn') : <When at={one.keptUntil} as="shortDay" />
}

const again = () => void questions.invalidateQueries({ queryKey: ['retention', 'records'] })

function Enter() {
  const t = useTranslations('retention')
  const [kind, setKind] = useState<Kept['kind']>('balancing_record')
  const [ref, setRef] = useState('')
  const [about, setAbout] = useState('')
  const enter = useMutation({
    mutationFn: () => vidne.records.enter({ kind, ref, about }),
    onSuccess: () => {
      setRef('')
      setAbout('')
      again()
    },
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (ref.trim() !== '' && about.trim() !== '') enter.mutate()
  }
  return (
    <Panel title={t('records.enter')}>
      <form className="stack" onSubmit={send}>
        <Select
          label={t('records.kind')}
          choices={KINDS.map(id => ({ id, name: t(`records.kinds.${id}`) }))}
          value={kind}
          onChange={setKind}
        />
        <TextField label={t('records.ref')} value={ref} onChange={setRef} isRequired />
        <TextField label={t('records.about')} value={about} onChange={setAbout} isRequired lines={2} />
        {enter.isError && <TroubleNotice error={enter.error} />}
        <div>
          <Button type="submit" isPending={enter.isPending}>
            {t('records.enter')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function Ending({ one, onClose }: { one: Kept; onClose: () => void }) {
  const t = useTranslations('retention')
  const s = useTranslations('shell')
  const [on, setOn] = useState('')
  const end = useMutation({
    mutationFn: () => vidne.records.endMonitoring({ id: one.record, on }),
    onSuccess: () => {
      again()
      onClose()
    },
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (on !== '') end.mutate()
  }
  return (
    <Dialog title={t('records.endTitle')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={send}>
        <p>{t('records.endText')}</p>
        <DayField label={t('records.on')} value={on} onChange={setOn} isRequired />
        {end.isError && <TroubleNotice error={end.error} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={end.isPending}>
            {t('records.note')}
          </Button>
          <Button weight="quiet" onPress={onClose}>
            {s('cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
