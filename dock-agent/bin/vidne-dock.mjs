#!/usr/bin/env node
import { startUnderNode26 } from '../../node26.mjs'

await startUnderNode26(new URL('../src/main.ts', import.meta.url))
