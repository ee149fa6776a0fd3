import { type FormEvent, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Choices, TextField } from '../../design/fields.tsx'
import type { Origin, Provenance } from './kept.ts'
import { type Asked, type ClockSaid, faultsOf, type Fault, provenanceOf, UNASKED } from './provenance.ts'

/** Where the files come from: asked before any is chosen, since nobody can ask again once it is sealed. */
export function ProvenanceForm({ said, onSaid }: { said: Provenance | null; onSaid: (said: Provenance) => void }) {
  const t = useTranslations('bring-in')
  const [asked, setAsked] = useState<Asked>(() => (said === null ? UNASKED : askedFrom(said)))
  const [faults, setFaults] = useState<readonly Fault[]>([])
  const form = useRef<HTMLFormElement>(null)
  const change = (part: Partial<Asked>) => setAsked({ ...asked, ...part })
  const fault = (of: Fault) => (faults.includes(of) ? t(`provenance.fault.${of}`) : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = faultsOf(asked)
    setFaults(found)
    const provenance = provenanceOf(asked)
    if (found.length === 0 && provenance !== null) onSaid(provenance)
    // Once they are shown, the first one is where one goes on.
    else
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>('[aria-invalid=true], [data-invalid] input')?.focus(),
      )
  }
  return (
    <form className="stack" ref={form} onSubmit={submit} noValidate>
      <Choices<Origin>
        label={t('provenance.origin')}
        value={asked.origin}
        error={fault('origin')}
        onChange={origin => change({ origin })}
        choices={(['own-camera', 'handed-in', 'seized'] as const).map(id => ({
          id,
          name: t(`provenance.${id}.name`),
          hint: t(`provenance.${id}.hint`),
        }))}
      />
      {asked.origin === 'own-camera' && (
        <TextField
          label={t('provenance.camera')}
          hint={t('provenance.cameraHint')}
          value={asked.camera}
          maxLength={200}
          onChange={camera => change({ camera })}
        />
      )}
      {(asked.origin === 'handed-in' || asked.origin === 'seized') && (
        <GiverFields seized={asked.origin === 'seized'} asked={asked} change={change} fault={fault} />
      )}
      {asked.origin !== null && <ClockFields asked={asked} change={change} fault={fault} />}
      <div>
        <Button weight="main" type="submit">
          {t('provenance.continue')}
        </Button>
      </div>
    </form>
  )
}

type Part = {
  asked: Asked
  change: (part: Partial<Asked>) => void
  fault: (of: Fault) => string | undefined
}

function GiverFields({ seized, asked, change, fault }: Part & { seized: boolean }) {
  const t = useTranslations('bring-in')
  return (
    <>
      <TextField
        label={t(seized ? 'provenance.takenFrom' : 'provenance.giver')}
        hint={t('provenance.giverHint')}
        error={fault('giver')}
        isRequired
        value={asked.giver}
        maxLength={500}
        onChange={giver => change({ giver })}
      />
      <TextField
        label={t('provenance.legalBasis')}
        hint={t(seized ? 'provenance.legalBasisHint' : 'provenance.legalBasisOptional')}
        error={fault('legalBasis')}
        isRequired={seized}
        value={asked.legalBasis}
        maxLength={500}
        onChange={legalBasis => change({ legalBasis })}
      />
    </>
  )
}

function ClockFields({ asked, change, fault }: Part) {
  const t = useTranslations('bring-in')
  return (
    <>
      <Choices<ClockSaid>
        label={t('provenance.clock.label')}
        hint={t('provenance.clock.hint')}
        value={asked.clock}
        error={fault('clock')}
        onChange={clock => change({ clock })}
        choices={(['unknown', 'right', 'ahead', 'behind'] as const).map(id => ({
          id,
          name: t(`provenance.clock.${id}`),
        }))}
      />
      {(asked.clock === 'ahead' || asked.clock === 'behind') && (
        <TextField
          label={t('provenance.clock.by')}
          hint={t('provenance.clock.byHint')}
          error={fault('offset')}
          isRequired
          value={asked.offset}
          onChange={offset => change({ offset })}
        />
      )}
    </>
  )
}

function askedFrom({ origin, camera, giver, legalBasis, clockOffsetMs }: Provenance): Asked {
  const clock =
    clockOffsetMs === null ? 'unknown' : clockOffsetMs === 0 ? 'right' : clockOffsetMs > 0 ? 'ahead' : 'behind'
  const seconds = Math.round(Math.abs(clockOffsetMs ?? 0) / 1000)
  const two = (part: number) => String(part).padStart(2, '0')
  const offset = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return { origin, camera: camera ?? '', giver: giver ?? '', legalBasis: legalBasis ?? '', clock, offset }
}
