import { createInterface } from 'node:readline/promises'

const question =
  'For how many days does this site keep snapshots of this machine or its disks? A snapshot that holds the vault brings\n' +
  'destroyed keys back. A number of days, "none" where there are no snapshots, or Enter if you do not know: '

/** Asks whoever sits at a terminal; undefined where nobody does, or does not know. What is no answer is asked again. */
export async function askSnapshots(
  input: NodeJS.ReadableStream & { isTTY?: boolean } = process.stdin,
  output: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
): Promise<string | undefined> {
  if (input.isTTY !== true || output.isTTY !== true) return undefined
  const lines = createInterface({ input, output })
  try {
    for (;;) {
      const said = (await lines.question(question)).trim()
      if (said === '') return undefined
      if (said === 'none' || /^[1-9]\d{0,3}$/.test(said)) return said
      output.write(`"${said}" is neither a number of days nor "none".\n`)
    }
  } finally {
    lines.close()
  }
}
