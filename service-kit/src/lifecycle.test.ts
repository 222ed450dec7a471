import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/** A program whose closing takes as long as it is told to; it says when it can be ended, and when it is closed. */
function startProgram(closeMs: number) {
  const program = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { pino } from '${import.meta.resolve('pino')}'
       import { closeOnSignals, createLifecycle } from '${import.meta.resolve('./lifecycle.ts')}'
       const log = pino({ level: 'silent' })
       const lifecycle = createLifecycle(log)
       lifecycle.onClose('slow', async () => {
         process.send('closing')
         await new Promise((resolve) => setTimeout(resolve, ${closeMs}))
         process.send('closed')
       })
       closeOnSignals(lifecycle, log)
       process.on('message', () => { throw new Error('unexpected') })
       process.send('ready')`,
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  )
  const said: unknown[] = []
  program.on('message', (message) => said.push(message))
  return { program, said, exited: once(program, 'exit') }
}

describe('closeOnSignals', () => {
  it('closes everything although npm repeats the Ctrl-C of the terminal', async () => {
    const { program, said, exited } = startProgram(100)
    await once(program, 'message')
    program.kill('SIGINT')
    await once(program, 'message')
    program.kill('SIGINT')
    expect(await exited).toEqual([0, null])
    expect(said).toEqual(['ready', 'closing', 'closed'])
  })

  it('ends at once when the signal comes again later', async () => {
    const { program, said, exited } = startProgram(8_000)
    await once(program, 'message')
    const again = setInterval(() => program.kill('SIGINT'), 300)
    expect(await exited).toEqual([1, null])
    clearInterval(again)
    expect(said).toEqual(['ready', 'closing'])
  })

  it('closes everything when the code fails unexpectedly, and is not ended by failing again', async () => {
    const { program, said, exited } = startProgram(100)
    await once(program, 'message')
    program.send('fail')
    program.send('fail')
    expect(await exited).toEqual([1, null])
    expect(said).toEqual(['ready', 'closing', 'closed'])
  })
})
