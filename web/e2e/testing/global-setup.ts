import { rm } from 'node:fs/promises'
import { freePort, newDataDir, startProgram } from '../../../scripts/testing/program.ts'
import type { TestProject } from 'vitest/node'
import { findChromium } from './chromium.ts'

/** The started system of an e2e run; `inject('system')` in a test file. */
export interface System {
  /** As browsers reach it: `http://localhost:PORT`. */
  url: string
  port: number
  owner: { email: string; password: string }
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Null where there is no Chromium: the suites are skipped by name. */
    system: System | null
  }
}

/** `npm start` with the built front end and an empty registry, for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!findChromium()) {
    console.warn('e2e: skipped, there is no Chromium (install it, or name it in CHROMIUM)')
    project.provide('system', null)
    return async () => {}
  }
  const dataDir = await newDataDir()
  const port = await freePort()
  const owner = { email: 'owner@usms.localhost', password: 'an owner of many schools' }
  const program = await startProgram({
    dataDir,
    port,
    env: {
      WEB: '1',
      // The owner's dashboard shows what schools log.
      LOG_LEVEL: 'info',
      OWNER_EMAIL: owner.email,
      OWNER_PASSWORD: owner.password,
    },
  })
  project.provide('system', { url: `http://localhost:${port}`, port, owner })
  return async () => {
    await program.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
