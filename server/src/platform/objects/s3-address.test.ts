import { expect, test } from 'vitest'
import { parseS3Url } from './s3-address.ts'

test('an address names host, bucket, prefix and region, and its secret may hold any sign', () => {
  const secret = 'a/b+c@d:e%'
  expect(
    parseS3Url(`s3://KEY:${encodeURIComponent(secret)}@s3.example.org:7480/footage/north/a?region=eu-north-1`, {}),
  ).toEqual({
    origin: 'https://s3.example.org:7480',
    bucket: 'footage',
    prefix: 'north/a/',
    region: 'eu-north-1',
    accessKeyId: 'KEY',
    secretAccessKey: secret,
  })
})

test('key and secret may come from the environment', () => {
  const env = { AWS_ACCESS_KEY_ID: 'K', AWS_SECRET_ACCESS_KEY: 'S' }
  expect(parseS3Url('s3://localhost/footage?tls=off', env)).toMatchObject({
    origin: 'http://localhost',
    accessKeyId: 'K',
    secretAccessKey: 'S',
    prefix: '',
    region: 'us-east-1',
  })
})

test.each([
  ['s3://K:topsecret@host', /names no bucket/],
  ['s3://K:topsecret@host/Bad_Bucket', /names no bucket/],
  ['s3://K:topsecret@host/bucket/a/x%20y', /prefix/],
  ['s3://K:topsecret@host/bucket?acl=public', /unknown setting "acl"/],
  ['s3://K:topsecret@host/bucket?tls=maybe', /tls is on or off/],
  ['s3://K@host/bucket', /no key and secret/],
  ['s3:///bucket', /expected s3:/],
  ['s3://K:top%ZZsecret@host/bucket', /percent/],
])('%s is refused, and the secret is not repeated', (url, why) => {
  expect(() => parseS3Url(url, {})).toThrow(why)
  expect(() => parseS3Url(url, {})).not.toThrow(/secret@|topsecret|ZZ/)
})
