import { expect, test } from 'vitest'
import { languages } from '@vidne/locales/say'
import { bad, FindingAnswer, good, toldIn } from './finding.ts'

test('a finding is told in the language it is looked at in, its numbers and the words within it too', () => {
  const full = bad('disk-space', 'disk-space-low', { free: 1.5, share: 3, place: { say: 'place-vault-a' } })
  expect(languages.map(language => toldIn(language, full).text)).toEqual([
    'Only 1.5 GB (3 %) free on the disk of the vault, copy a. Uploads stop when it is full.',
    'Kun 1,5 GB (3 %) ledig på disken med nøgleboks, kopi a. Overførsler stopper, når den er fuld.',
    'Bara 1,5 GB (3 %) ledigt på disken med nyckelvalv, kopia a. Överföringar stannar när den är full.',
    'Nur 1,5 GB (3 %) frei auf der Festplatte mit: Schlüsseltresor, Kopie a. Übertragungen halten an, wenn sie voll ist.',
  ])
  const stopped = { code: 'log', ok: false, stops: true, said: { still: { code: 'forked' } } } as const
  expect(toldIn('de', stopped).text).toContain('Prozess')
})

test('what the server answers to the operator is a finding with words, or nothing', () => {
  const finding = good('vault', 'vault')
  expect(FindingAnswer.parse(JSON.parse(JSON.stringify(finding)))).toEqual(finding)
  expect(FindingAnswer.safeParse({ ...finding, said: { say: 'what-a-newer-one-finds' } }).success).toBe(false)
})
