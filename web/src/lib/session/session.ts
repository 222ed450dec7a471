import { Problem } from '../http/problem.ts'
import { request, type RequestOptions, send } from '../http/request.ts'
import { openChannel } from './channel.ts'
import { type Browser, createMarks } from './marks.ts'
import { askAuth, isOver } from './ask-auth.ts'

/** What signing in and refreshing answer, with who signed in as each service describes it. */
type Tokens<Who> = { accessToken: string; expiresIn: number } & Who

export type SessionState<Who> =
  /** Nobody has asked yet, or what was known holds no longer: whoever shows something of it asks `restore`. */
  | { status: 'unknown' }
  /** Whether somebody is signed in could not be found out. */
  | { status: 'unreachable'; error: unknown }
  | {
      status: 'signed-out'
      /** Somebody signed out in this tab, rather than being found to be signed out. */
      onPurpose: boolean
      /** Who was signed in here before, by id. */
      last: string | undefined
    }
  | { status: 'signed-in'; who: Who }

/** An API as one person calls it. */
export interface Calls {
  /** Refreshes the access token when it has to. @throws Problem (401 `signed_out` once it is somebody else's turn), Unreachable */
  call<Answer>(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** The same for answers that are streams. */
  stream(path: string, options?: RequestOptions): Promise<Response>
}

/** One person at one place (a school, or the platform), over all tabs of this browser. */
export interface Session<Who> {
  get(): SessionState<Who>
  subscribe(listener: () => void): () => void
  /** Finds out by the cookie whether somebody is signed in. Never throws. */
  restore(): Promise<void>
  /** Whether it is worth asking: somebody signed in here and nobody signed out since, as far as this browser knows. */
  mayBeSignedIn(): boolean
  /** @throws Problem, Unreachable */
  signIn(credentials: object): Promise<void>
  /** Ends it in every tab at once. Where the server cannot be told it is told later, before anything else. Never throws. */
  signOut(): Promise<void>
  /** For calls of this person and nobody else: one that comes too late is refused, not made as the next one. */
  as(id: string): Calls
  close(): void
}

interface SessionOptions<Who> {
  /** Where the API is: `/proxy/CODE`, `/api` or `/owner`. */
  base: string
  /** Tabs with the same name share the sign-in. */
  name: string
  idOf: (who: Who) => string
  browser: Browser
}

/** An access token is not used in the last seconds of its life: it could end on the way. */
const SPARE_MS = 20_000

export function createSession<Who>({
  base,
  name,
  idOf,
  browser,
}: SessionOptions<Who>): Session<Who> {
  let state: SessionState<Who> = { status: 'unknown' }
  // In memory alone: what no storage holds, no other page and no later user of this browser finds.
  let token: { value: string; endsAt: number } | undefined
  // Counts on whenever it may be somebody else's turn: what was asked for before that is not taken any more.
  let turn = 0
  let refreshing: { turn: number; done: Promise<void> } | undefined
  const listeners = new Set<() => void>()
  const marks = createMarks(browser.storage, name)
  const channel = openChannel(name, (message) => {
    // Tabs may be told before they find what the other one stored: so each stores it itself.
    if (message.kind === 'signed-out') {
      marks.signedIn.clear()
      become(signedOut(false))
    } else {
      marks.signedIn.set()
      marks.untold.clear()
      // The cookie is somebody else's now, so whatever this tab shows is theirs no longer.
      if (idNow() !== message.id) become({ status: 'unknown' })
    }
  })

  const idNow = () => (state.status === 'signed-in' ? idOf(state.who) : undefined)
  const bearer = () => token && `Bearer ${token.value}`
  const signedOut = (onPurpose: boolean): SessionState<Who> => {
    const before = state.status === 'signed-out' ? state.last : idNow()
    return { status: 'signed-out', onPurpose, last: before }
  }

  function become(next: SessionState<Who>) {
    turn++
    if (next.status !== 'signed-in') token = undefined
    show(next)
  }

  function show(next: SessionState<Who>) {
    state = next
    for (const listener of listeners) listener()
  }

  function take({ accessToken, expiresIn, ...rest }: Tokens<Who>) {
    const who = rest as Who
    token = { value: accessToken, endsAt: Date.now() + expiresIn * 1_000 - SPARE_MS }
    marks.signedIn.set()
    if (idNow() !== idOf(who)) become({ status: 'signed-in', who })
    // The same person; pages are drawn again where they were given another name or role.
    else if (state.status === 'signed-in' && JSON.stringify(state.who) !== JSON.stringify(who))
      show({ status: 'signed-in', who })
  }

  /**
   * What changes the cookie, one at a time over the tabs of this browser: a refresh token is good for one refresh, and a sign-in must not
   * be overtaken by the answer to a refresh of whoever was there before.
   */
  const alone = <T>(work: () => Promise<T>) => withLock(`usms-refresh:${name}`, work)

  /** Spends the cookie's token. @throws Problem 401 when nobody is signed in any more */
  function refresh(): Promise<void> {
    const asked = turn
    if (refreshing?.turn === asked) return refreshing.done
    const done = alone(async () => {
      if (asked !== turn) return
      // The cookie may still be good, and must not sign anybody in.
      if (await tellSignOut()) throw signedOutProblem()
      const tokens = await askAuth<Tokens<Who>>(`${base}/auth/refresh`)
      if (asked === turn) take(tokens)
    }).finally(() => {
      if (refreshing?.done === done) refreshing = undefined
    })
    refreshing = { turn: asked, done }
    return done
  }

  /** Lets the server know what it could not be told when it happened. @returns whether there was anything to tell */
  async function tellSignOut(authorization?: string): Promise<boolean> {
    if (!marks.untold.isSet()) return false
    await askAuth(`${base}/auth/logout`, { authorization }).catch((error: unknown) => {
      // There is nothing left to end.
      if (!isOver(error)) throw error
    })
    marks.untold.clear()
    return true
  }

  async function restore(): Promise<void> {
    if (state.status === 'unreachable') become({ status: 'unknown' })
    const asked = turn
    try {
      await refresh()
    } catch (error) {
      if (asked === turn) end(error)
    }
    // Another tab spoke meanwhile: what was found out was dropped.
    if (asked !== turn && state.status === 'unknown') await restore()
  }

  function end(error: unknown) {
    if (!isOver(error)) return become({ status: 'unreachable', error })
    marks.signedIn.clear()
    become(signedOut(false))
  }

  async function authorizationOf(id: string): Promise<string> {
    if (idNow() !== id) throw signedOutProblem()
    if (!token || Date.now() >= token.endsAt) {
      const asked = turn
      await refresh().catch((error: unknown) => {
        // What passes ends nothing: the page stays, and this one call has failed.
        if (asked === turn && (isOver(error) || isGone(error))) end(error)
        throw error
      })
    }
    const authorization = bearer()
    // Somebody else's turn meanwhile: what was asked for was asked by the one before.
    if (!authorization || idNow() !== id) throw signedOutProblem()
    return authorization
  }

  async function callAs<T>(id: string, attempt: (authorization: string) => Promise<T>) {
    const first = await authorizationOf(id)
    try {
      const answer = await attempt(first).catch(async (error: unknown) => {
        if (!isUnauthenticated(error)) throw error
        // Revoked or ended early: one refresh tells whether the sign-in is over.
        if (bearer() === first) token = undefined
        return await attempt(await authorizationOf(id))
      })
      if (idNow() !== id) throw signedOutProblem()
      return answer
    } catch (error) {
      if (idNow() === id && (isUnauthenticated(error) || isGone(error))) end(error)
      throw error
    }
  }

  const onOnline = () => {
    if (marks.untold.isSet()) void alone(() => tellSignOut()).catch(() => {})
  }
  /** A page out of the browser's memory has heard nothing of what happened while it lay there. */
  const onPageShow = (event: Event) => {
    if ((event as PageTransitionEvent).persisted) become({ status: 'unknown' })
  }
  browser.page.addEventListener('online', onOnline)
  browser.page.addEventListener('pageshow', onPageShow)

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    restore,
    mayBeSignedIn: () => marks.signedIn.isSet() && !marks.untold.isSet(),
    signIn: (credentials) =>
      alone(async () => {
        // First, while the cookie is still there that says whose sign-in was left open.
        await tellSignOut()
        const tokens = await askAuth<Tokens<Who>>(`${base}/auth/login`, { body: credentials })
        take(tokens)
        channel.send({ kind: 'signed-in', id: idOf(tokens) })
      }),
    async signOut() {
      const authorization = bearer()
      marks.untold.set()
      marks.signedIn.clear()
      become(signedOut(true))
      channel.send({ kind: 'signed-out' })
      await alone(() => tellSignOut(authorization)).catch(() => {})
    },
    as: (id) => ({
      call: <Answer>(method: string, path: string, options?: RequestOptions) =>
        callAs(id, (authorization) =>
          request<Answer>(method, base + path, withAuthorization(options, authorization)),
        ),
      stream: (path, options) =>
        callAs(id, (authorization) =>
          send('GET', base + path, withAuthorization(options, authorization)),
        ),
    }),
    close() {
      channel.close()
      browser.page.removeEventListener('online', onOnline)
      browser.page.removeEventListener('pageshow', onPageShow)
    },
  }
}

const signedOutProblem = () => new Problem(401, { code: 'signed_out' })

const isUnauthenticated = (error: unknown) => error instanceof Problem && error.status === 401

/** The school was suspended, or is no more: nothing of it can be asked until somebody changes that. */
const isGone = (error: unknown) => error instanceof Problem && error.code === 'school_not_found'

const withAuthorization = (options: RequestOptions = {}, authorization: string) => ({
  ...options,
  headers: { ...options.headers, authorization },
})

/** Across the tabs of this browser; without locks (no secure context) the server's grace for a repeated refresh has to do. */
const withLock = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request(name, work) : work()
