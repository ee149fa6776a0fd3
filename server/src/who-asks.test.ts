import { expect, test } from 'vitest'
import { secretIn, sessionCookie } from './people/people.ts'
import { isFromHere, saysJson } from './who-asks.ts'

const request = (headers: Record<string, string>) => ({
  method: 'POST',
  header: (name: string) => headers[name] ?? null,
})
const local = { publicUrl: undefined, secure: false }
const proxied = { publicUrl: 'https://vidne.example.org/', secure: true }

test.each([
  ['our own page', { origin: 'http://localhost:8420', host: 'localhost:8420' }, true],
  [
    'our own page, in a browser that says so',
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8420', host: 'localhost:8420' },
    true,
  ],
  ['a page of another port', { origin: 'http://localhost:8421', host: 'localhost:8420' }, false],
  ['a page over https of the same host', { origin: 'https://localhost:8420', host: 'localhost:8420' }, false],
  ['another site', { origin: 'https://evil.example', host: 'localhost:8420' }, false],
  [
    'another site that claims our host',
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8420', host: 'localhost:8420' },
    false,
  ],
  [
    'a neighbour of the same domain',
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost:8420', host: 'localhost:8420' },
    false,
  ],
  ['a sandboxed frame', { origin: 'null', host: 'localhost:8420' }, false],
  ['nobody says where from', { host: 'localhost:8420' }, false],
])('a change is taken from pages of ours alone: %s', (_, headers, taken) => {
  expect(isFromHere(request(headers), local)).toBe(taken)
})

test('behind a proxy the address that people use counts', () => {
  const host = '10.0.0.7:8420'
  expect(isFromHere(request({ origin: 'https://vidne.example.org', host }), proxied)).toBe(true)
  expect(isFromHere(request({ origin: 'https://evil.example', host }), proxied)).toBe(false)
})

test('a form of another site cannot send what is taken', () => {
  expect(saysJson(request({ 'content-type': 'application/json; charset=utf-8' }))).toBe(true)
  expect(saysJson(request({}))).toBe(true)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'])
    expect({ type, taken: saysJson(request({ 'content-type': type })) }).toEqual({ type, taken: false })
  expect(saysJson(request({ 'content-length': '12' }))).toBe(false)
})

test('the cookie is for this host and https alone where there is https, and never for scripts', () => {
  expect(sessionCookie('s', true)).toBe('__Host-vidne=s; Path=/; HttpOnly; SameSite=Strict; Secure')
  expect(sessionCookie('s', false)).toBe('vidne=s; Path=/; HttpOnly; SameSite=Strict')
  expect(sessionCookie(null, true)).toContain('Max-Age=0')
})

test('a cookie that a neighbour put beside ours counts for nothing', () => {
  expect(secretIn('a=1; vidne=mine; b=2', false)).toBe('mine')
  expect(secretIn('vidne=mine; vidne=theirs', false)).toBe(null)
  expect(secretIn('vidne=theirs', true)).toBe(null)
  expect(secretIn('xvidne=theirs', false)).toBe(null)
  expect(secretIn(null, false)).toBe(null)
})
