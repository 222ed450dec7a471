import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { expectAccessible, expectFine, expectFits, PHONE } from './testing/browser.ts'
import { makeShownSchool, type ShownSchool } from './testing/shown-school.ts'
import { e2e } from './testing/suite.ts'

type Shown = [
  name: string,
  who: keyof ShownSchool['people'] | 'nobody' | 'owner',
  path: () => string,
]

const FOLDER = join(import.meta.dirname, '../../docs/screens')

/** Every page there is, as people see it: the main ones are written to docs/screens, and all pass what every page has to. */
e2e('every page', ({ system, browser }) => {
  let shown: ShownSchool
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true })
    shown = await makeShownSchool(system)
  })

  const pictured: Shown[] = [
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

  const others: Shown[] = [
    ['accept-invite', 'nobody', () => '/app/accept-invite?school=GREEN#token=any'],
    ['owner-sign-in', 'nobody', () => '/app/owner/login'],
    ['account', 'teacher', () => '/app/school/GREEN/account'],
    ['student-timetable', 'student', () => '/app/school/GREEN/timetable'],
    ['office-person', 'office', () => `/app/school/GREEN/people/${shown.people.student.id}`],
    ['office-new-person', 'office', () => '/app/school/GREEN/people/new?kind=teachers'],
    ['owner-new-school', 'owner', () => '/app/owner/schools/new'],
    ['owner-account', 'owner', () => '/app/owner/account'],
  ]

  it.each(pictured)('%s', async (name, who, path) => {
    const person = await browser.newPerson()
    await signIn(person, who)
    const page = await person.newPage()
    await page.goto(system.url + path())
    await take(page, name)
    await person.close()
  })

  it.each(others)('%s', async (_name, who, path) => {
    const person = await browser.newPerson({ reducedMotion: 'reduce' })
    await signIn(person, who)
    const page = await person.newPage()
    await page.goto(system.url + path())
    await settled(page)
    await expectFine(page)
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
        // Twice is enough: each width and each theme once.
        if ((device === 'desktop') === (colorScheme === 'light')) await expectAccessible(page)
      }
  }
})

/** The page has its heading, nothing is loading any more, and no animation runs. */
async function settled(page: Page) {
  await page.getByRole('heading', { level: 1 }).waitFor()
  // Colours that change with the theme begin to do so in the next frame.
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  )
  await page.waitForFunction(
    () =>
      !document.querySelector('[aria-busy="true"]') &&
      document.getAnimations().every(({ playState }) => playState !== 'running'),
  )
}
