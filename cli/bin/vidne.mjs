#!/usr/bin/env node
import { startUnderNode26 } from '../../node26.mjs'

// glibc keeps freed memory in an arena a thread: at 500 uploads two arenas hold a quarter less than its own choice.
const settings = process.argv[2] === 'serve' ? { MALLOC_ARENA_MAX: '2' } : {}
await startUnderNode26(new URL('../src/main.ts', import.meta.url), settings)
