import { runReceipt, runVerify } from '../cli.ts'

export type Said = { code: number; out: string; err: string }

/** Runs the command in this process; what it says, and its exit code. */
export async function said(
  command: 'verify' | 'receipt',
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<Said> {
  const spoken = { out: '', err: '' }
  const io = {
    out: (text: string) => void (spoken.out += text),
    err: (text: string) => void (spoken.err += text),
    env,
    terminal: false,
  }
  const code = await (command === 'verify' ? runVerify : runReceipt)(words, io)
  return { code, ...spoken }
}
