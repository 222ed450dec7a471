import type { BrowserContext, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { addDays, mondayOf } from '../src/lib/school-time.ts'
import {
  apiRequestsDuring,
  DESKTOP,
  expectAccessible,
  expectFits,
  PHONE,
} from './testing/browser.ts'
import {
  enrolStudents,
  makeClass,
  makeSchool,
  type School,
  severalAtOnce,
} from './testing/school.ts'
import { e2e } from './testing/suite.ts'

const PUPILS = ['Anil Gupta', 'Bela Iyer', 'Chetan Joshi']

/** A pupil's section, a second one and a club; two teachers and one to cover; a room, a subject. */
async function furnish(school: School) {
  const { year, section } = await makeClass(school)
  const pupils = await enrolStudents(school, { year, section }, PUPILS)
  const grade = await school.asAdmin('POST', '/grades', { code: '7', name: 'Grade 7', orderNo: 7 })
  await school.asAdmin('POST', '/sections', { gradeId: grade.id, name: '7-B' })
  const club = await school.asAdmin('POST', '/sections', { kind: 'GROUP', name: 'Chess club' })
  for (const studentUserId of pupils.slice(0, 2).map(({ id }) => id))
    await school.asAdmin('POST', `/sections/${club.id}/members`, {
      studentUserId,
      joinedOn: school.day(-100),
    })
  const teachers = await severalAtOnce(['Asha Rao', 'Vikram Sen', 'Meera Das'], (name) => {
    const [firstName = '', lastName] = name.split(' ')
    const body = { username: firstName.toLowerCase(), firstName, lastName }
    return school.asAdmin('POST', '/teachers', body)
  })
  await school.asAdmin('POST', '/subjects', { code: 'MA', name: 'Mathematics' })
  await school.asAdmin('POST', '/rooms', { code: 'R1', name: 'Room 1' })
  return { section, teacherId: teachers[0]?.id ?? '' }
}

e2e('the office plans', ({ system, browser }) => {
  let school: School
  let sectionId: string
  let office: BrowserContext
  let page: Page

  /** A week ahead: all of it is to come. */
  const monday = () => addDays(mondayOf(school.day(0)), 7)
  const dialog = () => page.getByRole('dialog')
  /** By typing the name, as whoever plans all day does. */
  const choose = async (label: string, option: string) => {
    const box = dialog().getByRole('combobox', { name: label })
    await box.fill(option)
    await page.getByRole('option', { name: option, exact: true }).waitFor()
    await box.press('ArrowDown')
    await box.press('Enter')
  }
  const fillTimes = async (from: string, until: string) => {
    await page.getByLabel('Begins').fill(from)
    await page.getByLabel('Ends').fill(until)
  }
  const addOnMonday = () => page.getByRole('button', { name: /^New lesson on Mon/ }).click()
  const said = async (text: string | RegExp) => {
    await page.getByRole('status').filter({ hasText: text }).first().waitFor()
  }

  it('begins with a kind first step, and says everywhere why there is nothing yet', async () => {
    school = await makeSchool(system, 'PLAN', 'Planning School')
    office = await browser.newPerson()
    await school.signIn(office, school.admin)
    page = await office.newPage()
    const requests = await apiRequestsDuring(page, async () => {
      await page.goto(school.page())
      await page.getByRole('link', { name: 'Set up the structure' }).waitFor()
    })
    expect(requests).toEqual(['GET /proxy/PLAN/me/dashboard'])
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Missing registers', exact: true }).click()
    await page.getByText('All registers of the lessons that are over').waitFor()
    await page.getByRole('link', { name: 'Sessions', exact: true }).click()
    await page.getByText('There are no sections yet').waitFor()
    await expectAccessible(page)
    expect(await page.getByRole('link', { name: 'To the structure' }).getAttribute('href')).toBe(
      '/app/school/PLAN/structure',
    )
  })

  it('plans a lesson and one of every week, and hears of the date that was not possible', async () => {
    const { section, teacherId } = await furnish(school)
    sectionId = section.id
    // Over since the morning, and with nobody marked.
    await school.asAdmin('POST', '/sessions', {
      sectionId,
      startsAt: school.at(8),
      endsAt: school.at(8, 45),
      teacherUserIds: [teacherId],
    })
    const requests = await apiRequestsDuring(page, async () => {
      await page.goto(school.page(`/sessions?week=${monday()}`))
      await page.getByRole('button', { name: /^New lesson on Mon/ }).waitFor()
    })
    expect(requests.sort()).toEqual(['GET /proxy/PLAN/sessions', 'GET /proxy/PLAN/structure'])

    await addOnMonday()
    await dialog().getByRole('button', { name: 'Create lesson' }).click()
    await page.getByText('Fill this in').first().waitFor()
    await fillTimes('09:45', '09:00')
    await page.keyboard.press('Enter')
    await page.getByText('It has to end after it begins').waitFor()
    await fillTimes('09:00', '09:45')
    await dialog().getByLabel('Subject').selectOption('Mathematics')
    await dialog().getByLabel('Room', { exact: true }).selectOption({ label: 'Room 1 (R1)' })
    await choose('Teachers', 'Asha Rao')
    await expectAccessible(page)
    await dialog().getByRole('button', { name: 'Create lesson' }).click()
    await said('The lesson is in the timetable')
    await page.getByRole('button', { name: /Mathematics.*9:00.*Room 1 · Asha Rao/ }).waitFor()

    await addOnMonday()
    await dialog().getByText('Every week').click()
    await page.getByLabel('Tuesday').check()
    await fillTimes('09:15', '10:00')
    await dialog().getByRole('button', { name: 'Create lessons' }).click()
    await page.getByText('7 lessons created').waitFor()
    await page.getByText('1 date was not possible').waitFor()
    await dialog().getByText('6-A already has a lesson at that time.').waitFor()
    await dialog()
      .getByText(/9:00.*6-A · Mathematics · Room 1 · Asha Rao/)
      .waitFor()
    await expectAccessible(page)
    await dialog().getByRole('button', { name: 'Close' }).last().click()
  })

  it('explains who and what is double booked, when, where, and shows it', async () => {
    browser.expectComplaint(/409 \(Conflict\)/)
    await page.goto(school.page(`/sessions?week=${monday()}`))
    await page.getByRole('combobox', { name: 'Section' }).click()
    await page.getByRole('option', { name: '7-B' }).click()
    await addOnMonday()
    await fillTimes('09:30', '10:15')
    await choose('Teachers', 'Asha Rao')
    await dialog().getByRole('button', { name: 'Create lesson' }).click()
    const clash = dialog().getByRole('alert')
    await clash.getByText('Asha Rao already has a lesson at that time.').waitFor()
    await clash.getByText(/9:00.*9:45.*6-A · Mathematics · Room 1 · Asha Rao/).waitFor()
    await expectAccessible(page)

    const [other] = await Promise.all([
      office.waitForEvent('page'),
      clash.getByRole('link', { name: /Show that lesson/ }).click(),
    ])
    await other.getByRole('dialog', { name: '6-A · Mathematics' }).getByText('Room 1').waitFor()
    await other.close()

    await dialog().getByRole('combobox', { name: 'Teachers' }).press('Backspace')
    await choose('Teachers', 'Vikram Sen')
    await dialog().getByLabel('Room', { exact: true }).selectOption({ label: 'Room 1 (R1)' })
    await dialog().getByRole('button', { name: 'Create lesson' }).click()
    await clash.getByText('Room 1 is already in use at that time.').waitFor()
    await dialog().getByLabel('Room', { exact: true }).selectOption('')
    await dialog().getByRole('button', { name: 'Create lesson' }).click()
    await dialog().waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /Lesson.*9:30.*Vikram Sen/ }).waitFor()
  })

  it('names the students who would be in two places', async () => {
    await addOnMonday()
    await choose('Section', 'Chess club')
    await fillTimes('09:00', '09:30')
    await dialog().getByRole('button', { name: 'Create lesson' }).click()
    await dialog().getByText('Some students are in two places').waitFor()
    for (const pupil of PUPILS.slice(0, 2)) await dialog().getByText(pupil).waitFor()
    expect(
      await dialog()
        .getByText(PUPILS[2] ?? '')
        .count(),
    ).toBe(0)
    await expectAccessible(page)
    await dialog().getByRole('button', { name: 'Close' }).last().click()
  })

  it('finds a cover, hears of somebody else’s change, and cancels with a reason', async () => {
    browser.expectComplaint(/412 \(Precondition Failed\)/)
    await page.goto(school.page(`/sessions?section=${sectionId}&week=${monday()}`))
    await page.getByRole('button', { name: /Mathematics.*9:00/ }).click()
    await dialog().getByRole('button', { name: 'Change' }).click()
    await choose('Covered by', 'Meera Das')
    await dialog().getByRole('combobox', { name: 'Teachers' }).press('Backspace')
    // The same lesson in the hands of a colleague.
    const id = new URL(page.url()).searchParams.get('session')
    await school.asAdmin('PATCH', `/sessions/${id}`, { roomId: null })
    await dialog().getByRole('button', { name: 'Save' }).click()
    await page.getByText('Somebody else has changed this lesson meanwhile.').waitFor()
    await dialog().getByRole('button', { name: 'Show what is there now' }).click()
    await dialog().getByRole('button', { name: 'Change' }).click()
    await choose('Covered by', 'Meera Das')
    await dialog().getByRole('combobox', { name: 'Teachers' }).press('Backspace')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await said('The lesson is changed')
    await page.getByRole('button', { name: /Mathematics.*Meera Das \(cover\)/ }).click()

    await dialog().getByRole('button', { name: 'Cancel lesson' }).click()
    await dialog().getByRole('button', { name: 'Cancel lesson' }).click()
    await page.getByText('Fill this in').waitFor()
    await page.getByLabel('Reason').fill('Sports day')
    await page.keyboard.press('Enter')
    await said('The lesson is cancelled')
    await page.getByRole('button', { name: /Mathematics Cancelled/ }).click()
    await dialog().getByText('Sports day').waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })

    await page.emulateMedia({ colorScheme: 'dark' })
    // Colours that fade over are none of either scheme.
    await page.waitForFunction(() => document.getAnimations().length === 0)
    await expectAccessible(page)
    await page.emulateMedia({ colorScheme: 'light' })
    // Its time is free again: for whoever needs it.
    const { items } = await school.asAdmin<{ items: { cancelReason: string }[] }>(
      'GET',
      `/sessions?sectionId=${sectionId}&status=CANCELLED`,
    )
    expect(items).toMatchObject([{ cancelReason: 'Sports day' }])
  })

  it('adds an attendance code, finds the register that is missing, and takes it', async () => {
    await page.goto(school.page('/settings'))
    await page.getByRole('button', { name: 'New code' }).click()
    await dialog().getByLabel('Name').fill('School trip')
    await dialog().getByLabel('Code').fill('trip')
    await dialog().getByText('Not counted').click()
    await expectAccessible(page)
    await dialog().getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Change School trip' }).waitFor()
    browser.expectComplaint(/409 \(Conflict\)/)
    await page.getByRole('button', { name: 'New code' }).click()
    await dialog().getByLabel('Name').fill('Another trip')
    await dialog().getByLabel('Code').fill('TRIP')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await page.getByText('There is such a code already').waitFor()
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'Today', exact: true }).click()
    await page.getByRole('link', { name: /1\s*Registers missing/ }).click()
    await page.getByRole('row', { name: /6-A.*Asha Rao.*3 of 3 students/ }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: /Open 6-A/ }).click()
    await page.getByRole('heading', { level: 1, name: /6-A/ }).waitFor()
    await page.getByRole('option', { name: 'School trip' }).first().waitFor({ state: 'attached' })
    await page.getByRole('button', { name: 'Save register' }).click()
    await page
      .getByText(/^Saved/)
      .first()
      .waitFor()
    await page.goBack()
    await page.getByText('All registers of the lessons that are over').waitFor()
    await page.getByRole('link', { name: 'Today', exact: true }).click()
    await page.getByRole('link', { name: /0\s*Registers missing/ }).waitFor()
    await page.getByRole('link', { name: /1\s*Registers taken/ }).click()
    await page.getByRole('row', { name: /6-A.*Asha Rao.*Taken/ }).waitFor()
    await expectAccessible(page)
  })

  it('reads what is missing again by itself', async () => {
    const { id } = await school.asAdmin('POST', '/sessions', {
      sectionId,
      startsAt: school.at(7),
      endsAt: school.at(7, 30),
    })
    const watching = await office.newPage()
    await watching.clock.install()
    await watching.goto(school.page('/missing'))
    await watching.getByRole('row', { name: /6-A.*Nobody is assigned/ }).waitFor()
    await school.asAdmin('POST', `/sessions/${id}/cancel`, { reason: 'A mistake' })
    await watching.clock.fastForward(61_000)
    await watching.getByText('All registers of the lessons that are over').waitFor()
    await watching.close()
  })

  it('says when the school cannot be reached, and goes on when it can', async () => {
    browser.expectComplaint(/ERR_FAILED|503/)
    await page.route('**/me/dashboard', (route) => route.abort())
    await page.goto(school.page())
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor()
    await page.unroute('**/me/dashboard')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: /Registers taken/ }).waitFor()
  })

  it('fits a phone in Hindi, in the dark', async () => {
    const phone = await browser.newPerson({
      viewport: PHONE,
      colorScheme: 'dark',
      locale: 'hi-IN',
      hasTouch: true,
    })
    await school.signIn(phone, school.admin)
    page = await phone.newPage()
    for (const [path, title] of [
      ['', 'आज'],
      [`/sessions?week=${monday()}`, 'कक्षा-सत्र'],
      [`/sessions?day=${school.day(0)}`, 'कक्षा-सत्र'],
      ['/missing', 'बाकी रजिस्टर'],
      ['/settings', 'सेटिंग'],
    ] as const) {
      await page.goto(school.page(path))
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.locator('[aria-busy]').waitFor({ state: 'detached' })
      await expectFits(page)
      await expectAccessible(page)
    }
    await page.goto(school.page(`/sessions?section=${sectionId}&week=${monday()}`))
    await page.getByRole('button', { name: /Mathematics रद्द/ }).tap()
    await dialog().getByText('Sports day').waitFor()
    await page.goto(school.page(`/sessions?section=${sectionId}&week=${addDays(monday(), 7)}`))
    await page.getByRole('button', { name: /9:15/ }).first().tap()
    await dialog().getByRole('button', { name: 'बदलें' }).tap()
    await expectFits(page)
    await expectAccessible(page)
    await phone.close()
  })

  it('changes the zone, and every page shows its times by it', async () => {
    page = await office.newPage()
    await page.setViewportSize(DESKTOP)
    await page.goto(school.page('/settings'))
    const zone = page.getByRole('combobox', { name: 'Time zone' })
    await zone.fill('Kolkata')
    await page.getByRole('option', { name: 'Asia/Kolkata' }).click()
    await page.getByText('Dates of past lessons and marks stay as they are.').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Name of the school').fill('Planning School East')
    await page.getByRole('button', { name: 'Save' }).click()
    await said('The settings are saved')
    await page.getByRole('banner').getByText('Planning School East').waitFor()
    await page.getByRole('link', { name: 'Sessions', exact: true }).click()
    const { items } = await school.asAdmin<{ items: { startsAt: string }[] }>(
      'GET',
      `/sessions?sectionId=${sectionId}&from=${monday()}&status=SCHEDULED`,
    )
    const inKolkata = new Intl.DateTimeFormat('en-IN', {
      timeZone: 'Asia/Kolkata',
      hour: 'numeric',
      minute: '2-digit',
    })
    const [first] = items
    const shown = inKolkata.format(new Date(first?.startsAt ?? ''))
    await page.getByRole('button', { name: 'Next week' }).click()
    await page
      .getByRole('button', { name: new RegExp(`Lesson ${shown.replace(/\s?[ap]m$/, '')}`) })
      .waitFor()
  })
})
