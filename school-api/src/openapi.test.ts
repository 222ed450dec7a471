import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSchool, type TestSchool } from '#src/testing/school.ts'

type Json = { [name: string]: unknown }

interface Operation {
  operationId: string
  summary: string
  security: unknown[]
  parameters: { name: string; in: string; required: boolean; schema: Json }[]
  requestBody?: { content: Record<string, { schema: Json }> }
  responses: Record<string, { description?: string; $ref?: string; content?: Json }>
}

let school: TestSchool
let document: Json & { paths: Record<string, Record<string, Operation>> }
let operations: { path: string; method: string; operation: Operation }[]

beforeAll(async () => {
  school = await startSchool()
  document = (await school.anonymous.get('/openapi.json').expect(200)).body
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
})
afterAll(() => school.stop())

describe('GET /openapi.json', () => {
  it('is an OpenAPI 3.1 document of exactly the routes there are', () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d+$/),
      info: { title: expect.any(String), version: expect.any(String) },
    })
    const described = operations.map(({ path, method }) => `${method} ${path}`)
    const offered = school.endpoints.map(
      ({ path, method }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`,
    )
    expect(described.sort()).toEqual(offered.sort())
  })

  it('has no two paths that differ in the names of their parameters alone', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'))
    expect(shapes.filter((shape, i) => shapes.indexOf(shape) !== i)).toEqual([])
  })

  it('names every operation once, and says what it is', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
    for (const { operation } of operations) expect(operation.summary).not.toBe('')
  })

  it('declares every parameter of a path, and each parameter once', () => {
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(inPath.map(({ name }) => name).sort(), where).toEqual(named.sort())
      expect(
        inPath.every(({ required }) => required),
        where,
      ).toBe(true)
      const all = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`)
      expect(new Set(all).size, where).toBe(all.length)
    }
  })

  it('gives every operation a success, the problem, and a body only where one is taken', () => {
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`
      const statuses = Object.keys(operation.responses)
      expect(
        statuses.some((status) => /^2\d\d$/.test(status)),
        where,
      ).toBe(true)
      expect(statuses, where).toContain('default')
      const endpoint = school.endpoints.find(
        (one) => one.method === method && one.path.replace(/:(\w+)/g, '{$1}') === path,
      )
      expect(operation.requestBody !== undefined, where).toBe(endpoint?.body !== undefined)
    }
  })

  it('describes every body and answer by its fields', () => {
    for (const { path, method, operation } of operations) {
      const contents = [operation.requestBody?.content, operation.responses['200']?.content]
      for (const content of contents) {
        if (!content) continue
        const { schema } = (content as Record<string, { schema: Json }>)['application/json'] ?? {}
        const isDescribed = ['type', 'anyOf', 'oneOf', 'allOf'].some((word) => schema?.[word])
        expect(isDescribed, `${method} ${path}`).toBe(true)
      }
    }
  })

  it('refers to nothing that is not there', () => {
    const broken: string[] = []
    walk(document, (node) => {
      if (typeof node.$ref === 'string' && resolve(node.$ref) === undefined) broken.push(node.$ref)
    })
    expect(broken).toEqual([])
  })
})

function walk(node: unknown, visit: (node: Json) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(node as Json)
  for (const child of Object.values(node)) walk(child, visit)
}

function resolve(reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((node, name) => (node as Json | undefined)?.[name], document)
}
