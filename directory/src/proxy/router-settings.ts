import { setting } from '@usms/service-kit/config'
import { z } from 'zod'

/** The router's part of the directory's settings: spread into its zod object. */
export const routerConfigShape = {
  /** Requests to schools of one client address in a window; a whole school may sit behind one address. */
  ROUTER_CLIENT_REQUESTS: setting.count.default(600),
  ROUTER_CLIENT_WINDOW_SECONDS: setting.count.default(10),
  /** Refused sign-ins of one address at one school in a window. */
  ROUTER_SIGN_IN_FAILURES: setting.count.default(100),
  ROUTER_SIGN_IN_WINDOW_SECONDS: setting.count.default(900),
  /** Requests that one school works on at a time, how many more may wait for it, and how long. */
  ROUTER_IN_FLIGHT: setting.count.default(64),
  ROUTER_QUEUE: setting.count.default(256),
  ROUTER_QUEUE_WAIT_SECONDS: setting.count.default(5),
  /** Requests of one client address that wait for it: bodies that trickle, answers that are not read. */
  ROUTER_SLOW_PER_CLIENT: setting.count.default(200),
  /** WebSockets open at one school. */
  ROUTER_UPGRADES: setting.count.default(200),
  ROUTER_BODY_LIMIT_BYTES: setting.count.default(10_000_000),
  ROUTER_TIMEOUT_SECONDS: setting.count.default(30),
  ROUTER_UPGRADE_IDLE_SECONDS: setting.count.default(300),
}

export interface RouterSettings {
  /** Where the shared origin is reached from outside. */
  publicUrl: string
  /** A school's own host is `<label>.<baseDomain>`. */
  baseDomain: string
  /** Further host names of the shared origin. */
  publicHosts: readonly string[]
  /** Addresses and CIDR ranges whose forwarding headers are believed. */
  trustProxy: readonly string[]
  clientRequests: { points: number; windowSeconds: number }
  signInFailures: { points: number; windowSeconds: number }
  inFlightPerSchool: number
  queuePerSchool: number
  queueWaitMs: number
  slowPerClient: number
  upgradesPerSchool: number
  bodyLimitBytes: number
  /** Without a connection to the school for this long: 502. */
  connectTimeoutMs: number
  /** Without response headers for this long: 504. */
  headersTimeoutMs: number
  /** Without a byte in either direction for this long while answering: cut. */
  idleTimeoutMs: number
  upgradeIdleMs: number
  /** Failures in a row after which a school is left alone for a while. */
  breakerFailures: number
  /** How long at first; doubles up to ten times this. */
  breakerOpenMs: number
}

const schema = z.object(routerConfigShape)

type RouterConfig = z.output<typeof schema> & {
  PUBLIC_URL: string
  BASE_DOMAIN: string
  PUBLIC_HOSTS: readonly string[]
  TRUST_PROXY: readonly string[]
}

export const toRouterSettings = (config: RouterConfig): RouterSettings => ({
  publicUrl: config.PUBLIC_URL,
  baseDomain: config.BASE_DOMAIN,
  publicHosts: config.PUBLIC_HOSTS,
  trustProxy: config.TRUST_PROXY,
  clientRequests: {
    points: config.ROUTER_CLIENT_REQUESTS,
    windowSeconds: config.ROUTER_CLIENT_WINDOW_SECONDS,
  },
  signInFailures: {
    points: config.ROUTER_SIGN_IN_FAILURES,
    windowSeconds: config.ROUTER_SIGN_IN_WINDOW_SECONDS,
  },
  inFlightPerSchool: config.ROUTER_IN_FLIGHT,
  queuePerSchool: config.ROUTER_QUEUE,
  queueWaitMs: config.ROUTER_QUEUE_WAIT_SECONDS * 1000,
  slowPerClient: config.ROUTER_SLOW_PER_CLIENT,
  upgradesPerSchool: config.ROUTER_UPGRADES,
  bodyLimitBytes: config.ROUTER_BODY_LIMIT_BYTES,
  // What hangs longer is an address behind which nobody is any more; the system itself would try for minutes.
  connectTimeoutMs: 2_000,
  headersTimeoutMs: config.ROUTER_TIMEOUT_SECONDS * 1000,
  idleTimeoutMs: config.ROUTER_TIMEOUT_SECONDS * 1000,
  upgradeIdleMs: config.ROUTER_UPGRADE_IDLE_SECONDS * 1000,
  breakerFailures: 5,
  breakerOpenMs: 1_000,
})

/** What holds where nothing is said, for the addresses given. */
export const defaultRouterSettings = (
  given: Pick<RouterSettings, 'publicUrl' | 'baseDomain'> & Partial<RouterSettings>,
): RouterSettings => ({
  ...toRouterSettings({
    ...schema.parse({}),
    PUBLIC_URL: given.publicUrl,
    BASE_DOMAIN: given.baseDomain,
    PUBLIC_HOSTS: [],
    TRUST_PROXY: [],
  }),
  ...given,
})
