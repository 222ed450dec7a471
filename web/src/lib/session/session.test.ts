import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { Problem, Unreachable } from '../http/problem.ts'
import { createSession, type Session } from './session.ts'

/** Who a browser's cookie stands for, and what a service answers; a test says what is held back or refused. */
interface Service {
  base: string
  asked: string[]
  cookie: string | undefined
  /** Before an answer: waits, or answers itself. */
  before: (path: string, res: ServerResponse) => Promise<void> | void
  close(): Promise<void>
}

interface Who {
  user: { id: string }
}

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const opened of open.splice(0).toReversed()) await opened.close()
})

it('a refresh that is under way signs nobody in again who signed out meanwhile', async () => {
  const service = await startService()
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  const held = hold()
  service.before = (path) => (path === '/auth/refresh' ? held.wait : undefined)
  const other = openTab(service)
  const restored = other.restore()
  await until(() => service.asked.includes('POST /auth/refresh'))
  const left = other.signOut()
  expect(other.get().status).toBe('signed-out')
  held.release()
  await Promise.all([restored, left])
  expect(other.get().status).toBe('signed-out')
  expect(service.cookie).toBeUndefined()
})

it('what one person asked for is never asked as the next one', async () => {
  const service = await startService()
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  const asAsha = tab.as('asha')
  await tab.signOut()
  await tab.signIn({ username: 'binod' })
  service.asked.length = 0
  await expect(asAsha.call('POST', '/attendance/mark')).rejects.toMatchObject({ status: 401 })
  expect(service.asked).toEqual([])
  expect(tab.get()).toMatchObject({ status: 'signed-in', who: { user: { id: 'binod' } } })
  expect(await tab.as('binod').call('GET', '/me')).toEqual({ as: 'access of binod' })
})

it('an answer that comes after somebody else has signed in is given to nobody', async () => {
  const service = await startService()
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  const held = hold()
  service.before = (path) => (path === '/me' ? held.wait : undefined)
  const asked = expect(tab.as('asha').call('GET', '/me')).rejects.toMatchObject({
    code: 'signed_out',
  })
  await until(() => service.asked.includes('GET /me'))
  await openTab(service).signIn({ username: 'binod' })
  // Nothing of the one before is shown from here on.
  await until(() => tab.get().status === 'unknown')
  held.release()
  await asked
  await tab.restore()
  expect(tab.get()).toMatchObject({ status: 'signed-in', who: { user: { id: 'binod' } } })
})

it('signing out without a network is told before anything else is asked', async () => {
  const service = await startService()
  const storage = createStorage()
  const tab = openTab(service, { storage })
  await tab.signIn({ username: 'asha' })
  service.before = (_path, res) => void res.destroy()
  await tab.signOut()
  expect(tab.mayBeSignedIn()).toBe(false)
  // Still nothing gets through: nobody is let in with the cookie that is still there.
  const later = openTab(service, { storage })
  await later.restore()
  expect(later.get()).toMatchObject({ status: 'unreachable' })
  service.before = () => {}
  service.asked.length = 0
  await later.restore()
  expect(service.asked).toEqual(['POST /auth/logout'])
  expect(later.get().status).toBe('signed-out')
  expect(service.cookie).toBeUndefined()
})

it('a tab that is told of a sign-in before it finds what the other one stored looks, and ends nothing', async () => {
  const service = await startService()
  // What it still sees is from before: somebody signed out and the server was not told.
  const storage = createStorage()
  storage.setItem(`usms:signed-out:${service.name}`, 'yes')
  const late = openTab(service, { storage })
  await openTab(service).signIn({ username: 'asha' })
  await until(() => late.mayBeSignedIn())
  await late.restore()
  expect(idIn(late)).toBe('asha')
  expect(service.asked).not.toContain('POST /auth/logout')
})

it('a storage that is full keeps nobody from signing in, nor from signing out', async () => {
  const service = await startService()
  const storage = {
    ...createStorage(),
    setItem() {
      throw new Error('QuotaExceededError')
    },
  }
  const tab = openTab(service, { storage })
  await tab.signIn({ username: 'asha' })
  expect(idIn(tab)).toBe('asha')
  await tab.signOut()
  expect(tab.get().status).toBe('signed-out')
  expect(service.cookie).toBeUndefined()
  await tab.signIn({ username: 'binod' })
  expect(service.asked.filter((asked) => asked === 'POST /auth/logout')).toHaveLength(1)
})

it('signing out without a network is told when there is one again, and before the next sign-in', async () => {
  const service = await startService()
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  service.before = (_path, res) => void res.destroy()
  await tab.signOut()
  service.before = () => {}
  service.asked.length = 0
  await tab.signIn({ username: 'binod' })
  expect(service.asked).toEqual(['POST /auth/logout', 'POST /auth/login'])

  service.before = (_path, res) => void res.destroy()
  await tab.signOut()
  service.before = () => {}
  tab.page.dispatchEvent(new Event('online'))
  await until(() => service.cookie === undefined)
})

it('a sign-in waits for a refresh under way in another tab, so that no older cookie comes after its own', async () => {
  const service = await startService()
  const storage = createStorage()
  const [one, two] = [openTab(service, { storage }), openTab(service, { storage })]
  await one.signIn({ username: 'asha' })
  const held = hold()
  service.before = (path) => (path === '/auth/refresh' ? held.wait : undefined)
  // As pages do.
  two.subscribe(() => {
    if (two.get().status === 'unknown') void two.restore()
  })
  const restored = two.restore()
  await until(() => service.asked.includes('POST /auth/refresh'))
  const signedIn = one.signIn({ username: 'binod' })
  held.release()
  await Promise.all([restored, signedIn])
  expect(service.cookie).toBe('binod')
  await until(() => idIn(two) === 'binod')
})

it('what passes (503, no network) ends no sign-in, and neither does it spend one twice', async () => {
  const service = await startService({ expiresIn: 0 })
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  service.before = (_path, res) => void problem(res, 503, 'school_unavailable')
  await expect(tab.as('asha').call('GET', '/me')).rejects.toMatchObject({ status: 503 })
  expect(tab.get().status).toBe('signed-in')
  service.before = (_path, res) => void res.destroy()
  await expect(tab.as('asha').call('GET', '/me')).rejects.toBeInstanceOf(Unreachable)
  expect(tab.get().status).toBe('signed-in')
  service.before = () => {}
  service.asked.length = 0
  // Five calls with a token that has ended: one refresh.
  await Promise.all(Array.from({ length: 5 }, () => tab.as('asha').call('GET', '/me')))
  expect(service.asked.filter((asked) => asked === 'POST /auth/refresh')).toHaveLength(1)
})

it('a token that was revoked is refreshed once, and the sign-in is over where that is refused', async () => {
  const service = await startService()
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  let refusals = 1
  service.before = (path, res) => {
    if (path === '/me' && refusals-- > 0) problem(res, 401, 'unauthenticated')
  }
  expect(await tab.as('asha').call('GET', '/me')).toEqual({ as: 'access of asha' })
  service.cookie = undefined
  refusals = 1
  await expect(tab.as('asha').call('GET', '/me')).rejects.toBeInstanceOf(Problem)
  expect(tab.get()).toEqual({ status: 'signed-out', onPurpose: false, last: 'asha' })
  expect(tab.mayBeSignedIn()).toBe(false)
})

it('a school that is gone is no page any more, until it is asked for again', async () => {
  const service = await startService()
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  service.before = (_path, res) => void problem(res, 404, 'school_not_found')
  await expect(tab.as('asha').call('GET', '/me')).rejects.toMatchObject({ status: 404 })
  expect(tab.get()).toMatchObject({ status: 'unreachable', error: { code: 'school_not_found' } })
  service.before = () => {}
  await tab.restore()
  expect(tab.get().status).toBe('signed-in')
})

it('a page that comes out of the memory of the browser asks anew who is there', async () => {
  const service = await startService()
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  tab.page.dispatchEvent(new Event('pageshow'))
  expect(tab.get().status).toBe('signed-in')
  tab.page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
  expect(tab.get().status).toBe('unknown')
})

it('a new role of the same person is drawn', async () => {
  const service = await startService({ expiresIn: 0 })
  const tab = openTab(service)
  await tab.signIn({ username: 'asha' })
  const before = tab.get()
  await tab.as('asha').call('GET', '/me')
  expect(tab.get()).toBe(before)
  service.role = 'ADMIN'
  await tab.as('asha').call('GET', '/me')
  expect(tab.get()).toMatchObject({ who: { user: { id: 'asha', role: 'ADMIN' } } })
})

function idIn(session: Session<Who>) {
  const state = session.get()
  return state.status === 'signed-in' ? state.who.user.id : undefined
}

function openTab(
  { base, name }: Service & { name: string },
  { storage = createStorage() } = {},
): Session<Who> & { page: EventTarget } {
  const page = new EventTarget()
  const session = createSession<Who>({
    base,
    name,
    idOf: ({ user }) => user.id,
    browser: { storage, page },
  })
  open.push(session)
  return { ...session, page }
}

function createStorage() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}

let services = 0

async function startService({ expiresIn = 900 } = {}) {
  const service = {
    base: '',
    name: `S${services++}`,
    asked: [] as string[],
    cookie: undefined as string | undefined,
    role: 'TEACHER',
    before: (() => {}) as Service['before'],
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  const signedIn = (res: ServerResponse, id: string) => {
    service.cookie = id
    json(res, { accessToken: `access of ${id}`, expiresIn, user: { id, role: service.role } })
  }
  const server = createServer((req, res) => {
    void answer(req, res)
  }).listen(0, '127.0.0.1')
  async function answer(req: IncomingMessage, res: ServerResponse) {
    const path = req.url ?? ''
    service.asked.push(`${req.method} ${path}`)
    let body = ''
    for await (const chunk of req) body += chunk
    // The cookie is the one that was sent, whatever comes of it while the answer waits.
    const { cookie } = service
    await service.before(path, res)
    if (res.destroyed || res.writableEnded) return
    if (path === '/auth/login') signedIn(res, (JSON.parse(body) as { username: string }).username)
    else if (path === '/auth/refresh')
      if (cookie) signedIn(res, cookie)
      else problem(res, 401, 'invalid_refresh_token')
    else if (path === '/auth/logout') {
      service.cookie = undefined
      res.writeHead(204).end()
    } else json(res, { as: req.headers.authorization?.replace('Bearer ', '') })
  }
  await once(server, 'listening')
  service.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  open.push(service)
  return service
}

const json = (res: ServerResponse, body: object, status = 200) =>
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const problem = (res: ServerResponse, status: number, code: string) => json(res, { code }, status)

function hold() {
  let release = () => {}
  const wait = new Promise<void>((resolve) => {
    release = resolve
  })
  return { wait, release: () => release() }
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('it did not come within 5 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
