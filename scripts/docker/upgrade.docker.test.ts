import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docker, hasEngine } from '@usms/directory/runtime/testing/docker-cli'
import { type ComposeStack, startStack } from '../testing/compose-stack.ts'
import { call } from '../testing/owner.ts'
import { openSchool, type OpenSchool } from './testing/open-school.ts'

const PROJECT = 'usms-upgrade'
const RATE_PER_SECOND = 50

/** What a person meets while a school is upgraded. */
interface Traffic {
  answers: number
  /** Everything that was not a success, with what was asked. */
  faults: string[]
  marks: { sessionId: string; studentUserId: string; status: string }[]
  stop(): Promise<void>
}

describe.skipIf(!(await hasEngine()))('upgrade of a school (needs a Docker Engine)', () => {
  let stack: ComposeStack
  let school: OpenSchool
  let first: string

  beforeAll(async () => {
    await buildRelease('usms-next', 'LABEL org.opencontainers.image.version=next')
    await buildRelease('usms-broken', `CMD ["node", "-e", "setInterval(() => {}, 1000)"]`)
    await buildRelease('usms-dying', `CMD ["node", "-e", "throw new Error('no such luck')"]`)
    stack = await startStack(PROJECT)
    const { id } = await stack.onboard('UPGR')
    school = await openSchool(stack, id, 'UPGR')
    first = (await status()).release
  })
  afterAll(async () => {
    await stack?.down()
    await docker('rmi', '-f', ...['usms-next', 'usms-broken', 'usms-dying'].map(tagged)).catch(
      () => {},
    )
  })

  const status = () =>
    stack.asOwner<{ release: string; status: string }>('GET', `/owner/schools/${school.id}/status`)

  async function upgrade(release: string) {
    const path = `/owner/schools/${school.id}/upgrade`
    const { jobId } = await stack.asOwner<{ jobId: string }>('POST', path, { release })
    await stack.follow(jobId)
  }

  const running = () => stack.containersOf('school-upgr')

  it('answers 50 requests a second with 2xx all the while, and loses no mark', async () => {
    const traffic = send(school)
    await sleep(1_000)
    await upgrade('usms-next')
    await sleep(1_000)
    await traffic.stop()

    expect(traffic.faults).toEqual([])
    expect(traffic.answers).toBeGreaterThan(3 * RATE_PER_SECOND)
    expect((await status()).release).not.toBe(first)
    expect(await running()).toHaveLength(1)

    expect(traffic.marks.length).toBeGreaterThan(20)
    const kept = await school.attendance()
    for (const mark of traffic.marks)
      expect(kept.get(`${mark.sessionId} ${mark.studentUserId}`)).toBe(mark.status)
  }, 120_000)

  it('goes back to the release before, the same way', async () => {
    const traffic = send(school)
    await upgrade(first)
    await traffic.stop()
    expect(traffic.faults).toEqual([])
    expect((await status()).release).toBe(first)
  }, 120_000)

  it.each([
    ['never becomes healthy', 'usms-broken'],
    ['ends at once', 'usms-dying'],
    ['does not exist', 'usms-nowhere'],
  ])(
    'a release that %s leaves the old one serving',
    async (_, release) => {
      const traffic = send(school)
      await expect(upgrade(release)).rejects.toThrow('UPGRADE ended as FAILED')
      await traffic.stop()
      expect(traffic.faults).toEqual([])
      expect(await status()).toMatchObject({ release: first, status: 'ACTIVE' })
      expect(await running()).toHaveLength(1)
    },
    120_000,
  )

  it('says with the last words of the release why it failed', async () => {
    await expect(upgrade('usms-dying')).rejects.toThrow('no such luck')
  }, 120_000)
})

const tagged = (name: string) => `usms/school-api:${name}`

/** A release made of the one that was built, with one line more. */
async function buildRelease(name: string, line: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'usms-release-'))
  try {
    await writeFile(join(dir, 'Dockerfile'), `FROM usms/school-api:latest\n${line}\n`)
    await docker('build', '-q', '-t', tagged(name), dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Fifty requests a second, reads and marks in turn, until it is stopped. */
function send(school: OpenSchool): Traffic {
  const under = new Set<Promise<void>>()
  let serial = 0
  const traffic: Traffic = { answers: 0, faults: [], marks: [], stop }

  async function one(turn: number) {
    const mark = turn % 5 === 0 ? school.nextMark(turn) : undefined
    const [method, path, body] = mark
      ? (['POST', '/attendance/mark', mark.body] as const)
      : (['GET', turn % 2 === 0 ? '/students?limit=5' : '/sections', undefined] as const)
    try {
      await call(school.url + path, method, body, school.headers)
      traffic.answers++
      if (mark) traffic.marks.push(...mark.marks)
    } catch (error) {
      traffic.faults.push((error as Error).message)
    }
  }

  const timer = setInterval(() => {
    const sent = one(serial++)
    under.add(sent)
    void sent.finally(() => under.delete(sent))
  }, 1_000 / RATE_PER_SECOND)

  async function stop() {
    clearInterval(timer)
    await Promise.all(under)
  }
  return traffic
}
