import { setTimeout as pause } from 'node:timers/promises'

/** Whom to ask, and as whom. */
export type Asked = { url: string; token: string | null }

/** An answer as it came: refusals are what some tests wait for. `said` is the parsed JSON, or the text. */
export type Said = { status: number; said: unknown; bytes: Buffer }

/** One request to an installation. */
export async function ask({ url, token }: Asked, method: string, path: string, body?: object): Promise<Said> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, said: parsed(bytes.toString()), bytes }
}

/** As `ask`, where anything but success is a broken test. */
export async function get<T>(asked: Asked, method: string, path: string, body?: object): Promise<T> {
  const { status, said } = await ask(asked, method, path, body)
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(said)}`)
  return said as T
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A file of a camera, and where it lay there. */
export type CameraFile = {
  path: string
  bytes: Uint8Array
  camera?: string
  wearer?: string
  /** What its clock says, epoch milliseconds. */
  at?: number
}

/** Begins an upload; the address to send the bytes to, and the recording where there are none to send. */
export async function beginUpload(
  asked: Asked,
  { path, bytes, camera, wearer, at }: CameraFile,
): Promise<{ upload: string; recording: string | null }> {
  const pairs = {
    path,
    ...(camera === undefined ? {} : { camera }),
    ...(wearer === undefined ? {} : { wearer }),
    ...(at === undefined ? {} : { clocks: JSON.stringify([{ source: 'camera', at }]) }),
  }
  const metadata = Object.entries(pairs).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
  const answer = await fetch(`${asked.url}/upload/`, {
    method: 'POST',
    headers: {
      ...tusHeaders(asked),
      'upload-length': String(bytes.length),
      'upload-metadata': metadata.join(','),
    },
  })
  const location = answer.headers.get('location')
  if (answer.status !== 201 || location === null) throw new Error(`not begun: ${answer.status} ${await answer.text()}`)
  return { upload: new URL(location, asked.url).href, recording: answer.headers.get('vidne-recording') }
}

/** Sends bytes to an upload; the recording it became, null while bytes are missing. */
export async function send(asked: Asked, upload: string, offset: number, bytes: Uint8Array): Promise<string | null> {
  const answer = await fetch(upload, {
    method: 'PATCH',
    headers: {
      ...tusHeaders(asked),
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
    },
    body: new Blob([Uint8Array.from(bytes)]),
  })
  if (answer.status !== 204) throw new Error(`not taken: ${answer.status} ${await answer.text()}`)
  return answer.headers.get('vidne-recording')
}

/** Docks a whole file; the recording and its receipt, once the log has sealed it. */
export async function dock(asked: Asked, file: CameraFile): Promise<{ recording: string; receipt: string }> {
  const { upload, recording: empty } = await beginUpload(asked, file)
  const recording = empty ?? (await send(asked, upload, 0, file.bytes))
  if (recording === null) throw new Error('all bytes were sent and there is no recording')
  return { recording, receipt: await receiptOf(asked, upload) }
}

async function receiptOf(asked: Asked, upload: string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${upload}/receipt`, { headers: tusHeaders(asked) })
    if (answer.status === 200) return answer.text()
    await pause(100)
  }
  throw new Error('no receipt came')
}

function tusHeaders({ token }: Asked): Record<string, string> {
  return { 'tus-resumable': '1.0.0', ...(token === null ? {} : { authorization: `Bearer ${token}` }) }
}

/** A recording as it is listed. */
export type Row = { id: string; sha256: string | null; state: string; path: string | null; parsable: boolean | null }

export async function listed(asked: Asked): Promise<Row[]> {
  return (await get<{ recordings: Row[] }>(asked, 'GET', '/api/recordings')).recordings
}

/** Waits until something holds; rejects in words when it never does. */
export async function until(what: string, holds: () => Promise<boolean>, patienceMs = 60_000): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it never came: ${what}`)
    await pause(100)
  }
}

type Wish = { purpose: string; to?: string; case?: string; wait?: boolean }

/** Asks for a package and waits until it is made; where its bytes are. */
export async function prepared(
  asked: Asked,
  recording: string,
  wish: Wish = { purpose: 'case 41/26' },
): Promise<string> {
  const state = await get<ExportState>(asked, 'POST', `/api/recordings/${recording}/exports`, { wait: false, ...wish })
  return downloadOf(asked, state)
}

type ExportState = { state: string; export?: string; download?: string }

async function downloadOf(asked: Asked, first: ExportState): Promise<string> {
  if (first.state === 'waiting') throw new Error('a second person has to agree first')
  let state = first
  await until('a package', async () => {
    if (state.download === undefined) state = await get<ExportState>(asked, 'GET', `/api/exports/${state.export ?? ''}`)
    return state.download !== undefined
  })
  return state.download ?? ''
}

/** The package of a recording. */
export async function exported(asked: Asked, recording: string, wish?: Wish): Promise<Buffer> {
  return (await ask(asked, 'GET', await prepared(asked, recording, wish))).bytes
}

/** The statement of a deletion. */
export async function statementOf(asked: Asked, recording: string, wish: { names?: boolean } = {}): Promise<Buffer> {
  const state = await get<ExportState>(asked, 'POST', `/api/recordings/${recording}/statement`, wish)
  return (await ask(asked, 'GET', await downloadOf(asked, state))).bytes
}

export const DAY = 86_400_000

/** Sets the clock of a rehearsal so many days from this machine's time. */
export async function inDays(asked: Asked, days: number): Promise<void> {
  await get(asked, 'POST', '/api/clock', { instant: new Date(Date.now() + days * DAY).toISOString() })
}

export type Report = {
  state: 'done' | 'stopped' | 'waiting'
  because: string | null
  approval: string | null
  deleted: { recording: string }[]
}

export function run(asked: Asked): Promise<Report> {
  return get<Report>(asked, 'POST', '/api/runs', { what: 'nightly' })
}

/** A token of another person of the same agency. */
export async function personIn(asked: Asked, person: string, role: string): Promise<Asked> {
  const wish = { person, role, expires: '2099-01-01T00:00:00Z' }
  const { token } = await get<{ token: string }>(asked, 'POST', '/api/tokens', wish)
  return { url: asked.url, token }
}
