import type { OwnerClient } from '../owner/owner-client.ts'

export interface FleetUpgrade {
  release: string
  /** Codes; undefined: the school that was idle for longest. */
  canaries?: readonly string[] | undefined
  /** How many at once after the canaries. */
  wave: number
  dryRun: boolean
  say(line: string): void
}

export interface UpgradeResult {
  code: string
  from: string | null
  /** `untouched`: a canary failed before it was this one's turn. */
  outcome: 'upgraded' | 'already there' | 'failed' | 'untouched' | 'would be upgraded'
  reason: string | null
  seconds: number
}

interface School {
  id: string
  code: string
  release: string | null
  lastActivityAt: string | null
}

/**
 * Canaries one by one, then everybody else in waves. A canary's failure ends it there; any other school's failure is its own. What
 * the release's name stands for is read off the first school that has it: whoever runs that already is left alone, which is also
 * how a second run goes on where the first one was.
 * @throws Error when a canary is not an ACTIVE school, or the directory does not answer
 */
export async function upgradeFleet(
  owner: OwnerClient,
  { release, canaries, wave, dryRun, say }: FleetUpgrade,
): Promise<UpgradeResult[]> {
  const schools = await owner.all<School>('/owner/schools?status=ACTIVE&limit=200')
  const first = chooseCanaries(schools, canaries)
  const others = schools.filter((school) => !first.includes(school))
  if (dryRun) {
    for (const { code } of first) say(`canary ${code}`)
    for (let at = 0; at < others.length; at += wave)
      say(`together: ${codesOf(others.slice(at, at + wave))}`)
    return [...first, ...others].map((school) => result(school, 'would be upgraded'))
  }

  const results: UpgradeResult[] = []
  let releaseId: string | undefined

  async function upgrade(school: School): Promise<UpgradeResult> {
    if (school.release !== null && school.release === releaseId)
      return result(school, 'already there')
    const begin = performance.now()
    const took = () => Math.round((performance.now() - begin) / 100) / 10
    try {
      const path = `/owner/schools/${school.id}`
      const { jobId } = await owner.call<{ jobId: string }>('POST', `${path}/upgrade`, { release })
      const { status, reason } = await owner.job(jobId)
      if (status === 'FAILED') return result(school, 'failed', reason, took())
      releaseId ??= (await owner.call<School>('GET', path)).release ?? undefined
      const outcome = school.release === releaseId ? 'already there' : 'upgraded'
      return result(school, outcome, null, took())
    } catch (error) {
      return result(school, 'failed', (error as Error).message, took())
    }
  }

  for (const canary of first) {
    const upgraded = await upgrade(canary)
    results.push(upgraded)
    say(`canary ${line(upgraded)}`)
    if (upgraded.outcome === 'failed') {
      const left = schools.filter(({ code }) => !results.some((done) => done.code === code))
      return [...results, ...left.map((school) => result(school, 'untouched'))]
    }
  }
  for (let at = 0; at < others.length; at += wave) {
    const done = await Promise.all(others.slice(at, at + wave).map(upgrade))
    results.push(...done)
    for (const upgraded of done) say(line(upgraded))
  }
  return results
}

const codesOf = (schools: readonly School[]) => schools.map(({ code }) => code).join(', ')

function chooseCanaries(schools: readonly School[], codes: readonly string[] | undefined) {
  if (codes === undefined) {
    const [idle] = schools.toSorted((a, b) => lastUse(a) - lastUse(b))
    return idle ? [idle] : []
  }
  return codes.map((code) => {
    const school = schools.find((candidate) => candidate.code === code)
    if (!school) throw new Error(`${code} is not the code of an ACTIVE school`)
    return school
  })
}

const lastUse = ({ lastActivityAt }: School) => (lastActivityAt ? Date.parse(lastActivityAt) : 0)

const result = (
  { code, release }: School,
  outcome: UpgradeResult['outcome'],
  reason: string | null = null,
  seconds = 0,
): UpgradeResult => ({ code, from: release, outcome, reason, seconds })

const line = ({ code, outcome, reason, seconds }: UpgradeResult) =>
  `${code}: ${outcome}${seconds > 0 ? ` after ${seconds} s` : ''}${reason === null ? '' : ` (${reason})`}`
