import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** Figures for Prometheus. Labels are a closed set of words: never a person, a camera or a case. */
export interface Metrics {
  request(p: { kind: 'api' | 'upload' | 'log' | 'page'; status: number; seconds: number }): void
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  count(name: string, help: string): (by?: number) => void
  text(): Promise<string>
  readonly contentType: string
}

export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'vidne_request_seconds',
    help: 'Requests by kind and class of status',
    labelNames: ['kind', 'status'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  })
  return {
    request: ({ kind, status, seconds }) =>
      requests.observe({ kind, status: `${Math.floor(status / 100)}xx` }, seconds),
    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers: [registry],
        collect: async () => gauge.set(await read()),
      })
    },
    count(name, help) {
      const counter = new Counter({ name, help, registers: [registry] })
      return (by = 1) => counter.inc(by)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
