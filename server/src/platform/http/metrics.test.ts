import { describe, expect, onTestFinished, test } from 'vitest'
import { openWeb } from '../../web.ts'
import { readSettings } from '../settings/settings.ts'
import { ask } from '../testing/a-shell.ts'
import { readPrometheusText } from '../testing/prometheus-text.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { silentLogger } from './logging.ts'
import { openMetrics } from './metrics.ts'

describe('/metrics', () => {
  test('is what Prometheus reads, and names no person, token or path', async () => {
    const metrics = openMetrics()
    metrics.gauge('vidne_log_standing', '1 while the log may sign', () => 1)
    const failures = metrics.count('vidne_failures_total', 'A count with "quotes" and a \\ in its help')
    failures(3)
    const settings = readSettings(await temporaryFolder(), { port: 0 }, {})
    const web = await openWeb({ settings, standing: { house: null }, metrics, log: silentLogger })
    onTestFinished(() => web.close())
    for (const path of ['/', '/healthz', '/readyz', '/api/recordings', '/upload/0100-12-hansen', '/log/checkpoint'])
      await ask(web.url + path, { authorization: 'Bearer vdn_secret' })
    const { status, headers, text } = await ask(`${web.url}/metrics`)
    expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/plain; version=0\.0\.4/)])
    const { types, samples } = readPrometheusText(text)
    const value = (name: string) => samples.find(one => one.name === name)?.value
    expect([value('vidne_log_standing'), value('vidne_failures_total')]).toEqual([1, 3])
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(types.get('vidne_request_seconds')).toBe('histogram')
    const ours = samples.filter(({ name }) => name.startsWith('vidne_request_seconds'))
    expect(new Set(ours.map(({ labels }) => labels['kind']))).toEqual(new Set(['page', 'api', 'upload', 'log']))
    expect(text).not.toMatch(/hansen|vdn_|recordings|127\.0\.0\.1/)
    for (const { labels } of ours.filter(({ name }) => name.endsWith('_count'))) {
      const buckets = ours.filter(
        one =>
          one.name.endsWith('_bucket') &&
          one.labels['kind'] === labels['kind'] &&
          one.labels['status'] === labels['status'],
      )
      const counts = buckets.map(one => one.value)
      expect(counts).toEqual(counts.toSorted((a, b) => a - b))
      expect(buckets.at(-1)?.labels['le']).toBe('+Inf')
    }
  })

  test('is read by a reader that refuses what is no such text', () => {
    for (const bad of [
      'x 1',
      '# TYPE x gauge\nx one\n',
      'x 1\n',
      '# TYPE x gauge\nx 1\nx 2\n',
      '# TYPE x gauge\nx{a=b} 1\n',
    ])
      expect(() => readPrometheusText(bad)).toThrow(/line|type|twice|labels/)
  })
})
