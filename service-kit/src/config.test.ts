import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ConfigError, parseConfig, setting } from './config.ts'

const schema = z.object({
  PORT: setting.port.default(4000),
  SECRET: setting.secret,
  NAME: z.string(),
  LOUD: setting.flag.default(false),
})
const secret = 'x'.repeat(40)
const problemsOf = (env: Record<string, string>) => {
  try {
    parseConfig(schema, env)
  } catch (error) {
    return (error as ConfigError).problems
  }
  return []
}

describe('parseConfig', () => {
  it('reads numbers and flags, and fills in defaults', () => {
    expect(parseConfig(schema, { SECRET: secret, NAME: 'a', LOUD: '1' })).toEqual({
      PORT: 4000,
      SECRET: secret,
      NAME: 'a',
      LOUD: true,
    })
  })

  it('names every problem at once', () => {
    const problems = problemsOf({ PORT: '70000', SECRET: 'short' })
    expect(problems).toHaveLength(3)
    expect(problems.join('\n')).toMatch(/PORT: .*65535/s)
    expect(problems).toContain('NAME: is not set')
    expect(problems.join('\n')).not.toContain('short,')
  })

  it('takes a secret from a file, without its last newline', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'usms-config-')), 'secret')
    writeFileSync(file, `${secret}\n`)
    expect(parseConfig(schema, { SECRET_FILE: file, NAME: 'a' }).SECRET).toBe(secret)
  })

  it('says which file it cannot read, and nothing else about that setting', () => {
    expect(problemsOf({ SECRET_FILE: '/nowhere/secret', NAME: 'a' })).toEqual([
      'SECRET_FILE: cannot read /nowhere/secret (ENOENT)',
    ])
  })

  it('refuses a setting given twice', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'usms-config-')), 'secret')
    writeFileSync(file, secret)
    expect(problemsOf({ SECRET: secret, SECRET_FILE: file, NAME: 'a' })[0]).toContain('both set')
  })

  it('takes an empty setting for one that is not set', () => {
    expect(problemsOf({ SECRET: secret, NAME: '' })).toEqual(['NAME: is not set'])
  })
})
