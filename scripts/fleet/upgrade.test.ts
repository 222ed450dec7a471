import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Program, startFreshProgram } from '../testing/program.ts'
import { createOwnerClient } from '../owner/owner-client.ts'
import { readFleetSettings } from './settings.ts'
import { upgradeFleet } from './upgrade.ts'

const NEXT = 'fleetnext1'
const DYING = 'fleetdying'

let program: Program
let first: string
const said: string[] = []

beforeAll(async () => {
  program = await startFreshProgram()
  for (const code of ['ANNA', 'BELA', 'CORA', 'DORA']) await program.onboard(code)
  const releases = join(program.dataDir, 'releases')
  ;[first = ''] = (await readdir(releases)).filter((name) => !name.startsWith('.'))
  for (const name of [NEXT, DYING])
    await cp(join(releases, first), join(releases, name), { recursive: true })
  await writeFile(join(releases, DYING, 'main.mjs'), `throw new Error('no such luck')\n`)
})
afterAll(() => program?.stop())

function upgrade(release: string, canaries?: string[], dryRun = false) {
  said.length = 0
  const settings = readFleetSettings({ USMS_URL: program.url, USMS_DATA_DIR: program.dataDir })
  return upgradeFleet(createOwnerClient(settings), {
    release,
    canaries,
    wave: 2,
    dryRun,
    say: (line) => said.push(line),
  })
}

async function releases(): Promise<Record<string, string | null>> {
  const { items } = await program.asOwner<{ items: { code: string; release: string | null }[] }>(
    'GET',
    '/owner/schools',
  )
  return Object.fromEntries(items.map(({ code, release }) => [code, release]))
}

const outcomesOf = (results: { code: string; outcome: string }[]) =>
  Object.fromEntries(results.map(({ code, outcome }) => [code, outcome]))

describe('npm run fleet -- upgrade', () => {
  it('says what it would do, canaries first, and does nothing', async () => {
    const results = await upgrade(NEXT, ['CORA'], true)
    expect(results.map(({ code }) => code)).toEqual(['CORA', 'ANNA', 'BELA', 'DORA'])
    expect(said).toEqual(['canary CORA', 'together: ANNA, BELA', 'together: DORA'])
    expect(new Set(Object.values(await releases()))).toEqual(new Set([first]))
  })

  it('touches nothing else when a canary fails, which goes on serving', async () => {
    const results = await upgrade(DYING, ['BELA'])
    expect(outcomesOf(results)).toEqual({
      ANNA: 'untouched',
      BELA: 'failed',
      CORA: 'untouched',
      DORA: 'untouched',
    })
    expect(results[0]?.reason).toContain('no such luck')
    expect(new Set(Object.values(await releases()))).toEqual(new Set([first]))
    expect((await fetch(`${program.url}/proxy/BELA/health`)).status).toBe(200)
  })

  it('brings everybody to the release; one school’s failure stops nobody else', async () => {
    const { items } = await program.asOwner<{ items: { id: string; code: string }[] }>(
      'GET',
      '/owner/schools',
    )
    const dora = items.find(({ code }) => code === 'DORA')?.id
    // Out of service while its turn comes: it was ACTIVE when the list was read.
    const owner = createOwnerClient(
      readFleetSettings({ USMS_URL: program.url, USMS_DATA_DIR: program.dataDir }),
    )
    let isSuspended = false
    const results = await upgradeFleet(
      {
        ...owner,
        async call(method, path, body) {
          if (path.endsWith('/upgrade') && !isSuspended) {
            isSuspended = true
            await owner.call('POST', `/owner/schools/${dora}/suspend`)
          }
          return owner.call(method, path, body)
        },
      },
      { release: NEXT, canaries: ['ANNA'], wave: 2, dryRun: false, say: () => {} },
    )
    expect(outcomesOf(results)).toEqual({
      ANNA: 'upgraded',
      BELA: 'upgraded',
      CORA: 'upgraded',
      DORA: 'failed',
    })
    await owner.call('POST', `/owner/schools/${dora}/resume`)
    expect(await releases()).toMatchObject({ ANNA: NEXT, BELA: NEXT, CORA: NEXT, DORA: first })
  })

  it('run again goes on with those that are left', async () => {
    const results = await upgrade(NEXT)
    expect(outcomesOf(results)).toMatchObject({ DORA: 'upgraded' })
    expect(results.filter(({ outcome }) => outcome === 'already there')).toHaveLength(3)
    expect(new Set(Object.values(await releases()))).toEqual(new Set([NEXT]))
  })

  it('refuses a canary that is no school', async () => {
    await expect(upgrade(NEXT, ['NOBODY'])).rejects.toThrow('NOBODY is not the code')
  })
})
