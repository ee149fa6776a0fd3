import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Confirm, Dialog } from '../../design/Dialog.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'

type Unit = Awaited<ReturnType<typeof vidne.units.list>>[number]

const unitsQuestion = { queryKey: ['units'], queryFn: (): Promise<Unit[]> => vidne.units.list() }
const changed = () =>
  Promise.all([['units'], ['people'], ['readiness']].map(queryKey => questions.invalidateQueries({ queryKey })))

/** The parts of the agency: made, renamed and ended. */
export function Units({ manages }: { manages: boolean }) {
  const t = useTranslations('people')
  const units = useQuery(unitsQuestion)
  const [naming, setNaming] = useState<Unit | 'new' | null>(null)
  const [ending, setEnding] = useState<Unit | null>(null)
  const end = useMutation({
    mutationFn: ({ id }: Unit) => vidne.units.end({ id }),
    onSuccess: changed,
    onSettled: () => setEnding(null),
  })
  const columns = useColumns(manages ? { onName: setNaming, onEnd: setEnding } : null)
  return (
    <Panel
      title={t('units.title')}
      actions={manages && <Button onPress={() => setNaming('new')}>{t('units.make')}</Button>}
    >
      <div className="stack">
        <p className="quiet">{t('units.text')}</p>
        {end.isError && <TroubleNotice error={end.error} />}
        <Answer of={units}>
          {rows =>
            rows.length === 0 ? (
              <Empty title={t('units.none')}>{t('units.noneText')}</Empty>
            ) : (
              <Table caption={t('units.title')} columns={columns} rows={rows} keyOf={one => one.id} />
            )
          }
        </Answer>
      </div>
      {naming !== null && <NameUnit of={naming} onClose={() => setNaming(null)} />}
      <Confirm
        title={t('units.endTitle', { name: ending?.name ?? '' })}
        consequence={t('units.endText')}
        act={t('units.end')}
        danger
        isOpen={ending !== null}
        isPending={end.isPending}
        onClose={() => setEnding(null)}
        onConfirm={() => ending !== null && end.mutate(ending)}
      />
    </Panel>
  )
}

type Acts = { onName: (unit: Unit) => void; onEnd: (unit: Unit) => void }

function useColumns(acts: Acts | null): Column<Unit>[] {
  const t = useTranslations('people')
  const columns: Column<Unit>[] = [
    { id: 'name', name: t('list.unit'), cell: one => one.name },
    { id: 'people', name: t('units.people'), cell: one => one.people, numeric: true },
    { id: 'cameras', name: t('units.cameras'), cell: one => one.cameras, numeric: true },
  ]
  if (acts === null) return columns
  const cell = (one: Unit) => (
    <span className="row">
      <Button onPress={() => acts.onName(one)} aria-label={`${t('units.rename')}: ${one.name}`}>
        {t('units.rename')}
      </Button>
      <Button weight="danger" onPress={() => acts.onEnd(one)} aria-label={`${t('units.end')}: ${one.name}`}>
        {t('units.end')}
      </Button>
    </span>
  )
  return [...columns, { id: 'acts', name: t('units.acts'), cell }]
}

function NameUnit({ of, onClose }: { of: Unit | 'new'; onClose: () => void }) {
  const t = useTranslations('people')
  const [name, setName] = useState(of === 'new' ? '' : of.name)
  const keep = useMutation({
    mutationFn: () => (of === 'new' ? vidne.units.make({ name }) : vidne.units.rename({ id: of.id, name })),
    onSuccess: async () => {
      await changed()
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    keep.mutate()
  }
  return (
    <Dialog title={of === 'new' ? t('units.make') : t('units.renameTitle', { name: of.name })} isOpen onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField label={t('units.name')} hint={t('units.nameHint')} value={name} onChange={setName} isRequired />
        {keep.isError && <TroubleNotice error={keep.error} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={keep.isPending}>
            {t('units.keep')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const NONE = 'none'

/** Moves a person to another unit, or out of any. */
export function MoveToUnit({ person, unit }: { person: string; unit: string | null }) {
  const t = useTranslations('people')
  const units = useQuery(unitsQuestion).data ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const move = useMutation({
    mutationFn: (to: string) =>
      vidne.units.assign({ person, unit: to === NONE ? null : (units.find(one => one.id === to)?.name ?? null) }),
    onSuccess: async () => {
      await changed()
      setChosen(null)
    },
  })
  const others = units.filter(one => one.name !== unit).map(({ id, name }) => ({ id, name }))
  const choices = unit === null ? others : [{ id: NONE, name: t('one.noUnit') }, ...others]
  if (choices.length === 0) return null
  return (
    <>
      {move.isError && <TroubleNotice error={move.error} />}
      <div className="row give">
        <Select label={t('units.move')} choices={choices} value={chosen} onChange={setChosen} />
        <Button
          isDisabled={chosen === null}
          isPending={move.isPending}
          onPress={() => chosen !== null && move.mutate(chosen)}
        >
          {t('units.moveAct')}
        </Button>
      </div>
    </>
  )
}
