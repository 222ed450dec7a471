import type { Removed } from '../school-runtime.ts'
import { isFault } from './engine-error.ts'
import type { ContainerFacts, Engine, Labels, ListedContainer } from './engine-types.ts'
import { LABEL } from './school-container.ts'

/** What of an installation is found on the engine by its marks, whoever made it. */
export interface SchoolMarks {
  /** Containers that are the school or were, stopped ones too. */
  listOf(schoolId: string): Promise<ListedContainer[]>
  findRunning(): Promise<ContainerFacts[]>
  /** Every container and volume of a school. */
  belongingsOf(schoolId: string): Promise<Removed[]>
  /** Removes them. */
  removeAllOf(schoolId: string): Promise<Removed[]>
  /** Schools (id to code) of which there is something here and that are none of these. */
  schoolsBesides(known: ReadonlySet<string>): Promise<ReadonlyMap<string, string>>
  /** Removes what a cut-off filling of a volume has left. */
  removeHelpers(isAtWork: (containerName: string) => boolean): Promise<Removed[]>
}

export function createSchoolMarks(engine: Engine, instance: string): SchoolMarks {
  const ours: Labels = { [LABEL.instance]: instance }
  const marksOf = (schoolId: string): Labels => ({ ...ours, [LABEL.school]: schoolId })
  const isHelper = ({ labels }: { labels: Labels }) => labels[LABEL.helper] !== undefined

  async function removeContainers(containers: ListedContainer[]): Promise<Removed[]> {
    const removed = await Promise.all(
      containers.map(async ({ id, name }) => ({ name, was: await engine.removeContainer(id) })),
    )
    return removed.filter(({ was }) => was).map(({ name }) => ({ kind: 'container', name }))
  }

  async function removeVolumes(names: string[]): Promise<Removed[]> {
    const removed = await Promise.all(
      names.map(async (name) => ({ name, was: await engine.removeVolume(name) })),
    )
    return removed.filter(({ was }) => was).map(({ name }) => ({ kind: 'volume', name }))
  }

  return {
    async listOf(schoolId) {
      const containers = await engine.listContainers(marksOf(schoolId))
      return containers.filter((container) => !isHelper(container))
    },

    async findRunning() {
      const listed = await engine.listContainers(ours)
      const running = listed.filter((each) => each.state === 'running' && !isHelper(each))
      const facts = await Promise.all(
        running.map(({ id }) =>
          engine.inspectContainer(id).catch((error: unknown) => {
            if (isFault(error, 'missing')) return undefined
            throw error
          }),
        ),
      )
      return facts.flatMap((each) => (each?.running ? [each] : []))
    },

    async belongingsOf(schoolId) {
      const containers = await engine.listContainers(marksOf(schoolId))
      const volumes = await engine.listVolumes(marksOf(schoolId))
      return [
        ...containers.map(({ name }) => ({ kind: 'container', name })),
        ...volumes.map(({ name }) => ({ kind: 'volume', name })),
      ]
    },

    async removeAllOf(schoolId) {
      const containers = await removeContainers(await engine.listContainers(marksOf(schoolId)))
      // After its containers: a volume in use stays.
      const volumes = await engine.listVolumes(marksOf(schoolId))
      return [...containers, ...(await removeVolumes(volumes.map(({ name }) => name)))]
    },

    async schoolsBesides(known) {
      const found = [...(await engine.listContainers(ours)), ...(await engine.listVolumes(ours))]
      const schools = found.map(({ labels }) => [labels[LABEL.school], labels[LABEL.code]] as const)
      return new Map(
        schools.flatMap(([schoolId, code]) =>
          schoolId && !known.has(schoolId) ? [[schoolId, code ?? '']] : [],
        ),
      )
    },

    async removeHelpers(isAtWork) {
      const helpers = await engine.listContainers({ ...ours, [LABEL.helper]: 'fill-secrets' })
      return removeContainers(helpers.filter(({ name }) => !isAtWork(name)))
    },
  }
}
