import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { languages, say } from '@vidne/locales/say'
import { build } from 'vite'

const here = import.meta.dirname

/**
 * The verifier as one HTML file that opens from a disk: script and style are in it, and its policy allows those two and
 * nothing else, so it can neither load nor send anything.
 */
export async function makePage(): Promise<string> {
  const { script, packages } = await bundled(join(here, 'src/page/page.ts'))
  const style = await readFile(join(here, 'src/page/page.css'), 'utf8')
  const allowed = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ]
  const withoutScript = languages.map(one => `<p lang="${one}">${say(one, 'verdict.page.noscript')}</p>`).join('')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${allowed.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vidne</title>
<style>${style}</style>
</head>
<body>
<noscript>${withoutScript}</noscript>
<script>${script}</script>
</body>
</html>
<!--
${await licences(packages)}-->
`
}

/** Who made what is in the page, and on what terms: they ask that each copy says so, and people pass this file on. */
async function licences(packages: readonly string[]): Promise<string> {
  const own = `Vidne verifier\n\n${await licenceIn(here)}`
  const others = await Promise.all(
    packages.map(async name => `${name}\n\n${await licenceIn(join(here, '../node_modules', name))}`),
  )
  return [own, ...others].join(`\n${'_'.repeat(70)}\n\n`).replaceAll('--', '- -')
}

async function licenceIn(folder: string): Promise<string> {
  return (await readFile(join(folder, 'LICENSE'), 'utf8')).trim() + '\n'
}

/** A browser program and all it imports as one script, written so that it can stand inside an HTML file. */
export async function oneScript(entry: string): Promise<string> {
  return (await bundled(entry)).script
}

/** The script, and the npm packages of which code is in it. */
async function bundled(entry: string): Promise<{ script: string; packages: string[] }> {
  const output = await build({
    configFile: false,
    root: dirname(entry),
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: { input: entry, output: { format: 'iife' } },
    },
  })
  const [first] = Array.isArray(output) ? output : [output]
  const chunks = first !== undefined && 'output' in first ? first.output.filter(one => one.type === 'chunk') : []
  const [chunk, ...more] = chunks
  if (chunk === undefined || more.length > 0) throw new Error('the page is not one script')
  const names = chunk.moduleIds.flatMap(id => id.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.slice(1) ?? [])
  return {
    script: chunk.code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'),
    packages: [...new Set(names)].toSorted(),
  }
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

if (import.meta.main) {
  const page = await makePage()
  await mkdir(join(here, 'dist'), { recursive: true })
  await writeFile(join(here, 'dist/verify.html'), page)
  const fingerprint = createHash('sha256').update(page).digest('hex')
  process.stdout.write(`dist/verify.html: ${page.length} characters, SHA-256 ${fingerprint}\n`)
}
