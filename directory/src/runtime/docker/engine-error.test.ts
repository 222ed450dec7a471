import { expect, it } from 'vitest'
import { RuntimeAwayError } from '../school-runtime.ts'
import { toEngineError } from './engine-error.ts'

const errorWith = (facts: object) => Object.assign(new Error('told by the library'), facts)

it('names the group that may use the socket when this account may not', async () => {
  const error = await toEngineError(errorWith({ code: 'EACCES' }), '/')
  expect(error).toMatchObject({ fault: 'forbidden' })
  expect(error.message).toContain('it must be in group 0 (in Compose: DOCKER_GID in .env)')
})

it('says that nobody answers at the socket', async () => {
  for (const code of ['ENOENT', 'ECONNREFUSED'])
    expect(await toEngineError(errorWith({ code }), '/run/x.sock')).toMatchObject({
      fault: 'unreachable',
      message: 'No Docker Engine answers at /run/x.sock',
      cause: expect.any(RuntimeAwayError),
    })
})

it('tells a broken connection from an answer, and answers from each other', async () => {
  const faultOf = async (facts: object) => (await toEngineError(errorWith(facts), '/x')).fault
  expect(await faultOf({ code: 'ECONNRESET' })).toBe('unreachable')
  expect(await faultOf({ statusCode: 404 })).toBe('missing')
  expect(await faultOf({ statusCode: 409 })).toBe('conflict')
  expect(await faultOf({ statusCode: 500 })).toBe('refused')
})
