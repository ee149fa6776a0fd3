import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Select } from '../../design/fields.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { judgement, type Outcome } from '../check/judging.ts'
import { OutcomeView } from '../check/VerdictView.tsx'
import type { Demo } from './demo.ts'
import { type Fetched, fetchPackage } from './fetched-package.ts'
import { Station } from './Station.tsx'

/** Change one byte of a real package, anywhere, and be told where. Nothing of it leaves the browser again. */
export function ByteStation({ demo }: { demo: Demo }) {
  const t = useTranslations('tour')
  const fetching = useMutation({ mutationFn: () => fetchPackage(demo.link) })
  return (
    <Station number={1} title={t('byte.title')} text={t('byte.text')}>
      {fetching.isError && <TroubleNotice error={fetching.error} />}
      {fetching.data === undefined ? (
        <div>
          <Button weight="main" isPending={fetching.isPending} onPress={() => fetching.mutate()}>
            {t('byte.fetch')}
          </Button>
          {fetching.isPending && <Loading />}
        </div>
      ) : (
        <Changing fetched={fetching.data} trust={demo.trust} />
      )}
    </Station>
  )
}

type Changed = { at: number; was: number; is: number } | null

function Changing({ fetched, trust }: { fetched: Fetched; trust: string }) {
  const t = useTranslations('tour')
  const format = useFormatter()
  const [file, setFile] = useState(footageIn(fetched).name)
  const [share, setShare] = useState(50)
  const [outcome, setOutcome] = useState<Outcome>({ state: 'nothing' })
  const [changed, setChanged] = useState<Changed>(null)
  const chosen = fetched.files.find(one => one.name === file) ?? footageIn(fetched)
  const within = Math.min(chosen.bytes - 1, Math.floor((chosen.bytes * share) / 100))
  const check = async (at: number | null) => {
    const bytes = Uint8Array.from(fetched.bytes)
    const was = at === null ? 0 : (bytes[at] ?? 0)
    if (at !== null) bytes[at] = was ^ 1
    setChanged(at === null ? null : { at, was, is: was ^ 1 })
    setOutcome({ state: 'checking', done: 0, total: 0, ms: 0 })
    const given = { subject: new File([bytes], fetched.name), trust: new File([trust], 'trust.policy') }
    setOutcome(await judgement({ ...given, log: null, rehearsal: true }, () => {}))
  }
  return (
    <div className="stack">
      <p className="quiet">
        {t('byte.holds', { files: fetched.files.length, bytes: format.number(fetched.bytes.length) })}
      </p>
      <Select
        label={t('byte.file')}
        choices={fetched.files.map(({ name, bytes }) => ({ id: name, name: `${name} (${format.number(bytes)})` }))}
        value={chosen.name}
        onChange={setFile}
      />
      <label className="field">
        <span>{t('byte.place', { at: format.number(within), of: format.number(chosen.bytes) })}</span>
        <input
          type="range"
          min={0}
          max={100}
          value={share}
          aria-valuetext={t('byte.place', { at: format.number(within), of: format.number(chosen.bytes) })}
          onChange={event => setShare(Number(event.target.value))}
        />
      </label>
      <div className="row">
        <Button weight="main" onPress={() => void check(chosen.at + within)}>
          {t('byte.change')}
        </Button>
        <Button onPress={() => void check(null)}>{t('byte.asItIs')}</Button>
      </div>
      {changed !== null && (
        <p>{t('byte.changed', { at: format.number(changed.at), was: hex(changed.was), is: hex(changed.is) })}</p>
      )}
      <div aria-live="polite" data-state={outcome.state} className="verdict-here">
        {outcome.state !== 'nothing' && <OutcomeView outcome={outcome} />}
      </div>
      <p className="quiet small">{t('byte.trust')}</p>
    </div>
  )
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

/** The footage: that is what one would want to change, and in `data/` nothing is larger. */
function footageIn({ files }: Fetched): Fetched['files'][number] {
  const sorted = files.filter(({ name }) => name.startsWith('data/')).toSorted((one, other) => other.bytes - one.bytes)
  const found = sorted[0] ?? files[0]
  if (found === undefined) throw new Error('the package is empty')
  return found
}
