import { createRefreshCookie, type RefreshCookie } from '@usms/service-kit/http/refresh-cookie'
import type { Request } from 'express'

/** What the router says our paths stand behind; anything else must not get into a cookie's path. */
const PREFIX = /^(\/proxy\/[A-Za-z0-9]{2,16}|\/api)$/

/** Named after the school and bound to its sign-in paths: all schools share an origin. */
export const createSchoolCookie = ({ schoolCode }: { schoolCode: string }): RefreshCookie =>
  createRefreshCookie({ name: `rt_${schoolCode.toLowerCase()}`, pathOf })

function pathOf(req: Request): string {
  const prefix = req.headers['x-forwarded-prefix']
  return typeof prefix === 'string' && PREFIX.test(prefix) ? `${prefix}/auth` : '/auth'
}
