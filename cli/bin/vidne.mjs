#!/usr/bin/env node
// Starts the command under Node 26, which npm brought with this checkout, whatever Node the shell found first.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// Compiled code is kept beside the program, where only its owner can put any.
module.enableCompileCache?.(new URL('../node_modules/.cache', import.meta.url).pathname)

const main = new URL('../src/main.ts', import.meta.url)
// glibc keeps freed memory in an arena a thread: at 500 uploads two arenas hold a quarter less than its own choice.
const environment = process.argv[2] === 'serve' ? { MALLOC_ARENA_MAX: '2', ...process.env } : process.env
const runsAsItIs = environment.MALLOC_ARENA_MAX === process.env.MALLOC_ARENA_MAX || !process.execve
if (Number(process.versions.node.split('.')[0]) < 26) await underNode26()
else if (runsAsItIs) await import(main.href)
else process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], environment)

async function underNode26() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const program = platform === 'win' ? 'node.exe' : 'node'
  const name = `node-${platform}-${process.arch}`
  const node = findNode(name, program)
  if (!node) {
    console.error(`Vidne runs on Node 26; ${name} is not installed. Run "npm install" in the checkout first.`)
    process.exit(2)
  }
  const args = [import.meta.filename ?? new URL(import.meta.url).pathname, ...process.argv.slice(2)]
  if (process.execve && platform !== 'win') process.execve(node, [node, ...args], environment)
  const child = spawn(node, args, { stdio: 'inherit', env: environment })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

function findNode(name, program) {
  try {
    const node = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', program)
    return existsSync(node) ? node : null
  } catch {
    return null
  }
}
