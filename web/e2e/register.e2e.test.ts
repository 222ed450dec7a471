import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { call } from '../../scripts/testing/owner.ts'
import { apiRequestsDuring, expectAccessible, expectFits, PHONE } from './testing/browser.ts'
import {
  enrolStudents,
  makeClass,
  makeSchool,
  PASSWORD,
  type Person,
  type School,
} from './testing/school.ts'
import { e2e } from './testing/suite.ts'

const PUPILS = 40

e2e('the register', ({ system, browser }) => {
  let school: School
  let section: { id: string }
  let students: Person[]
  let teacher: Person
  let colleague: Person

  beforeAll(async () => {
    school = await makeSchool(system, 'REGISTER', 'Register School')
    const made = await makeClass(school)
    section = made.section
    teacher = await school.addPerson('teachers', { username: 'asha', firstName: 'Asha' })
    colleague = await school.addPerson('teachers', { username: 'ravi', firstName: 'Ravi' })
    const names = Array.from(
      { length: PUPILS },
      (_, i) => `Student ${String(i + 1).padStart(2, '0')}`,
    )
    students = await enrolStudents(school, made, names)
  })

  /** A lesson on another day each, `hour` o'clock; over unless it is said otherwise. */
  let day = 0
  const lesson = async (
    { startsAt, endsAt } = { startsAt: school.at(9, 0, --day), endsAt: school.at(10, 0, day) },
    teachers: object[] = [{ teacherUserId: teacher.id }],
  ) => {
    const made = await school.asAdmin('POST', '/sessions', {
      sectionId: section.id,
      startsAt,
      endsAt,
      teachers,
    })
    return made.id
  }
  const pageOf = (sessionId: string) => school.page(`/register/${sessionId}`)

  interface Entry {
    id: string
    studentUserId: string
    status: string
    minutesLate: number | null
    note: string | null
  }
  const entries = async (sessionId: string) =>
    (
      await school.asAdmin<{ items: Entry[] }>(
        'GET',
        `/attendance?classSessionId=${sessionId}&limit=200`,
      )
    ).items
  /** By roll number, those who are not plainly present. */
  const others = async (sessionId: string) =>
    Object.fromEntries(
      (await entries(sessionId))
        .filter((entry) => entry.status !== 'PRESENT')
        .map((entry) => [
          students.findIndex(({ id }) => id === entry.studentUserId) + 1,
          [entry.status, entry.minutesLate, entry.note],
        ]),
    )

  async function asTeacher(
    who = teacher,
    options = {},
  ): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newPerson(options)
    await school.signIn(context, who)
    return { context, page: await context.newPage() }
  }
  const open = async (page: Page, sessionId: string) => {
    await page.goto(pageOf(sessionId))
    await group(page, 1).waitFor()
  }
  const group = (page: Page, roll: number) =>
    page.getByRole('radiogroup', { name: `Student ${String(roll).padStart(2, '0')}` })
  /** Back among the pupils: a dialog gives the focus back when it has faded away. */
  const hasFocus = (page: Page, roll: number) =>
    page.locator(`[data-row="${roll - 1}"] :focus`).waitFor()
  const choose = (page: Page, roll: number, mark: string) =>
    group(page, roll).getByText(mark).click()
  const state = (page: Page) => page.locator('[role="status"][data-state]')
  const isSaved = (page: Page) => page.locator('[data-state="saved"]').waitFor()
  const save = (page: Page) => page.getByRole('button', { name: /^Save/ }).click()

  it('is taken by keyboard alone: 40 pupils, three absent, one late, one note; one request opens it, one saves it', async () => {
    const now = new Date()
    const sessionId = await lesson({
      startsAt: new Date(now.getTime() - 10 * 60_000).toISOString(),
      endsAt: new Date(now.getTime() + 30 * 60_000).toISOString(),
    })
    const { context, page } = await asTeacher()
    await page.addInitScript(() => {
      const seen = { pointers: 0 }
      Object.assign(window, { seen })
      for (const kind of ['pointerdown', 'mousedown', 'mousemove', 'touchstart'])
        window.addEventListener(kind, () => void seen.pointers++, true)
    })
    const atHome = await apiRequestsDuring(page, async () => {
      await page.goto(school.page())
      await page.getByRole('link', { name: 'Take register' }).waitFor()
    })
    expect(atHome).toEqual(['GET /proxy/REGISTER/me/dashboard'])

    const press = (key: string) => page.keyboard.press(key)
    const isFocused = (text: string) =>
      page.evaluate((wanted) => document.activeElement?.textContent === wanted, text)
    for (let i = 0; i < 20 && !(await isFocused('Take register')); i++) await press('Tab')
    const opening = await apiRequestsDuring(page, async () => {
      await press('Enter')
      await group(page, 40).waitFor()
    })
    expect(opening).toEqual([`GET /proxy/REGISTER/sessions/${sessionId}/register`])
    expect(await group(page, 40).getByRole('radio', { name: 'Present' }).isChecked()).toBe(true)
    expect(await state(page).textContent()).toBe('Not saved yet')

    await press('ArrowDown')
    await press('ArrowDown')
    await press('a')
    await press('ArrowDown')
    // Digits are minutes here, not codes.
    await page.keyboard.type('l12')
    await press('ArrowDown')
    await press('n')
    await page.keyboard.type('Forgot the book')
    await press('Enter')
    await page.getByText('Forgot the book').waitFor()
    await hasFocus(page, 4)
    await press('/')
    await page.keyboard.type('17')
    await press('Enter')
    await hasFocus(page, 17)
    await press('2')
    await press('End')
    await press('ArrowLeft')
    await press('ArrowRight')
    await press('A')
    await press('?')
    await page.getByRole('dialog').getByText('Minutes late').waitFor()
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await hasFocus(page, PUPILS)

    const saving = await apiRequestsDuring(page, async () => {
      await press('Control+s')
      await isSaved(page)
    })
    expect(saving).toEqual(['POST /proxy/REGISTER/attendance/mark'])
    expect(await entries(sessionId)).toHaveLength(PUPILS)
    expect(await others(sessionId)).toEqual({
      2: ['ABSENT', null, null],
      3: ['LATE', 12, null],
      17: ['ABSENT', null, null],
      40: ['ABSENT', null, null],
    })
    const noted = (await entries(sessionId)).find(({ note }) => note !== null)
    expect(noted).toMatchObject({ studentUserId: students[3]?.id, note: 'Forgot the book' })
    expect(await page.evaluate(() => (window as unknown as { seen: object }).seen)).toEqual({
      pointers: 0,
    })
    await expectAccessible(page)
    await context.close()
  })

  it('is taken by touch on a phone, fits it, and its targets are large', async () => {
    const sessionId = await lesson()
    const { context, page } = await asTeacher(teacher, {
      viewport: PHONE,
      hasTouch: true,
      isMobile: true,
      colorScheme: 'dark',
    })
    await open(page, sessionId)
    await expectFits(page)
    const tap = (roll: number, mark: string) => group(page, roll).getByText(mark).tap()
    await tap(1, 'Absent')
    await tap(2, 'Absent')
    await tap(2, 'Present')
    await tap(20, 'Absent')
    await tap(40, 'Absent')
    await tap(39, 'Late')
    await page.getByRole('textbox', { name: 'Minutes late: Student 39' }).fill('5')
    const box = await group(page, 39).getByText('Absent').boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(44)
    await expectFits(page)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Save register' }).tap()
    await isSaved(page)
    expect(await others(sessionId)).toEqual({
      1: ['ABSENT', null, null],
      20: ['ABSENT', null, null],
      39: ['LATE', 5, null],
      40: ['ABSENT', null, null],
    })
    await context.close()
  })

  it('keeps a save that failed over reloads, without a name, and sends it once the school is back', async () => {
    browser.expectComplaint(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/)
    const sessionId = await lesson()
    const { context, page } = await asTeacher()
    await open(page, sessionId)
    await choose(page, 5, 'Absent')
    await choose(page, 6, 'Late')
    await context.setOffline(true)
    await save(page)
    await page.locator('[data-state="delayed"]').waitFor()
    expect(await state(page).textContent()).toMatch(/^Not sent yet/)
    const kept = await page.evaluate(() => JSON.stringify(localStorage))
    expect(kept).toContain(students[4]?.id)
    expect(kept).not.toMatch(/Student \d/)

    // No network at all: there is no page, but the marks stay.
    await page.reload().catch(() => {})
    await page.close()
    await context.route('**/proxy/**', (route) => route.abort())
    await context.setOffline(false)
    // The page is there, the school is not.
    const later = await context.newPage()
    await later.goto(pageOf(sessionId))
    await later.getByRole('button', { name: 'Try again' }).waitFor()
    expect(await entries(sessionId)).toEqual([])
    await context.unroute('**/proxy/**')
    await later.getByRole('button', { name: 'Try again' }).click()
    await isSaved(later)
    expect(await group(later, 5).getByRole('radio', { name: 'Absent' }).isChecked()).toBe(true)
    expect(await others(sessionId)).toEqual({
      5: ['ABSENT', null, null],
      6: ['LATE', null, null],
    })
    expect(await later.evaluate(() => JSON.stringify(localStorage))).not.toContain(sessionId)
    await context.close()
  })

  it('says on every page what waits, asks before signing out, and sends by itself when the network is back', async () => {
    browser.expectComplaint(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/)
    const sessionId = await lesson()
    const { context, page } = await asTeacher()
    // Fetched ahead, so that it opens without a network.
    const ahead = page.waitForResponse(/today-page.*\.js/)
    await open(page, sessionId)
    await ahead
    await choose(page, 7, 'Absent')
    await context.setOffline(true)
    await save(page)
    await page.locator('[data-state="delayed"]').waitFor()
    await page.getByRole('link', { name: 'Today' }).click()
    await page.getByText('1 register waits to be sent').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/1 register has marks/).waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await context.setOffline(false)
    await page.getByText('The register that waited was sent.').waitFor()
    await page.getByText('1 register waits to be sent').waitFor({ state: 'detached' })
    expect(await others(sessionId)).toEqual({ 7: ['ABSENT', null, null] })
    await context.close()
  })

  it('keeps what is not saved over a reload, and shows a refusal with what to do', async () => {
    browser.expectComplaint(/status of 409/)
    const sessionId = await lesson()
    const { context, page } = await asTeacher()
    await open(page, sessionId)
    await choose(page, 8, 'Absent')
    await page.reload()
    await group(page, 1).waitFor()
    expect(await group(page, 8).getByRole('radio', { name: 'Absent' }).isChecked()).toBe(true)
    await school.asAdmin('POST', `/sessions/${sessionId}/cancel`, { reason: 'Sports day' })
    await save(page)
    await page.getByRole('alert').getByText('The lesson was cancelled meanwhile.').waitFor()
    await page.getByText('This lesson was cancelled (Sports day)', { exact: false }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Discard my marks' }).click()
    await page.getByRole('alert').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(sessionId)
    expect(await page.getByRole('radiogroup').count()).toBe(0)
    await context.close()
  })

  it('lets the teacher choose where a colleague marked otherwise meanwhile, and keeps the reason of a correction', async () => {
    browser.expectComplaint(/status of 409/)
    const sessionId = await lesson(undefined, [
      { teacherUserId: teacher.id },
      { teacherUserId: colleague.id, role: 'COVER' },
    ])
    const { context, page } = await asTeacher()
    await open(page, sessionId)
    await page.getByText('Cover: Ravi').waitFor()
    await choose(page, 1, 'Absent')
    await choose(page, 2, 'Absent')
    const base = `${system.url}/proxy/REGISTER`
    const { accessToken } = await call<{ accessToken: string }>(`${base}/auth/login`, 'POST', {
      username: colleague.username,
      password: PASSWORD,
    })
    const theirs = students.map(({ id }, i) => ({
      studentUserId: id,
      status: i === 2 ? 'ABSENT' : 'PRESENT',
    }))
    await call(
      `${base}/attendance/mark`,
      'POST',
      { classSessionId: sessionId, entries: theirs },
      { authorization: `Bearer ${accessToken}` },
    )

    await save(page)
    await page.getByText('3 students were marked differently meanwhile').waitFor()
    await page.getByText(/Student 01: Absent here, Present by Ravi at/).waitFor()
    await expectAccessible(page)
    expect(await others(sessionId)).toEqual({ 3: ['ABSENT', null, null] })
    const choice = (name: string) => page.getByRole('button', { name, exact: true }).first().click()
    await choice('Keep Absent')
    await choice('Take Present')
    await choice('Take Absent')
    await page.getByText('1 change not saved').waitFor()
    await save(page)
    const dialog = page.getByRole('dialog')
    await dialog.getByText('You change 1 mark', { exact: false }).waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await dialog.getByText('Say why').waitFor()
    await page.keyboard.type('Not in the room')
    await page.keyboard.press('Enter')
    await isSaved(page)
    expect(await others(sessionId)).toEqual({
      1: ['ABSENT', null, null],
      3: ['ABSENT', null, null],
    })
    const corrected = (await entries(sessionId)).find(
      ({ studentUserId }) => studentUserId === students[0]?.id,
    )
    const history = await school.asAdmin<{ items: object[] }>(
      'GET',
      `/attendance/${corrected?.id}/history`,
    )
    expect(history.items).toMatchObject([
      {
        fromStatus: 'PRESENT',
        toStatus: 'ABSENT',
        reason: 'Not in the room',
        changedByUserId: teacher.id,
        fromMarkedByUserId: colleague.id,
      },
    ])
    await context.close()
  })

  it('is marked by the office on the same page; to teachers its marks are fixed, in Hindi, too', async () => {
    const sessionId = await lesson(undefined, [{ teacherUserId: colleague.id }])
    // A code of the school's own is the fifth: in the list behind the buttons.
    await school.asAdmin('POST', '/attendance-codes', {
      code: 'TRIP',
      name: 'School trip',
      countsPresent: true,
      countsPossible: true,
    })
    const office = await asTeacher(school.admin)
    await open(office.page, sessionId)
    await office.page.getByLabel('Other mark for Student 01').selectOption('School trip')
    await save(office.page)
    await isSaved(office.page)
    expect(await others(sessionId)).toEqual({ 1: ['TRIP', null, null] })
    await office.context.close()

    const { context, page } = await asTeacher(colleague, { locale: 'hi-IN' })
    await page.goto(pageOf(sessionId))
    await page.getByText('कार्यालय ने दर्ज किया').first().waitFor()
    expect(await page.title()).toContain('रजिस्टर')
    expect(await page.getByText('उपस्थित', { exact: true }).count()).toBeGreaterThan(PUPILS - 2)
    await expectAccessible(page)
    await context.close()

    // Not the colleague's, and not begun.
    const { context: ownContext, page: own } = await asTeacher()
    await own.goto(pageOf(sessionId))
    await own.getByText('Its teachers and the office can mark it.', { exact: false }).waitFor()
    const ahead = await lesson({ startsAt: school.at(23), endsAt: school.at(23, 30) })
    await own.setViewportSize(PHONE)
    await own.goto(pageOf(ahead))
    await own.getByText('This lesson has not begun.', { exact: false }).waitFor()
    await expectFits(own)
    await ownContext.close()
  })
})
