import { toBase64 } from '@vidne/evidence/bytes'
import { parseCount } from '@vidne/tlog/checkpoint'
import type { Hash } from '@vidne/tlog/merkle'

/** What a witness says to a checkpoint (C2SP tlog-witness, add-checkpoint). */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly lines: readonly string[] }
  /** 409: it has cosigned another size of this log last, or this very size with another root. */
  | { readonly kind: 'has'; readonly size: number }
  /** 422: the consistency proof does not lead from what it holds to this checkpoint. */
  | { readonly kind: 'inconsistent' }
  /** 400, 403, 404: it does not know this log or its key. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'away'; readonly because: string }

const LONGEST_ANSWER_BYTES = 65_536

/** Sends a checkpoint with the proof from `oldSize` to a witness. Never throws: a witness that fails is `away`. */
export async function addCheckpoint(
  url: string,
  submission: { oldSize: number; proof: readonly Hash[]; note: string },
  timeoutMs: number,
): Promise<WitnessAnswer> {
  const lines = [`old ${submission.oldSize}`, ...submission.proof.map(toBase64)]
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
      method: 'POST',
      body: `${lines.join('\n')}\n\n${submission.note}`,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return answerOf(response, await shortText(response))
  } catch (error) {
    return { kind: 'away', because: error instanceof Error ? error.message : 'no answer' }
  }
}

function answerOf(response: Response, text: string): WitnessAnswer {
  const { status } = response
  if (status === 200) return { kind: 'cosigned', lines: text.split('\n').filter(line => line.startsWith('— ')) }
  if (status === 409) {
    const size = parseCount(text.replace(/\n$/, ''))
    const isSize = response.headers.get('content-type')?.startsWith('text/x.tlog.size') === true
    return isSize && size !== null ? { kind: 'has', size } : { kind: 'away', because: 'a 409 that names no size' }
  }
  if (status === 422) return { kind: 'inconsistent' }
  return status >= 400 && status < 500 ? { kind: 'refused', status } : { kind: 'away', because: `status ${status}` }
}

async function shortText(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > LONGEST_ANSWER_BYTES) throw new Error('the answer is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
