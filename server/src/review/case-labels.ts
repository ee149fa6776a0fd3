import bwipjs from 'bwip-js/node'
import type { CaseRow, ExhibitRow, Footage } from './cases-store.ts'

/** What is printed on an exhibit. Times in epoch milliseconds. */
export type CaseLabel = {
  readonly number: number
  readonly reference: string
  readonly title: string
  readonly caseNumber: string
  readonly agency: string
  readonly recording: string
  readonly sha256: string
  readonly bytes: number
  readonly from: number | null
  readonly until: number | null
  readonly recordedAt: number | null
  readonly recordedAtSource: string | null
  readonly receivedAt: number
  readonly sealedAt: number | null
  readonly officer: string | null
  readonly camera: string | null
  readonly receipt: { readonly origin: string; readonly index: number } | null
  readonly qr: { readonly text: string; readonly size: number; readonly path: string }
}

type Labelled = {
  readonly row: CaseRow
  readonly agency: string
  readonly origin: string
  readonly exhibits: readonly ExhibitRow[]
  readonly footage: ReadonlyMap<string, Footage>
}

/** The labels of exhibits whose footage is there. */
export function labelsOf({ row, agency, origin, exhibits, footage }: Labelled): CaseLabel[] {
  return exhibits.flatMap(exhibit => {
    const about = footage.get(exhibit.recording ?? '')
    if (about === undefined || about.sha256 === null) return []
    const sha256 = Buffer.from(about.sha256).toString('hex')
    const receipt = about.index === null ? null : { origin, index: Number(about.index) }
    return [
      {
        number: exhibit.number,
        reference: exhibit.reference,
        title: exhibit.title,
        caseNumber: row.number,
        agency,
        recording: about.id,
        sha256,
        bytes: Number(about.bytes ?? 0n),
        from: whole(exhibit.from_ms),
        until: whole(exhibit.until_ms),
        recordedAt: about.recorded_at?.getTime() ?? null,
        recordedAtSource: about.recorded_at_source,
        receivedAt: about.received_at.getTime(),
        sealedAt: about.sealed_at?.getTime() ?? null,
        officer: about.wearer,
        camera: about.camera,
        receipt,
        qr: qrOf({ recording: about.id, sha256, receipt }),
      },
    ]
  })
}

function whole(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

/** A line each: what it is, which recording, its digest, and where its dock receipt lies in the log. */
export function qrText(p: Pick<CaseLabel, 'recording' | 'sha256' | 'receipt'>): string {
  const place = p.receipt === null ? [] : [`${p.receipt.origin}#${p.receipt.index}`]
  return ['VIDNE/1', p.recording, p.sha256, ...place].join('\n')
}

const QUIET_MODULES = 4

/** The code as an SVG path of one unit a module: a row of dark modules is one rectangle. */
function qrOf(p: Pick<CaseLabel, 'recording' | 'sha256' | 'receipt'>): CaseLabel['qr'] {
  const text = qrText(p)
  const { pixs, pixx, pixy } = symbolOf(text)
  const runs: string[] = []
  for (let y = 0; y < pixy; y++) {
    for (let x = 0; x < pixx; x++) {
      let long = 0
      while (x + long < pixx && pixs[y * pixx + x + long] === 1) long += 1
      if (long > 0) runs.push(`M${x + QUIET_MODULES} ${y + QUIET_MODULES}h${long}v1h-${long}z`)
      x += long
    }
  }
  return { text, size: pixx + 2 * QUIET_MODULES, path: runs.join('') }
}

/** Level M: a seventh of the code may be scratched off a bag that lies in a store for years. The library's types lack its name. */
const QR = { bcid: 'qrcode', eclevel: 'M' } as const

type Symbol = { pixs: readonly number[]; pixx: number; pixy: number }

function symbolOf(text: string): Symbol {
  const [made]: unknown[] = bwipjs.raw({ ...QR, text })
  if (!isSymbol(made)) throw new Error('the code of a label could not be drawn')
  return made
}

function isSymbol(made: unknown): made is Symbol {
  return typeof made === 'object' && made !== null && 'pixs' in made && 'pixx' in made && 'pixy' in made
}
