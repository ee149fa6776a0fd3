import { type Language, type MessageKey, languages, say } from '@vidne/locales/say'
import { progressWords } from '../progress.ts'
import { languageOf } from '../telling.ts'
import { Unreadable, type Verdict } from '../verdict.ts'
import { type Chosen, type Role, judge, roleOf } from './chosen.ts'
import { element } from './elements.ts'
import { type Dropped, type Folder, chosenFolder, dropped } from './folder.ts'
import { unreadableView, verdictView } from './verdict-view.ts'

type Outcome = 'checking' | { verdict: Verdict } | { unreadable: Unreadable } | { key: MessageKey }

const chosen: Chosen = { log: null, rehearsal: false }
let language: Language = languageOf(undefined, navigator.language)
let outcome: Outcome = { key: 'verdict.page.nothing' }
/** Only the newest check may speak: a file can be exchanged while it is being read. */
let newest = 0

const result = element('section', { 'aria-live': 'polite', id: 'result' })
const bar = element('progress', { max: '1' })
const pace = element('p', { 'aria-hidden': 'true' })
const form = element('form')
const texts: [HTMLElement, MessageKey][] = []

/** An element whose words follow the language. */
function worded<Node extends HTMLElement>(node: Node, key: MessageKey): Node {
  texts.push([node, key])
  return node
}

function render(): void {
  document.documentElement.lang = language
  document.title = say(language, 'verdict.page.title')
  for (const [node, key] of texts) node.textContent = say(language, key)
  for (const button of document.querySelectorAll<HTMLElement>('nav button'))
    button.setAttribute('aria-pressed', String(button.lang === language))
  result.setAttribute('aria-busy', String(outcome === 'checking'))
  result.replaceChildren(...outcomeView())
}

function outcomeView(): Node[] {
  if (outcome === 'checking') return progressView()
  if ('verdict' in outcome) return verdictView(language, outcome.verdict)
  if ('unreadable' in outcome) return unreadableView(language, outcome.unreadable)
  return [element('p', {}, say(language, outcome.key))]
}

function progressView(): Node[] {
  const label = say(language, 'verdict.page.checking')
  bar.setAttribute('aria-label', label)
  return [element('p', {}, label), bar, pace]
}

/** Moves the bar alone: a result that is put there anew each time would be read out each time. */
function move(done: number, total: number, ms: number): void {
  bar.value = total === 0 ? 0 : done / total
  pace.textContent = total === 0 ? '' : progressWords(language, { done, total, ms })
}

async function check(): Promise<void> {
  const own = ++newest
  const { subject } = chosen
  if (subject === undefined) return tell({ key: 'verdict.page.nothing' })
  const began = performance.now()
  let moved = began
  move(0, 0, 0)
  tell('checking')
  const told = (done: number, total: number) => {
    const now = performance.now()
    if (own !== newest || now - moved < 100) return
    moved = now
    move(done, total, now - began)
  }
  const said = await judgement({ ...chosen, subject }, told)
  if (own === newest) tell(said)
}

function tell(said: Outcome): void {
  outcome = said
  render()
}

async function judgement(
  given: Chosen & { subject: File },
  told: (done: number, total: number) => void,
): Promise<Outcome> {
  try {
    return { verdict: await judge(given, told) }
  } catch (refusal) {
    if (refusal instanceof Unreadable) return { unreadable: refusal }
    // What a browser throws here is its own trouble (an old one, a file gone meanwhile) and must not look like a verdict.
    const old = refusal instanceof DOMException && refusal.name === 'NotSupportedError'
    return { key: old ? 'verdict.page.old' : 'verdict.page.failed' }
  }
}

function fileInput(role: Role, key: MessageKey, hint?: MessageKey): HTMLElement {
  return inputFor(role, { key, hint }, {}, ([file]) => choose(role, file))
}

function logInput(): HTMLElement {
  const words = { key: 'verdict.page.log', hint: 'verdict.page.logHint' } as const
  return inputFor('log', words, { webkitdirectory: '' }, files => chooseLog(chosenFolder(files)))
}

function inputFor(
  id: Role | 'log',
  { key, hint }: { key: MessageKey; hint: MessageKey | undefined },
  attributes: Readonly<Record<string, string>>,
  changed: (files: readonly File[]) => void,
): HTMLElement {
  const described = hint === undefined ? {} : { 'aria-describedby': `${id}-hint` }
  const input = element('input', { type: 'file', id, ...described, ...attributes })
  input.addEventListener('change', () => changed([...(input.files ?? [])]))
  const words = hint === undefined ? [] : [worded(element('p', { id: `${id}-hint`, class: 'hint' }), hint)]
  return element('div', { class: 'field' }, worded(element('label', { for: id }), key), ...words, input)
}

function chooseLog(folder: Folder | null): void {
  chosen.log = folder
  void check()
}

function choose(role: Role, file: File | undefined): void {
  if (file === undefined) delete chosen[role]
  else chosen[role] = file
  void check()
}

function rehearsalInput(): HTMLElement {
  const input = element('input', { type: 'checkbox', id: 'rehearsal' })
  input.addEventListener('change', () => {
    chosen.rehearsal = input.checked
    void check()
  })
  const label = worded(element('label', { for: 'rehearsal' }), 'verdict.page.rehearsal')
  return element('div', { class: 'field check' }, input, label)
}

/** Drops are shown in the inputs, so that what was chosen is always to be seen. */
async function take({ files, folder }: Dropped): Promise<void> {
  if (folder !== null) {
    // Only its name: all of its files at once would have to be walked through first.
    show('log', new File([], folder.name))
    chooseLog(folder)
  }
  for (const file of files) {
    const role = await roleOf(file, chosen)
    show(role, file)
    choose(role, file)
  }
}

function show(id: Role | 'log', file: File): void {
  const input = document.getElementById(id)
  const shown = new DataTransfer()
  shown.items.add(file)
  if (input instanceof HTMLInputElement) input.files = shown.files
  input?.closest('details')?.setAttribute('open', '')
}

function languageSwitch(): HTMLElement {
  const buttons = languages.map(one => {
    const button = element('button', { type: 'button', lang: one }, say(one, 'language.name'))
    button.addEventListener('click', () => {
      language = one
      render()
    })
    return button
  })
  return element('nav', {}, ...buttons)
}

function build(): void {
  form.append(
    fileInput('subject', 'verdict.page.subject', 'verdict.page.subjectHint'),
    fileInput('trust', 'verdict.page.trust', 'verdict.page.trustHint'),
    element(
      'details',
      {},
      worded(element('summary'), 'verdict.page.more'),
      logInput(),
      fileInput('checkpoint', 'verdict.page.checkpoint'),
      fileInput('demands', 'verdict.page.demands'),
      fileInput('receipt', 'verdict.page.receipt'),
      fileInput('footage', 'verdict.page.footage'),
      rehearsalInput(),
    ),
  )
  document.body.append(
    languageSwitch(),
    element(
      'main',
      {},
      worded(element('h1'), 'verdict.page.title'),
      worded(element('p'), 'verdict.page.lead'),
      worded(element('p', { class: 'hint' }), 'verdict.page.source'),
      form,
      result,
    ),
  )
  document.addEventListener('dragover', event => event.preventDefault())
  document.addEventListener('drop', event => {
    event.preventDefault()
    if (event.dataTransfer !== null) void dropped(event.dataTransfer).then(take)
  })
  render()
}

build()
