import { call } from '../testing/owner.ts'
import { median, residentMegabytes } from './measure.ts'
import { type Runtime, startSystem } from './system.ts'

const SCHOOLS = 60
const PASSWORD = 'a password for sixty'

/** Sixty schools on one machine with what is chosen by default: all ACTIVE, and the admin of every one signs in, all at once. */
export async function benchSchools(runtime: Runtime): Promise<void> {
  const system = await startSystem(runtime)
  try {
    const codes = Array.from({ length: SCHOOLS }, (_, i) => `BENCH${i}`)
    let begin = performance.now()
    const schools = await Promise.all(
      codes.map(async (code) => ({ code, ...(await system.onboard(code)) })),
    )
    console.log(`${SCHOOLS} schools ACTIVE after ${seconds(begin)} s`)

    begin = performance.now()
    for (const { id, code } of schools) {
      const invite = await system.asOwner<{ token: string }>(
        'POST',
        `/owner/schools/${id}/admin-invite`,
        {},
      )
      await call(`${system.url}/proxy/${code}/auth/accept-invite`, 'POST', {
        token: invite.token,
        password: PASSWORD,
      })
    }
    console.log(`${SCHOOLS} admins have accepted their invites after ${seconds(begin)} s`)

    begin = performance.now()
    await Promise.all(
      codes.map((code) =>
        call(`${system.url}/proxy/${code}/auth/login`, 'POST', {
          username: 'admin',
          password: PASSWORD,
        }),
      ),
    )
    console.log(`${SCHOOLS} sign-ins at once answered after ${seconds(begin)} s`)
    const listed = await call<unknown[]>(`${system.url}/public/schools`, 'GET')
    console.log(`${listed.length} schools in the public list`)
    const memory = await Promise.all((await system.schoolPids()).map(residentMegabytes))
    const known = memory.filter((megabytes) => megabytes !== null)
    console.log(`${known.length} school processes, ${median(known).toFixed(0)} MB each (median)`)
  } finally {
    const begin = performance.now()
    await system.stop()
    console.log(`stopped after ${seconds(begin)} s`)
  }
}

const seconds = (begin: number) => ((performance.now() - begin) / 1000).toFixed(1)
