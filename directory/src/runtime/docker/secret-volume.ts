import { randomBytes } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Logger } from 'pino'
import { pack } from 'tar-stream'
import type { SchoolSpec } from '../school-runtime.ts'
import type { Engine } from './engine-types.ts'
import {
  LABEL,
  SCHOOL_UID,
  SECRETS_DIR,
  labelsOfSchool,
  secretVolumeNameOf,
  secretsMountOf,
} from './school-container.ts'

/** The secrets of schools, each school's in a volume of its own: what is not in a container's description nobody reads there. */
export interface SecretVolumes {
  /** Resolves when the volume of this spec exists and holds its secrets. */
  fill(spec: SchoolSpec): Promise<void>
  /** A volume is gone, or may be damaged: the next `fill` writes it again. */
  forget(volumeName: string): void
  /** Whether this is a container through which a volume is being filled just now. */
  isAtWork(containerName: string): boolean
}

export function createSecretVolumes({
  engine,
  instance,
  log,
}: {
  engine: Engine
  instance: string
  log: Logger
}): SecretVolumes {
  /**
   * Those that this program has filled. That a volume exists says nothing: whoever made it may have ended before it was filled. Its
   * name says what belongs in it, so writing it again changes nothing for those who read it.
   */
  const filled = new Map<string, Promise<void>>()
  const atWork = new Set<string>()

  async function fill(spec: SchoolSpec) {
    const name = `${instance}-${spec.code.toLowerCase()}-fill-${randomBytes(4).toString('hex')}`
    atWork.add(name)
    try {
      await fillThrough(name, spec)
    } finally {
      atWork.delete(name)
    }
  }

  async function fillThrough(name: string, spec: SchoolSpec) {
    // Into a container with a read-only root nothing can be copied, so it goes through another one, which is never started.
    const [helper, archive] = await Promise.all([
      engine.createContainer({
        name,
        Image: spec.release,
        Cmd: ['true'],
        Labels: { ...labelsOfSchool(instance, spec), [LABEL.helper]: 'fill-secrets' },
        HostConfig: {
          NetworkMode: 'none',
          Mounts: [secretsMountOf(instance, spec, { readOnly: false })],
        },
      }),
      archiveOf(spec.secrets),
    ])
    try {
      await engine.putArchive(helper, dirname(SECRETS_DIR), archive)
    } finally {
      // Nobody waits for it: one that stays is removed by its label.
      engine.removeContainer(helper).catch((error: unknown) => {
        log.warn({ err: error, school: spec.code }, 'a helper container was not removed')
      })
    }
  }

  return {
    fill(spec) {
      const name = secretVolumeNameOf(instance, spec)
      const known = filled.get(name)
      if (known) return known
      const filling = fill(spec)
      filled.set(name, filling)
      filling.catch(() => filled.delete(name))
      return filling
    },
    isAtWork: (containerName) => atWork.has(containerName),
    forget: (volumeName) => void filled.delete(volumeName),
  }
}

/** Readable by the school's user alone, writable by nobody. */
function archiveOf(secrets: SchoolSpec['secrets']): Promise<Buffer> {
  const owner = { uid: SCHOOL_UID, gid: SCHOOL_UID }
  const archive = pack()
  const dir = basename(SECRETS_DIR)
  archive.entry({ name: dir, type: 'directory', mode: 0o500, ...owner })
  for (const [name, value] of Object.entries(secrets))
    archive.entry({ name: `${dir}/${name}`, mode: 0o400, ...owner }, value)
  archive.finalize()
  return buffer(archive)
}
