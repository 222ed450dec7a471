import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UnknownReleaseError } from '../school-runtime.ts'
import { docker, hasEngine } from '../testing/docker-cli.ts'
import { type ImageRegistry, startImageRegistry } from '../testing/image-registry.ts'
import { createEngine } from './engine.ts'
import { type SchoolImages, createSchoolImages } from './school-image.ts'

describe.skipIf(!(await hasEngine()))('an image of a registry (needs a Docker Engine)', () => {
  let registry: ImageRegistry
  let image: string
  let images: SchoolImages

  beforeAll(async () => {
    registry = await startImageRegistry()
    image = `${registry.host}/usms/school-api`
    images = createSchoolImages(createEngine({ socketPath: '/var/run/docker.sock' }), image)
  })
  afterAll(async () => {
    await docker('image', 'rm', '--force', `${image}:1.2.3`, `${image}:1.2.4`).catch(() => {})
    await registry.close()
  })

  /** Makes one that is in the registry and not here. */
  async function publish(tag: string, schemaLevel: string) {
    const version = `LABEL org.opencontainers.image.version=${tag}`
    const level = `LABEL org.usms.schema-level=${schemaLevel}`
    // Of an empty image: what is in it is nothing to a registry.
    await docker('import', '--change', version, '--change', level, '/dev/null', `${image}:${tag}`)
    await docker('push', '--quiet', `${image}:${tag}`)
    await docker('image', 'rm', `${image}:${tag}`)
  }

  it('is pulled by its digest, and known by it', async () => {
    await publish('1.2.3', '2026_first')
    const release = await images.fetch('1.2.3')
    expect(release.id).toMatch(new RegExp(`^${image}@sha256:[0-9a-f]{64}$`))
    expect(release).toMatchObject({ version: '1.2.3', schemaLevel: '2026_first' })
    await docker('image', 'inspect', release.id)
    expect(await images.fetch(release.id)).toEqual(release)
  })

  it('is another release under another tag', async () => {
    const before = await images.fetch('1.2.3')
    await publish('1.2.4', '2026_second')
    const next = await images.fetch('1.2.4')
    expect(next.id).not.toBe(before.id)
    expect(next.schemaLevel).toBe('2026_second')
  })

  it('cannot be had when the registry has none by this name', async () => {
    await expect(images.fetch('9.9.9')).rejects.toThrow(UnknownReleaseError)
    await expect(images.fetch(`sha256:${'0'.repeat(64)}`)).rejects.toThrow(UnknownReleaseError)
  })

  it('is had from here while the registry is away', async () => {
    const before = await images.fetch('1.2.3')
    await registry.close()
    expect(await images.fetch('1.2.3')).toEqual(before)
    await expect(images.fetch('9.9.9')).rejects.toThrow(UnknownReleaseError)
  })
})
