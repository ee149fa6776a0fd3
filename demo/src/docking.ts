import { clipAs } from './clip.ts'
import type { Shot } from './month.ts'

/** Docks a shot as a charging rack does, by tus; the id of the recording it became. */
export async function dockShot(url: string, token: string, shot: Shot): Promise<string> {
  const bytes = clipAs(shot.clip, shot)
  const said = {
    path: `DCIM/${stamp(shot.at)}_${shot.camera.id}.MP4`,
    camera: shot.camera.id,
    ...(shot.camera.wearer === null ? {} : { wearer: shot.camera.wearer }),
    clocks: JSON.stringify([{ source: 'camera-start', at: shot.at }]),
  }
  const metadata = Object.entries(said).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
  const answer = await fetch(`${url}/upload/`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'tus-resumable': '1.0.0',
      'content-type': 'application/offset+octet-stream',
      'upload-length': String(bytes.length),
      'upload-metadata': metadata.join(','),
    },
    body: new Uint8Array(bytes),
  })
  const recording = answer.headers.get('vidne-recording')
  if (answer.status !== 201 || recording === null)
    throw new Error(`a clip was not taken in: ${answer.status} ${await answer.text()}`)
  return recording
}

/** As cameras name their files: 20261122_131405. */
function stamp(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')
}
