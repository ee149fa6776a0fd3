import { say } from '@vidne/locales/say'
import { compareWords, factsOf, kindWords, partsOf, sentenceOf } from '@vidne/verifier/telling'
import { progressWords } from '@vidne/verifier/progress'
import type { Reason, Unreadable, Verdict } from '@vidne/verifier/verdict'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Facts } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { useLanguage } from '../words/words.tsx'
import type { Outcome } from './judging.ts'
import './verdict.css'

/** The verdict in words, its three parts beside each other: none stands for another, and there is no sum of them. */
export function OutcomeView({ outcome }: { outcome: Outcome }) {
  const { language } = useLanguage()
  switch (outcome.state) {
    case 'nothing':
      return <p className="quiet">{say(language, 'verdict.page.nothing')}</p>
    case 'checking':
      return <Checking {...outcome} />
    case 'verdict':
      return <VerdictView verdict={outcome.verdict} />
    case 'unreadable':
      return <UnreadableView why={outcome.why} />
    case 'trouble':
      return <Notice tone="wait">{say(language, outcome.key)}</Notice>
  }
}

function Checking({ done, total, ms }: { done: number; total: number; ms: number }) {
  const { language } = useLanguage()
  const label = say(language, 'verdict.page.checking')
  return (
    <div className="stack tight">
      <p>{label}</p>
      <progress className="progress" max={1} value={total === 0 ? 0 : done / total} aria-label={label} />
      {total > 0 && (
        <p className="quiet small" aria-hidden="true">
          {progressWords(language, { done, total, ms })}
        </p>
      )}
    </div>
  )
}

function VerdictView({ verdict }: { verdict: Verdict }) {
  const { language } = useLanguage()
  const compare = compareWords(language, verdict)
  return (
    <div className="stack">
      {kindWords(language, verdict).map(words => (
        <p key={words} className="lead">
          {words}
        </p>
      ))}
      <div className="verdict-parts">
        {partsOf(language, verdict).map(({ name, sentences, good }) => (
          <article key={name} className={`verdict-part ${good ? 'good' : 'stop'}`}>
            <h3>
              <Badge tone={good ? 'good' : 'stop'}>{name}</Badge>
            </h3>
            {sentences.map(sentence => (
              <p key={sentence}>{sentence}</p>
            ))}
          </article>
        ))}
      </div>
      <Notice tone={verdict.holds ? 'good' : 'stop'}>
        {say(language, verdict.holds ? 'verdict.holds.yes' : 'verdict.holds.no')}
      </Notice>
      {verdict.reasons.length > 0 && <Reasons reasons={verdict.reasons} />}
      <h3>{say(language, 'verdict.page.facts')}</h3>
      <Facts facts={factsOf(language, verdict).map(([name, value]) => ({ name, value }))} />
      {compare !== null && <p>{compare}</p>}
    </div>
  )
}

function UnreadableView({ why: { code, where, fault } }: { why: Unreadable }) {
  const { language } = useLanguage()
  return (
    <div className="stack">
      <h3>{say(language, 'verdict.kind.unreadable')}</h3>
      <Reasons reasons={[{ code, where, fault }]} />
    </div>
  )
}

type Told = Reason & Partial<Pick<Unreadable, 'fault'>>

function Reasons({ reasons }: { reasons: readonly Told[] }) {
  const { language } = useLanguage()
  return (
    <Table
      caption={say(language, 'verdict.reasons')}
      hideCaption={false}
      rows={reasons}
      keyOf={reason => `${reason.code} ${reason.where}`}
      columns={[
        { id: 'reason', name: say(language, 'verdict.page.reason'), cell: reason => sentenceOf(language, reason) },
        { id: 'place', name: say(language, 'verdict.page.place'), cell: reason => <code>{reason.where}</code> },
      ]}
    />
  )
}
