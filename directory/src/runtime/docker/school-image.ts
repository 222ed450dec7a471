import { type Release, UnknownReleaseError } from '../school-runtime.ts'
import { isFault } from './engine-error.ts'
import type { Engine, ImageFacts } from './engine-types.ts'

const DIGEST = /^sha256:[0-9a-f]{64}$/
const TAG = /^\w[\w.-]{0,127}$/
const VERSION_LABEL = 'org.opencontainers.image.version'
const TITLE_LABEL = 'org.opencontainers.image.title'
const SCHEMA_LEVEL_LABEL = 'org.usms.schema-level'

/** The releases of the school API that this engine has, or can have from the registry in the image's name. */
export interface SchoolImages {
  /**
   * @param name a tag, a digest, or the id that this has given before
   * @throws UnknownReleaseError @throws EngineError when the engine does not answer
   */
  fetch(name: string): Promise<Release>
}

/** @param image without tag and digest: nothing but this image is ever given, since an owner of the platform names releases */
export function createSchoolImages(engine: Engine, image: string): SchoolImages {
  const hasRegistry = /[.:]/.test(image.split('/')[0] ?? '') && image.includes('/')

  async function fetchPulled(name: string): Promise<Release> {
    const id = DIGEST.test(name) ? `${image}@${name}` : await readId(name)
    const facts = await engine.inspectImage(id).catch(async (error: unknown) => {
      if (!isFault(error, 'missing')) throw error
      await engine.pullImage(id)
      return engine.inspectImage(id)
    })
    if (TAG.test(name)) await engine.tagImage(id, image, name)
    return releaseOf(id, name, facts)
  }

  /** A registry that is away keeps nobody from starting what was had from it before. */
  async function readId(tag: string): Promise<string> {
    try {
      return `${image}@${await engine.readDigest(`${image}:${tag}`)}`
    } catch (error) {
      if (!isFault(error, 'missing', 'refused')) throw error
      const local = await engine.inspectImage(`${image}:${tag}`).catch(() => undefined)
      const known = local?.digests.find((digest) => digest.startsWith(`${image}@`))
      if (known) return known
      throw error
    }
  }

  async function fetchLocal(name: string): Promise<Release> {
    const facts = await engine.inspectImage(DIGEST.test(name) ? name : `${image}:${name}`)
    // Built anew a tag moves on: what schools still run has no name any more, but its title.
    const isOurs = facts.labels[TITLE_LABEL] === image || facts.tags.some(isTagOfImage)
    if (!isOurs) throw new UnknownReleaseError(name, { because: `it is no image of ${image}` })
    return releaseOf(facts.id, name, facts)
  }

  const isTagOfImage = (tag: string) => tag.slice(0, tag.lastIndexOf(':')) === image

  return {
    async fetch(given) {
      const name = given.startsWith(`${image}@`) ? given.slice(image.length + 1) : given
      if (!DIGEST.test(name) && !TAG.test(name))
        throw new UnknownReleaseError(given, { because: 'it is neither a tag nor a digest' })
      try {
        return await (hasRegistry ? fetchPulled(name) : fetchLocal(name))
      } catch (error) {
        if (!isFault(error, 'missing', 'refused')) throw error
        throw new UnknownReleaseError(given, { cause: error, because: error.message })
      }
    },
  }
}

const releaseOf = (id: string, name: string, { labels }: ImageFacts): Release => ({
  id,
  version: labels[VERSION_LABEL] ?? (DIGEST.test(name) ? name.slice(7, 19) : name),
  schemaLevel: labels[SCHEMA_LEVEL_LABEL] ?? null,
})
