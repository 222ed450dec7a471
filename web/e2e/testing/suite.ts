import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest'
import { openBrowser, type TestBrowser } from './browser.ts'
import type { System } from './global-setup.ts'

interface Suite {
  system: System
  browser: TestBrowser
}

/**
 * A suite with a browser beside the started system, left out by name where there is no Chromium. No page of it may complain in the
 * console: that is asked after every test.
 */
export function e2e(name: string, define: (suite: Suite) => void): void {
  const system = inject('system')
  if (!system) {
    describe.skip(`${name} (no Chromium)`, () => define({ system: NONE, browser: NO_BROWSER }))
    return
  }
  describe(name, () => {
    let opened: TestBrowser | undefined
    const browser = () => {
      if (!opened) throw new Error('the browser is opened before the tests')
      return opened
    }
    beforeAll(async () => {
      opened = await openBrowser()
    })
    afterEach(() => expect(browser().takeComplaints(), 'what the console says').toEqual([]))
    afterAll(() => opened?.close())
    define({
      system,
      browser: {
        newPerson: (options) => browser().newPerson(options),
        takeComplaints: () => browser().takeComplaints(),
        expectComplaint: (pattern) => browser().expectComplaint(pattern),
        close: () => browser().close(),
      },
    })
  })
}

const NONE: System = { url: '', port: 0, owner: { email: '', password: '' } }
const none = () => {
  throw new Error('there is no Chromium')
}
const NO_BROWSER: TestBrowser = {
  newPerson: none,
  takeComplaints: none,
  expectComplaint: none,
  close: none,
}
