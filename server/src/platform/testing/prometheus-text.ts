/** A figure in Prometheus' text format 0.0.4. */
export type Sample = { name: string; labels: Readonly<Record<string, string>>; value: number }

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const HELP = new RegExp(`^# HELP (${NAME}) .+$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`)
/** Prometheus reads figures by Go's ParseFloat, to which NaN and Inf are the same in any case. */
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?[0-9][0-9.e+-]*|[+-]Inf|NaN)$`, 'i')
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y
const OF_HISTOGRAMS = /_(bucket|sum|count)$/

/**
 * Reads it as Prometheus does, which throws a whole scrape away for one bad line.
 * @throws for a line that is none of the format, a figure without a type before it, and one that is there twice.
 */
export function readPrometheusText(text: string): { types: ReadonlyMap<string, string>; samples: readonly Sample[] } {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const samples = new Map<string, Sample>()
  for (const line of text.split('\n').filter(line => line !== '' && !HELP.test(line))) {
    const [, typed, type] = TYPE.exec(line) ?? []
    if (typed !== undefined && type !== undefined) addOnce(types, typed, type)
    else {
      const { series, sample } = readSample(line)
      if (!types.has(sample.name) && types.get(sample.name.replace(OF_HISTOGRAMS, '')) !== 'histogram')
        throw new Error(`${sample.name} has no type`)
      addOnce(samples, series, sample)
    }
  }
  return { types, samples: [...samples.values()] }
}

function addOnce<Value>(to: Map<string, Value>, name: string, value: Value): void {
  if (to.has(name)) throw new Error(`${name} is there twice`)
  to.set(name, value)
}

function readSample(line: string): { series: string; sample: Sample } {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? []
  if (name === undefined) throw new Error(`this is no line of Prometheus: ${line}`)
  const sample = { name, labels: readLabels(labels), value: Number(value.replace(/inf/i, 'Infinity')) }
  return { series: `${name}{${labels}}`, sample }
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? []
    if (name === undefined || value === undefined || name in labels) throw new Error(`these are no labels: ${text}`)
    labels[name] = value
  }
  return labels
}
