import { weekdayWords } from '@vidne/locales/forms'
import type { PolicyPack } from '@vidne/policies/pack'
import { type Reading, listText, periodText, rolesText, valueText, word } from './reading.ts'
import { ifThere, type Item, type Section } from './section.ts'

/** What the rules say about the camera: who decides, what it records, and how people are told. */
export function cameraSections(reading: Reading): Section[] {
  const { pack } = reading
  return [
    { heading: 'section.decides', items: decides(reading) },
    {
      heading: 'section.must',
      ...(pack.mustRecord.length === 0 ? { lead: word(reading, 'must.none') } : {}),
      items: coded(reading, 'mustRecord', 'trigger'),
    },
    { heading: 'section.may', items: may(reading) },
    { heading: 'section.mustNot', lead: word(reading, 'mustNot.lead'), items: mustNot(reading) },
    { heading: 'section.stop', items: coded(reading, 'mustStop', 'stop') },
    { heading: 'section.tasks', items: tasks(reading) },
    { heading: 'section.notice', items: notice(reading) },
  ]
}

type Coded = 'mustRecord' | 'mustStop'

function coded(reading: Reading, field: Coded, group: 'trigger' | 'stop'): Item[] {
  return reading.pack[field].map(({ v }) => ({ path: `${field}.${v}`, says: valueText(reading, group, v) }))
}

function decides(reading: Reading): Item[] {
  const { decider, autoStart, override, stages } = reading.pack
  const who = valueText(reading, 'overrideWho', override.who.v)
  return [
    { path: 'decider', says: valueText(reading, 'decider', decider.v) },
    { path: 'autoStart', says: word(reading, autoStart.v ? 'decides.autoStart' : 'decides.noAutoStart') },
    ...ifThere(stages, ({ v, skipped }) => ({
      path: 'stages',
      says: word(reading, 'decides.stages'),
      more: [
        ...v.map((stage, place) => `${place + 1}. ${valueText(reading, 'stage', stage)}`),
        ...(skipped === undefined ? [] : [word(reading, 'decides.skipped', { mark: skipped })]),
      ],
    })),
    { path: 'override.who', says: word(reading, 'decides.overrideWho', { who }), more: departing(reading) },
    { path: 'override.reason', says: valueText(reading, 'overrideReason', override.reason.v), more: reason(reading) },
    { path: 'override.second', says: word(reading, override.second.v ? 'decides.second' : 'decides.noSecond') },
  ]
}

function departing(reading: Reading): string[] {
  const { roles, inDanger } = reading.pack.override.who
  return [
    ...(roles.length === 0 ? [] : [word(reading, 'sees.roles', { roles: rolesText(reading, roles) })]),
    ...(inDanger ? [word(reading, 'decides.inDanger')] : []),
  ]
}

function reason(reading: Reading): string[] {
  const { least, within, lasts } = reading.pack.override.reason
  return [
    ...(least === 0 ? [] : [word(reading, 'decides.least', { least })]),
    ...(within === 'shift' ? [word(reading, 'decides.withinShift')] : []),
    ...(within === null || within === 'shift'
      ? []
      : [word(reading, 'decides.within', { period: periodText(reading, within) })]),
    ...(lasts === undefined ? [] : [word(reading, 'decides.lasts', { period: periodText(reading, lasts) })]),
  ]
}

function may(reading: Reading): Item[] {
  return reading.pack.mayRecord.map(({ v, schedule }) => ({
    path: `mayRecord.${v}`,
    says: valueText(reading, 'trigger', v),
    more: (schedule ?? []).map(({ days, from, to }) =>
      word(reading, 'may.hours', { days: weekdayWords(reading.language, days), from, to }),
    ),
  }))
}

function mustNot(reading: Reading): Item[] {
  return reading.pack.mustNot.map(({ v, unless }) => ({
    path: `mustNot.${v}`,
    says: valueText(reading, 'zone', v),
    more:
      unless === undefined ? [] : [word(reading, 'mustNot.unless', { roles: rolesText(reading, unless.decidedBy) })],
  }))
}

function tasks(reading: Reading): Item[] {
  const { pack } = reading
  return pack.tasks.map(task => {
    const because = [
      ...task.zones.map(zone => valueText(reading, 'zone', zone)),
      ...task.triggers.map(trigger => valueText(reading, 'trigger', trigger)),
    ]
    const says = word(reading, `task.${verdictOf(pack, task)}`, { task: valueText(reading, 'task', task.v) })
    return { path: `tasks.${task.v}`, says, more: [`${listText(reading, because)}.`] }
  })
}

type Task = PolicyPack['tasks'][number]

/** A forbidden place beats every trigger, and what must be recorded beats what may. */
function verdictOf(pack: PolicyPack, { zones, triggers }: Task): 'mustNot' | 'must' | 'may' {
  if (pack.mustNot.some(({ v }) => zones.includes(v))) return 'mustNot'
  return pack.mustRecord.some(({ v }) => triggers.includes(v)) ? 'must' : 'may'
}

function notice(reading: Reading): Item[] {
  const { notice: told, buffer } = reading.pack
  const exception = valueText(reading, 'noticeException', told.exception.v)
  const seconds = buffer.seconds.v
  return [
    {
      path: 'notice.duty',
      says: valueText(reading, 'noticeDuty', told.duty.v),
      more: told.duty.required ? [] : [word(reading, 'not.required')],
    },
    {
      path: 'notice.exception',
      says: word(reading, 'notice.exception', { exception }),
      more: told.exception.allowed ? [] : [word(reading, 'notice.noException')],
    },
    {
      path: 'buffer.seconds',
      says: seconds === 0 ? word(reading, 'notice.noBuffer') : word(reading, 'notice.buffer', { seconds }),
    },
    { path: 'buffer.audio', says: word(reading, buffer.audio.v ? 'notice.bufferSound' : 'notice.noBufferSound') },
    ...atTheCamera(reading),
  ]
}

function atTheCamera(reading: Reading): Item[] {
  const { liveStream, sound, capture } = reading.pack
  return [
    ...ifThere(sound, ({ v, on }) => ({
      path: 'sound',
      says: valueText(reading, 'sound', v),
      more: on ? [word(reading, 'notice.soundOn')] : [],
    })),
    ...ifThere(liveStream, ({ v, allowed, roles }) => ({
      path: 'liveStream',
      says: valueText(reading, 'liveStream', v),
      more: [
        allowed ? word(reading, 'sees.roles', { roles: rolesText(reading, roles) }) : word(reading, 'not.allowed'),
      ],
    })),
    ...ifThere(capture, ({ v, sealedAtCapture }) => ({
      path: 'capture',
      says: valueText(reading, 'capture', v),
      more: sealedAtCapture ? [] : [word(reading, 'not.required')],
    })),
  ]
}
