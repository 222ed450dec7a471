import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { expectFits, PHONE } from './testing/browser.ts'
import { makeShownSchool, type ShownSchool } from './testing/shown-school.ts'
import { e2e } from './testing/suite.ts'

const FOLDER = join(import.meta.dirname, '../../docs/screens')

/** The main pages as people see them: written to docs/screens. What each page has to pass stands in its area's tests. */
e2e('the main pages in pictures', ({ system, browser }) => {
  let shown: ShownSchool
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true })
    shown = await makeShownSchool(system)
  })

  const pages: [
    name: string,
    who: keyof ShownSchool['people'] | 'nobody' | 'owner',
    path: () => string,
  ][] = [
    ['sign-in', 'nobody', () => '/app/login?school=GREEN'],
    ['teacher-today', 'teacher', () => '/app/school/GREEN'],
    ['teacher-register', 'teacher', () => `/app/school/GREEN/register/${shown.openSessionId}`],
    ['teacher-timetable', 'teacher', () => '/app/school/GREEN/timetable'],
    ['teacher-students', 'teacher', () => '/app/school/GREEN/students'],
    ['student-today', 'student', () => '/app/school/GREEN'],
    ['parent-today', 'parent', () => '/app/school/GREEN'],
    ['parent-attendance', 'parent', () => '/app/school/GREEN/attendance'],
    ['parent-announcements', 'parent', () => '/app/school/GREEN/announcements'],
    ['office-today', 'office', () => '/app/school/GREEN'],
    ['office-people', 'office', () => '/app/school/GREEN/people'],
    ['office-invites', 'office', () => `/app/school/GREEN/invites?section=${shown.sectionId}`],
    ['office-structure', 'office', () => '/app/school/GREEN/structure'],
    [
      'office-enrollment',
      'office',
      () => `/app/school/GREEN/enrollment?section=${shown.sectionId}`,
    ],
    ['office-sessions', 'office', () => `/app/school/GREEN/sessions?section=${shown.sectionId}`],
    ['office-missing', 'office', () => '/app/school/GREEN/missing'],
    ['office-settings', 'office', () => '/app/school/GREEN/settings'],
    ['owner-schools', 'owner', () => '/app/owner'],
    ['owner-school', 'owner', () => `/app/owner/schools/${shown.school.id}`],
    ['owner-onboarding', 'owner', () => `/app/owner/jobs/${shown.provisioningJobId}`],
    ['owner-audit', 'owner', () => '/app/owner/audit'],
  ]

  it.each(pages)('%s', { timeout: 120_000 }, async (name, who, path) => {
    const person = await browser.newPerson()
    await signIn(person, who)
    const page = await person.newPage()
    await page.goto(system.url + path())
    await take(page, name)
    await person.close()
  })

  it('the register in Hindi', async () => {
    const person = await browser.newPerson({ locale: 'hi-IN' })
    await signIn(person, 'teacher')
    const page = await person.newPage()
    await page.goto(`${system.url}/app/school/GREEN/register/${shown.openSessionId}`)
    await take(page, 'teacher-register-hindi')
    await person.close()
  })

  async function signIn(person: BrowserContext, who: string) {
    if (who === 'nobody') return
    if (who !== 'owner')
      return shown.school.signIn(person, shown.people[who as keyof ShownSchool['people']])
    const answer = await person.request.post(`${system.url}/owner/auth/login`, {
      data: system.owner,
      headers: { 'x-token-transport': 'cookie' },
    })
    expect(answer.status()).toBe(200)
  }

  /** Light and dark, on a laptop and on a phone. */
  async function take(page: Page, name: string) {
    for (const [device, size] of [
      ['desktop', { width: 1280, height: 800 }],
      ['phone', PHONE],
    ] as const)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size)
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await settled(page)
        await page.screenshot({ path: join(FOLDER, `${name}-${device}-${colorScheme}.png`) })
        await expectFits(page)
      }
  }
})

/** The page has its heading, nothing is loading any more, and no animation runs. */
async function settled(page: Page) {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForFunction(
    () =>
      !document.querySelector('[aria-busy="true"]') &&
      document.getAnimations().every(({ playState }) => playState !== 'running'),
  )
}
