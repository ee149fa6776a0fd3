import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { valueWords } from '@vidne/locales/tell'
import { type FormEvent, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Button } from '../../../design/Button.tsx'
import { Select, TextField } from '../../../design/fields.tsx'
import { Notice } from '../../../design/Notice.tsx'
import { TroubleNotice } from '../../../design/TroubleNotice.tsx'
import { vidne } from '../../connection/client.ts'
import { may, usePerson } from '../../shell/me.ts'
import { useLanguage } from '../../words/words.tsx'

/** How long it lives by the people's word: its category, and what stops its deletion. */
export function Keeping({ recording }: { recording: string }) {
  const person = usePerson()
  return (
    <div className="columns">
      {may(person, 'categorise') && <Category recording={recording} />}
      <Holding recording={recording} />
    </div>
  )
}

function useAgain(recording: string) {
  const questions = useQueryClient()
  return async () => {
    await questions.invalidateQueries({ queryKey: ['recordings'] })
    await questions.invalidateQueries({ queryKey: ['holds', recording] })
  }
}

function Category({ recording }: { recording: string }) {
  const t = useTranslations('work')
  const { language } = useLanguage()
  const again = useAgain(recording)
  const policy = useQuery({ queryKey: ['policy', 'show'], queryFn: () => vidne.policy.show({}) })
  const [rule, setRule] = useState<string | null>(null)
  const [basis, setBasis] = useState('')
  const [number, setNumber] = useState('')
  const put = useMutation({
    mutationFn: (wish: { rule: string }) =>
      vidne.recordings.categorise({
        id: recording,
        ...wish,
        basis: basis.trim(),
        ...(number.trim() === '' ? {} : { case: number.trim() }),
      }),
    onSuccess: again,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (rule !== null && basis.trim().length >= 3) put.mutate({ rule })
  }
  const choices = rulesIn(policy.data?.policy).map(id => ({ id, name: valueWords(language, 'rule', id) ?? id }))
  return (
    <section className="stack">
      <h3>{t('category.title')}</h3>
      <p className="quiet">{t('category.keepsLonger')}</p>
      <form className="stack" onSubmit={submit}>
        <Select label={t('category.rule')} choices={choices} value={rule} onChange={setRule} isRequired />
        <TextField label={t('category.basis')} value={basis} onChange={setBasis} isRequired minLength={3} />
        <TextField label={t('category.case')} value={number} onChange={setNumber} />
        <div>
          <Button type="submit" isPending={put.isPending}>
            {t('category.put')}
          </Button>
        </div>
      </form>
      {put.isSuccess && (
        <Notice tone="good" live>
          {t('category.done')}
        </Notice>
      )}
      {put.isError && <TroubleNotice error={put.error} />}
    </section>
  )
}

/** The rules by which the policy lets things live. */
function rulesIn(policy: unknown): string[] {
  if (typeof policy !== 'object' || policy === null || !('retention' in policy)) return []
  const { retention } = policy
  return typeof retention === 'object' && retention !== null ? Object.keys(retention) : []
}

function Holding({ recording }: { recording: string }) {
  const t = useTranslations('work')
  const format = useFormatter()
  const person = usePerson()
  const again = useAgain(recording)
  const [reason, setReason] = useState('')
  const holds = useQuery({
    queryKey: ['holds', recording],
    queryFn: async () => (await vidne.holds.list()).filter(one => one.recording === recording),
  })
  const wish = { id: recording, reason: reason.trim() }
  const hold = useMutation({ mutationFn: () => vidne.recordings.hold(wish), onSuccess: again })
  const release = useMutation({ mutationFn: () => vidne.recordings.release(wish), onSuccess: again })
  const standing = holds.data ?? []
  return (
    <section className="stack">
      <h3>{t('hold.title')}</h3>
      <Standing holds={holds.data ?? null} />
      {(may(person, 'hold') || may(person, 'release')) && (
        <TextField label={t('hold.reason')} value={reason} onChange={setReason} isRequired minLength={3} />
      )}
      <div className="row">
        {may(person, 'hold') && (
          <Button isPending={hold.isPending} isDisabled={wish.reason.length < 3} onPress={() => hold.mutate()}>
            {t('hold.place')}
          </Button>
        )}
        {may(person, 'release') && standing.length > 0 && (
          <Button isPending={release.isPending} isDisabled={wish.reason.length < 3} onPress={() => release.mutate()}>
            {t('hold.release')}
          </Button>
        )}
      </div>
      {hold.isSuccess && (
        <Notice tone="good" live>
          {t('hold.held')}
        </Notice>
      )}
      {release.isSuccess && (
        <Notice tone="wait" live>
          {t('hold.asked', { when: format.dateTime(new Date(release.data.deadline), 'moment') })}
        </Notice>
      )}
      {hold.isError && <TroubleNotice error={hold.error} />}
      {release.isError && <TroubleNotice error={release.error} />}
    </section>
  )
}

type Hold = Awaited<ReturnType<typeof vidne.holds.list>>[number]

function Standing({ holds }: { holds: readonly Hold[] | null }) {
  const t = useTranslations('work')
  const format = useFormatter()
  const day = (at: string) => format.dateTime(new Date(at), 'day')
  if (holds?.length === 0) return <p className="quiet">{t('hold.none')}</p>
  return holds?.map(one => (
    <div key={one.hold} className="entry">
      {one.reason !== null && <p className="written">{one.reason}</p>}
      <span className="quiet small">
        {t('hold.stands', { when: day(one.placedAt), name: one.placedBy, review: day(one.review) })}
      </span>
    </div>
  ))
}
