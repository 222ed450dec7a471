import { AxeBuilder } from '@axe-core/playwright'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { expect } from 'vitest'
import { CHROMIUM_FLAGS, findChromium } from './chromium.ts'

export const DESKTOP = { width: 1280, height: 800 }
export const PHONE = { width: 360, height: 740 }

/** One Chromium; close it in afterAll, which also tells what its pages complained about. */
export interface TestBrowser {
  /** A person's own browser: cookies and storage of nobody else. */
  newPerson(options?: BrowserContextOptions): Promise<BrowserContext>
  /** A console error, an uncaught exception or a violated policy of any page since the last call. */
  takeComplaints(): string[]
  /** Complaints that match are expected from here on: a request that a test makes fail is one to the console. */
  expectComplaint(pattern: RegExp): void
  close(): Promise<void>
}

export async function openBrowser(): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: findChromium() ?? '',
    args: CHROMIUM_FLAGS,
  })
  let complaints: string[] = []
  const expected: RegExp[] = []
  const complain = (text: string) => {
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(text)
  }
  const takeComplaints = () => {
    const taken = complaints
    complaints = []
    return taken
  }
  return {
    async newPerson(options) {
      const context = await browser.newContext({
        viewport: DESKTOP,
        locale: 'en-GB',
        timezoneId: 'Europe/London',
        ...options,
      })
      // Long: it is waited that long only where something is wrong, or the machine is busy with more than this.
      context.setDefaultTimeout(30_000)
      context.on('page', (page) => {
        page.on('pageerror', (error) => complain(`${page.url()} threw ${error.stack}`))
        page.on('console', (message) => {
          if (message.type() === 'error' || /Content Security Policy/.test(message.text()))
            complain(`${page.url()} ${message.text()} (${message.location().url})`)
        })
      })
      return context
    },
    takeComplaints,
    expectComplaint: (pattern) => void expected.push(pattern),
    close: () => browser.close(),
  }
}

/** Whether somebody who cannot see, or cannot use a mouse, can use the page: WCAG 2.2 A and AA, as far as a program can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  // Without frames there is nothing to put together, for which it would open a page of its own each time.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  // What lies behind a dialog is out of reach, and the dialog's header, an HTML one, is not the page's banner.
  const dialog = '[aria-modal="true"]'
  if (await page.locator(dialog).first().isVisible())
    axe.include(dialog).disableRules(['landmark-no-duplicate-banner'])
  const { violations } = await axe
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id} (${help}): ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} — ${failureSummary}`).join(' | ')}`,
  )
  expect(found, `axe on ${page.url()}`).toEqual([])
}

/** Nothing is wider than the window: no sideways scrolling at 360 px. One that was just made small is laid out a moment later. */
export async function expectFits(page: Page): Promise<void> {
  const tooWide = () =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return scrollWidth - clientWidth
    })
  await expect.poll(tooWide, { message: `pixels that ${page.url()} is too wide` }).toBe(0)
}

/** Accessible as it is, and in the dark on a phone, where nothing is too wide. As it was before afterwards. */
export async function expectFine(page: Page): Promise<void> {
  await expectAccessible(page)
  const size = page.viewportSize() ?? DESKTOP
  await page.setViewportSize(PHONE)
  await showIn(page, 'dark')
  await expectFits(page)
  await expectAccessible(page)
  await page.setViewportSize(size)
  await showIn(page, 'light')
}

async function showIn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  // Colours on their way from light to dark are neither.
  await page.evaluate(() =>
    Promise.allSettled(
      document.getAnimations().map((one) => one instanceof CSSTransition && one.finished),
    ),
  )
}

/** The requests to an API while something is done: `GET /proxy/X/sessions`; those about signing in left out. */
export async function apiRequestsDuring(page: Page, work: () => Promise<void>): Promise<string[]> {
  const seen: string[] = []
  const note = (request: { method(): string; url(): string }) => {
    const { pathname } = new URL(request.url())
    const isApi = /^\/(proxy|api|owner|public|resolve)(\/|$)/.test(pathname)
    if (isApi && !/\/auth\/(refresh|login|logout)$/.test(pathname))
      seen.push(`${request.method()} ${pathname}`)
  }
  page.on('request', note)
  await work()
  page.off('request', note)
  return seen
}
