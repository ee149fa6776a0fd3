// Finds Node 26, which npm brings with this checkout, and hands over to it. Runs on any Node from 18.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = join(dirname(fileURLToPath(import.meta.url)), 'node_modules')
const windows = process.platform === 'win32'

/** Whether the Node that runs now is new enough. */
const isNode26 = () => Number(process.versions.node.split('.')[0]) >= 26

/** The program; null where npm has brought none and the Node that runs now is older. */
export function node26() {
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`
  const own = join(packages, name, 'bin', windows ? 'node.exe' : 'node')
  if (existsSync(own)) return own
  return isNode26() ? process.execPath : null
}

/** Becomes the program where this Node can (23.11 and later); else stays as a parent that hands signals on. */
export function become(node, args, environment) {
  if (process.execve && !windows) process.execve(node, [node, ...args], environment)
  const child = spawn(node, args, { stdio: 'inherit', env: environment })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

/** Runs a program of this checkout, whatever Node the shell found first, with these settings where nobody has set them. */
export async function startUnderNode26(main, settings = {}) {
  const environment = { ...settings, ...process.env }
  const asItIs = Object.keys(settings).every(name => environment[name] === process.env[name])
  if (isNode26() && (asItIs || !process.execve)) return startHere(main)
  const node = isNode26() ? process.execPath : node26()
  const options = isNode26() ? process.execArgv : []
  if (node !== null) return become(node, [...options, ...process.argv.slice(1)], environment)
  console.error('Vidne runs on Node 26, and npm has brought none. Run "npm install" in the checkout first.')
  process.exitCode = 2
}

async function startHere(main) {
  // Compiled code is kept beside the packages, where only the owner of the checkout can put any.
  module.enableCompileCache?.(join(packages, '.cache'))
  await import(main.href)
}
