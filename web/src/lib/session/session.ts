import { Problem } from '../http/problem.ts'
import { request, type RequestOptions, send } from '../http/request.ts'
import { openChannel } from './channel.ts'

/** What signing in and refreshing answer, with who signed in as each service describes it. */
export type Tokens<Who> = { accessToken: string; expiresIn: number } & Who

export type SessionState<Who> =
  /** Nobody has asked yet. */
  | { status: 'unknown' }
  /** Whether somebody is signed in could not be found out. */
  | { status: 'unreachable'; error: unknown }
  | { status: 'signed-out' }
  | { status: 'signed-in'; who: Who }

/** One person at one place (a school, or the platform), over all tabs of this browser. */
export interface Session<Who> {
  get(): SessionState<Who>
  subscribe(listener: () => void): () => void
  /** Finds out by the cookie whether somebody is signed in. Never throws. */
  restore(): Promise<void>
  /** @throws Problem, Unreachable */
  signIn(credentials: object): Promise<void>
  /** Ends it in every tab, also where the server cannot be told. */
  signOut(): Promise<void>
  /** Calls the API as the person; refreshes the access token when it has to. @throws Problem, Unreachable */
  call<Answer>(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** The same for answers that are streams. */
  stream(path: string, options?: RequestOptions): Promise<Response>
  close(): void
}

interface SessionOptions<Who> {
  /** Where the API is: `/proxy/CODE`, `/api` or `/owner`. */
  base: string
  /** Tabs with the same name share the sign-in. */
  name: string
  idOf: (who: Who) => string
}

/** An access token is not used in the last seconds of its life: it could end on the way. */
const SPARE_MS = 20_000
/** The refresh token travels in a cookie that no script reads. */
const BY_COOKIE = { 'x-token-transport': 'cookie' }

export function createSession<Who>({ base, name, idOf }: SessionOptions<Who>): Session<Who> {
  let state: SessionState<Who> = { status: 'unknown' }
  // In memory alone: what no storage holds, no other page and no later user of this browser finds.
  let token: { value: string; endsAt: number } | undefined
  let refreshing: Promise<void> | undefined
  const listeners = new Set<() => void>()
  const untold = `usms:signed-out:${name}`
  const channel = openChannel(name, (message) => {
    if (message.kind === 'signed-out') set({ status: 'signed-out' })
    // The cookie is somebody else's now, so whatever this tab shows is theirs no longer.
    else if (state.status !== 'signed-in' || idOf(state.who) !== message.id) void restore()
  })

  function set(next: SessionState<Who>) {
    if (next.status !== 'signed-in') token = undefined
    state = next
    for (const listener of listeners) listener()
  }

  function take({ accessToken, expiresIn, ...who }: Tokens<Who>) {
    token = { value: accessToken, endsAt: Date.now() + expiresIn * 1_000 - SPARE_MS }
    // A refresh by whoever is signed in already changes nothing that a page shows.
    const same = state.status === 'signed-in' && idOf(state.who) === idOf(who as Who)
    if (!same) set({ status: 'signed-in', who: who as Who })
  }

  /** Spends the cookie's token: one at a time in this browser, since every one is good for one refresh. */
  const refresh = (): Promise<void> =>
    (refreshing ??= alone(`usms-refresh:${name}`, async () =>
      take(await request<Tokens<Who>>('POST', `${base}/auth/refresh`, { headers: BY_COOKIE })),
    ).finally(() => {
      refreshing = undefined
    }))

  const logout = (authorization?: string) =>
    request<void>('POST', `${base}/auth/logout`, {
      headers: { ...BY_COOKIE, ...(authorization && { authorization }) },
    })

  async function restore() {
    try {
      // Signed out while nobody could be told: the cookie is still good, and must not sign anybody in.
      if (localStorage.getItem(untold)) {
        await logout()
        localStorage.removeItem(untold)
      }
      await refresh()
    } catch (error) {
      const over = error instanceof Problem && [400, 401].includes(error.status)
      set(over ? { status: 'signed-out' } : { status: 'unreachable', error })
    }
  }

  /** @throws Problem 401 when nobody is signed in any more */
  async function authorization(): Promise<string> {
    const before = state.status === 'signed-in' ? idOf(state.who) : undefined
    if (!token || Date.now() >= token.endsAt) await refresh()
    // Somebody else signed in meanwhile: what was asked for was asked by the one before.
    if (!token || state.status !== 'signed-in' || (before && before !== idOf(state.who)))
      throw new Problem(401, { code: 'signed_out' })
    return `Bearer ${token.value}`
  }

  async function withToken<T>(attempt: (authorization: string) => Promise<T>): Promise<T> {
    try {
      const first = await authorization()
      try {
        return await attempt(first)
      } catch (error) {
        if (!isUnauthenticated(error)) throw error
        // Revoked or ended early: one refresh tells whether the sign-in is over.
        if (token && `Bearer ${token.value}` === first) token = undefined
        return await attempt(await authorization())
      }
    } catch (error) {
      if (isUnauthenticated(error)) set({ status: 'signed-out' })
      throw error
    }
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    restore,
    async signIn(credentials) {
      const options = { body: credentials, headers: BY_COOKIE }
      const tokens = await request<Tokens<Who>>('POST', `${base}/auth/login`, options)
      localStorage.removeItem(untold)
      take(tokens)
      channel.send({ kind: 'signed-in', id: idOf(tokens) })
    },
    async signOut() {
      const authorization = token && `Bearer ${token.value}`
      set({ status: 'signed-out' })
      channel.send({ kind: 'signed-out' })
      localStorage.setItem(untold, 'yes')
      await logout(authorization).then(
        () => localStorage.removeItem(untold),
        () => {},
      )
    },
    call: (method, path, options) =>
      withToken((authorization) =>
        request(method, base + path, withAuthorization(options, authorization)),
      ),
    stream: (path, options) =>
      withToken((authorization) =>
        send('GET', base + path, withAuthorization(options, authorization)),
      ),
    close: () => channel.close(),
  }
}

const isUnauthenticated = (error: unknown) => error instanceof Problem && error.status === 401

const withAuthorization = (options: RequestOptions = {}, authorization: string) => ({
  ...options,
  headers: { ...options.headers, authorization },
})

/** Across the tabs of this browser; without the lock (no secure context) the server's grace for a repeated refresh has to do. */
const alone = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request(name, work) : work()
