import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLogger, logTo } from './log.ts'

function capture() {
  const lines: string[] = []
  const log = createLogger({
    service: 'test',
    level: 'info',
    schoolCode: 'ABC',
    destination: { write: (line: string) => void lines.push(line) },
  })
  return { log, lines }
}

describe('createLogger', () => {
  it('puts service, process and school into every line', () => {
    const { log, lines } = capture()
    log.info('hello')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      service: 'test',
      school: 'ABC',
      pid: process.pid,
      msg: 'hello',
    })
  })

  it('writes no secret, at the top, one below, or in headers', () => {
    const { log, lines } = capture()
    log.info({
      password: 's3cret',
      body: { refreshToken: 's3cret', currentPassword: 's3cret' },
      req: {
        headers: {
          authorization: 'Bearer s3cret',
          cookie: 'rt=s3cret',
          'x-school-secret': 's3cret',
        },
      },
    })
    expect(lines[0]).not.toContain('s3cret')
    expect(lines[0]).toContain('[redacted]')
  })

  it('cuts the password out of a database URL that an error quotes', () => {
    const { log, lines } = capture()
    log.error({ err: new Error('cannot reach postgres://app:s3cret@db:5432/school') }, 'failed')
    expect(lines[0]).not.toContain('s3cret')
    expect(lines[0]).toContain('postgres://app:***@db:5432/school')
  })

  it('leaves out the connection that node-postgres hangs on its errors', () => {
    const { log, lines } = capture()
    log.warn({ err: Object.assign(new Error('lost'), { code: '57P01', client: { secretKey: 7 } }) })
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ err: { message: 'lost', code: '57P01' } })
    expect(lines[0]).not.toContain('secretKey')
  })
})

describe.runIf(existsSync('/dev/full'))('logTo a disk that is full', () => {
  it('loses lines, and nothing else', () => {
    const log = createLogger({ service: 'test', level: 'info', destination: logTo('/dev/full') })
    expect(() => log.info('one')).not.toThrow()
    expect(() => log.info('two')).not.toThrow()
  })
})
