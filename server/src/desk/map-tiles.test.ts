import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addMapTiles, mapTilesIn } from './map-tiles.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidne-tiles-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function tile(zoom: number, name: string): void {
  mkdirSync(join(folder, `${zoom}/4`), { recursive: true })
  writeFileSync(join(folder, `${zoom}/4`, name), 'picture')
}

const asked = async (path: string, from: string | null = folder) => {
  const app = new Hono()
  addMapTiles(app, from ?? undefined)
  const answer = await app.request(path)
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}

test('the desk is told which pictures there are, and who made them', () => {
  tile(3, '7.webp')
  tile(12, '7.webp')
  expect(mapTilesIn(folder)).toEqual({ format: 'webp', from: 3, to: 12, attribution: null })
  writeFileSync(join(folder, 'attribution.txt'), ' © OpenStreetMap contributors\n')
  expect(mapTilesIn(folder)?.attribution).toBe('© OpenStreetMap contributors')
})

test('without a folder, or with nothing in it, the map is drawn without pictures', () => {
  expect(mapTilesIn(undefined)).toBeNull()
  expect(mapTilesIn(folder)).toBeNull()
  expect(mapTilesIn(join(folder, 'nowhere'))).toBeNull()
})

test('a picture is served, and nothing else that lies near it', async () => {
  tile(3, '7.png')
  writeFileSync(join(folder, 'secret.png'), 'no')
  expect(await asked('/map/tiles/3/4/7.png')).toEqual({ status: 200, type: 'image/png', text: 'picture' })
  for (const path of [
    '3/4/8.png',
    '3/4/7.txt',
    '3/..%2F..%2Fsecret.png/7.png',
    '3/4/..%2F..%2Fsecret.png',
    '..%2Fx/4/7.png',
  ])
    expect((await asked(`/map/tiles/${path}`)).status).toBe(404)
  expect((await asked('/map/tiles/3/4/7.png', null)).status).toBe(404)
})
