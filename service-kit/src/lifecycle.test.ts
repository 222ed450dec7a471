import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createLifecycle } from './lifecycle.ts'

const log = pino({ level: 'silent' })

describe('createLifecycle', () => {
  it('closes last-in first-out, once', async () => {
    const closed: string[] = []
    const lifecycle = createLifecycle(log)
    for (const name of ['database', 'queue', 'server'])
      lifecycle.onClose(name, () => void closed.push(name))
    await Promise.all([lifecycle.close(), lifecycle.close()])
    expect(closed).toEqual(['server', 'queue', 'database'])
  })

  it('goes on when one close throws or never ends', async () => {
    const closed: string[] = []
    const lifecycle = createLifecycle(log, 50)
    lifecycle.onClose('first', () => void closed.push('first'))
    lifecycle.onClose('hanging', () => new Promise(() => {}))
    lifecycle.onClose('throwing', () => {
      throw new Error('no')
    })
    await lifecycle.close()
    expect(closed).toEqual(['first'])
  })
})
