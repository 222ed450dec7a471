import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import { z } from 'zod'
import { AppError, type InputIssue, invalidInput } from '../errors/app-error.ts'

export type Method = 'get' | 'post' | 'patch' | 'delete'

type Shape = z.ZodType | undefined
type Output<S extends Shape> = S extends z.ZodType ? z.output<S> : undefined

export interface EndpointInput<
  Actor,
  Params extends Shape,
  Query extends Shape,
  Body extends Shape,
> {
  params: Output<Params>
  query: Output<Query>
  body: Output<Body>
  actor: Actor
  req: Request
  res: Response
}

export interface EndpointSpec<
  Access,
  Actor,
  Params extends Shape,
  Query extends Shape,
  Body extends Shape,
  Answer extends Shape,
> {
  method: Method
  /** Relative to where it is mounted; parameters as `:name`. */
  path: string
  summary: string
  /** Who may call: what this means is the service's, see `Authorize`. */
  access: Access
  params?: Params
  query?: Query
  /** Strict objects: an unknown field is refused. */
  body?: Body
  response?: Answer
  /** Success status; default 200, or 204 without a response. */
  status?: number
  /** The `Location` of what was created, relative to the service's root. */
  location?: (answer: z.input<NonNullable<Answer>>) => string
  handle(
    input: EndpointInput<Actor, Params, Query, Body>,
  ): Promise<Answer extends z.ZodType ? z.input<Answer> : void>
}

/** An endpoint with its types folded away: what apps mount and OpenAPI describes. */
export interface Endpoint<Access> {
  method: Method
  path: string
  summary: string
  access: Access
  params: z.ZodType | undefined
  query: z.ZodType | undefined
  body: z.ZodType | undefined
  response: z.ZodType | undefined
  status: number
  run(req: Request, res: Response, actor: unknown): Promise<void>
}

/** Decides whether the request may pass and who makes it; throws 401 or 403. */
export type Authorize<Access> = (req: Request, access: Access) => Promise<unknown>

const NO_QUERY = z.strictObject({})

/**
 * Makes a service's `endpoint()`: a route that says everything about itself — path, access, schemas, one call.
 * The actor's type follows from the access named: `ActorOf` maps one to the other.
 */
export function endpointFactory<Access, Actor, PublicAccess extends Access>() {
  return function endpoint<
    const A extends Access,
    Params extends Shape = undefined,
    Query extends Shape = undefined,
    Body extends Shape = undefined,
    Answer extends Shape = undefined,
  >(
    spec: EndpointSpec<A, A extends PublicAccess ? undefined : Actor, Params, Query, Body, Answer>,
  ): Endpoint<Access> {
    const { method, path, summary, access, params, query, body, response, location } = spec
    const status = spec.status ?? (response ? 200 : 204)
    return {
      method,
      path,
      summary,
      access,
      params,
      query,
      body,
      response,
      status,
      async run(req, res, actor) {
        const issues: InputIssue[] = []
        const input = {
          params: parsePart('', params, req.params, issues),
          query: parsePart('', query ?? NO_QUERY, req.query, issues),
          body: parsePart('', body, req.body, issues),
          actor,
          req,
          res,
        }
        if (issues.length > 0) throw invalidInput(issues)
        const answer = await spec.handle(
          input as EndpointInput<A extends PublicAccess ? undefined : Actor, Params, Query, Body>,
        )
        // Whoever streams has answered already.
        if (res.headersSent) return
        res.status(status)
        if (!response) return void res.end()
        const version = (answer as { version?: unknown }).version
        if (typeof version === 'number') res.setHeader('ETag', `"${version}"`)
        if (location) res.setHeader('Location', location(answer as z.input<NonNullable<Answer>>))
        // Only what the contract names goes out, whatever the handler returned.
        res.json(response.parse(answer))
      },
    }
  }
}

/** Collects every issue of one part of the request, so that a client sees all of them at once. */
function parsePart(
  prefix: string,
  schema: z.ZodType | undefined,
  value: unknown,
  issues: InputIssue[],
) {
  if (!schema) return undefined
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) issues.push(...toIssues(prefix, issue))
  return undefined
}

function toIssues(prefix: string, issue: z.core.$ZodIssue): InputIssue[] {
  const path = [...(prefix ? [prefix] : []), ...issue.path].join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: path ? `${path}.${key}` : key,
      message: 'unknown field',
    }))
  return [{ path, message: issue.message }]
}

interface MountOptions<Access> {
  authorize: Authorize<Access>
  /** Largest JSON body, in bytes. */
  bodyLimitBytes?: number
}

/**
 * Mounts endpoints on a router. Order: who is asking → body → schemas → handler. A body is only read for an endpoint that
 * takes one, and only after its sender was let in.
 */
export function mountEndpoints<Access>(
  router: Router,
  endpoints: readonly Endpoint<Access>[],
  { authorize, bodyLimitBytes = 1_000_000 }: MountOptions<Access>,
): void {
  const parseJson = express.json({ limit: bodyLimitBytes, strict: false, type: () => true })
  const methodsOf = new Map<string, Set<string>>()
  for (const endpoint of endpoints) {
    const handlers: RequestHandler[] = [
      async (req, res, next) => {
        res.locals.actor = await authorize(req, endpoint.access)
        next()
      },
    ]
    if (endpoint.body) handlers.push(requireJson, parseJson)
    handlers.push((req, res) => endpoint.run(req, res, res.locals.actor))
    router[endpoint.method](endpoint.path, ...handlers)
    const methods = methodsOf.get(endpoint.path) ?? new Set()
    methods.add(endpoint.method.toUpperCase())
    methodsOf.set(endpoint.path, methods)
  }
  for (const [path, methods] of methodsOf) {
    if (methods.has('GET')) methods.add('HEAD')
    router.all(path, (req, res) => {
      res.setHeader('Allow', [...methods].join(', '))
      throw new AppError(
        'method_not_allowed',
        'method_not_allowed',
        `${req.method} is not offered here`,
      )
    })
  }
}

const requireJson: RequestHandler = (req, _res, next) => {
  // fetch() says Content-Length: 0, and no type, where there is no body.
  const isEmpty = req.headers['content-length'] === '0'
  if (!isEmpty && req.is(['application/json', 'application/*+json']) === false)
    throw new AppError(
      'unsupported_media_type',
      'unsupported_media_type',
      'Send the body as application/json',
    )
  next()
}
