#!/usr/bin/env node
import { startUnderNode26 } from '../../node26.mjs'

// glibc keeps freed memory in an arena a thread: at 500 uploads two arenas hold a quarter less than its own choice. Of the threads for
// files four are Node's choice; as many may stand in an fdatasync while segments wait to be written.
const settings = process.argv[2] === 'serve' ? { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '8' } : {}
await startUnderNode26(new URL('../src/main.ts', import.meta.url), settings)
