import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docker, hasEngine } from '@usms/directory/runtime/testing/docker-cli'
import { type ComposeStack, startStack, wordsOf } from '../testing/compose-stack.ts'
import { openSchool } from './testing/open-school.ts'

const PROJECT = 'usms-erase'
/** Occurs nowhere by chance, and nowhere but where it was planted. */
const PLANTED = 'Xyloquartz'

describe.skipIf(!(await hasEngine()))('a school that is erased (needs a Docker Engine)', () => {
  let stack: ComposeStack
  let id: string
  let code: string

  beforeAll(async () => {
    stack = await startStack(PROJECT)
    await stack.onboard('STAYS')
    code = 'GONE'
    ;({ id } = await stack.onboard(code))
    await stack.asOwner('PATCH', `/owner/schools/${id}`, {
      name: `${PLANTED} School`,
      adminEmail: `office@${PLANTED.toLowerCase()}.example`,
      group: PLANTED,
      subdomain: PLANTED.toLowerCase(),
    })
    const school = await openSchool(stack, id, code)
    await school.asAdmin('POST', '/students', {
      username: PLANTED,
      firstName: PLANTED,
      lastName: 'Planted',
    })
    await school.asAdmin('POST', '/announcements', { title: PLANTED, body: PLANTED })
    await school.asAdmin('GET', `/students?q=${PLANTED}`)
    expect(await searchDatabases()).toContain('usms_gone: public.app_user')
    expect(await searchDatabases()).toContain('usms_directory: public.tenant')
  })
  afterAll(() => stack?.down())

  const psql = (database: string, sql: string) =>
    stack.compose('exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-d', database, '-Atc', sql)

  /** Every table of every database of the cluster in which the planted string stands, in any case. */
  async function searchDatabases(): Promise<string[]> {
    const databases = wordsOf(
      await psql('postgres', `select datname from pg_database where datallowconn`),
    )
    const found: string[] = []
    for (const database of databases) {
      const tables = await psql(
        database,
        `select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
      )
      const union = wordsOf(tables)
        .map((table) => `select '${table}' from ${table} t where t::text ilike '%${PLANTED}%'`)
        .join(' union ')
      if (union === '') continue
      found.push(...wordsOf(await psql(database, union)).map((table) => `${database}: ${table}`))
    }
    return found
  }

  async function end(path: string, body?: object) {
    const { jobId } = await stack.asOwner<{ jobId: string }>(
      'POST',
      `/owner/schools/${id}/${path}`,
      body,
    )
    await stack.follow(jobId)
  }

  it('is taken away in two steps, none of which can be skipped', async () => {
    await expect(end('erase', { code })).rejects.toThrow('409')
    await expect(end('archive')).rejects.toThrow('409')
    await stack.asOwner('POST', `/owner/schools/${id}/suspend`)
    await end('archive')
    await expect(end('erase', { code: 'STAYS' })).rejects.toThrow('422')
    await end('erase', { code })
    expect(await stack.asOwner('GET', `/owner/schools/${id}`)).toMatchObject({ status: 'ERASED' })
  })

  it('leaves a certificate that names what was removed', async () => {
    const certificate = await stack.asOwner<{
      removed: { kind: string; name: string }[]
      verified: { found: number }[]
    }>('GET', `/owner/schools/${id}/erasure`)
    const kinds = new Set(certificate.removed.map(({ kind }) => kind))
    for (const kind of ['database', 'role', 'secret', 'container', 'volume'])
      expect(kinds, kind).toContain(kind)
    for (const { found } of certificate.verified) expect(found).toBe(0)
  })

  it('stands in no table of any database, and in none of the files they are kept in', async () => {
    expect(await searchDatabases()).toEqual([])
    // But the write-ahead log, as the certificate says.
    const grep = ['grep', '-rlai', PLANTED, '/var/lib/postgresql/data', '--exclude-dir=pg_wal']
    const files = await stack
      .compose('exec', '-T', 'postgres', ...grep)
      .catch(({ code: exitCode, stdout }: { code: number; stdout: string }) =>
        // 1: found nothing.
        exitCode === 1 ? stdout : 'grep could not look',
      )
    expect(files).toBe('')
  })

  it('has neither database nor role', async () => {
    const left = await psql(
      'postgres',
      `select datname from pg_database where datname ilike '%gone%' union select rolname from pg_roles where rolname ilike '%gone%'`,
    )
    expect(left).toBe('')
  })

  it('has neither container nor volume, and stands in no volume of the schools and no log', async () => {
    const ofSchool = ['--filter', `label=org.usms.school=${id}`]
    expect(await docker('ps', '-aq', ...ofSchool)).toBe('')
    expect(await docker('volume', 'ls', '-q', ...ofSchool)).toBe('')
    const logs = await stack.compose('logs', '--no-color')
    expect(logs.toLowerCase()).not.toContain(PLANTED.toLowerCase())
  })

  it('leaves the other school as it was', async () => {
    expect((await fetch(`${stack.url}/proxy/STAYS/health`)).status).toBe(200)
    expect((await fetch(`${stack.url}/proxy/${code}/health`)).status).toBe(404)
  })
})
