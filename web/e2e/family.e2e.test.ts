import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import {
  apiRequestsDuring,
  expectAccessible,
  expectFine,
  expectFits,
  PHONE,
} from './testing/browser.ts'
import { enrolStudents, makeClass, makeSchool, type Person, type School } from './testing/school.ts'
import { e2e } from './testing/suite.ts'

const LONG_WORD = 'Sommerferienanfangsueberraschungsausflugsteilnehmerlistenpruefung'

e2e('pupils, parents, and what everybody reads', ({ system, browser }) => {
  let school: School
  let section: { id: string }
  let teacher: Person
  let zoe: Person
  let anna: Person
  let parent: Person
  let lessonId: string

  beforeAll(async () => {
    school = await makeSchool(system, 'FAMILY', 'Lotus School')
    teacher = await school.addPerson('teachers', { username: 'meera', firstName: 'Meera' })
    const cover = await school.addPerson('teachers', { username: 'ravi', firstName: 'Ravi' })
    const made = await makeClass(school)
    section = made.section
    await school.asAdmin('PATCH', `/sections/${section.id}`, { classTeacherId: teacher.id })
    zoe = await school.addPerson('students', { username: 'zoe', firstName: 'Zoe' })
    anna = await school.addPerson('students', { username: 'anna', firstName: 'Anna' })
    await enrolStudents(school, made, ['Other Pupil'])
    for (const { id } of [zoe, anna])
      await school.asAdmin('POST', '/enrollments', {
        studentUserId: id,
        academicYearId: made.year.id,
        sectionId: section.id,
        joinedOn: school.day(-120),
      })
    const family = { username: 'parent', firstName: 'Vivek', studentUserIds: [zoe.id, anna.id] }
    parent = await school.addPerson('guardians', family)

    const maths = await school.asAdmin('POST', '/subjects', { code: 'MA', name: 'Mathematics' })
    const art = await school.asAdmin('POST', '/subjects', { code: 'AR', name: LONG_WORD })
    const lesson = (hour: number, body: object = {}, day = 0) =>
      school.asAdmin('POST', '/sessions', {
        sectionId: section.id,
        startsAt: school.at(hour, 0, day),
        endsAt: school.at(hour, 45, day),
        subjectId: maths.id,
        teacherUserIds: [teacher.id],
        ...body,
      })
    lessonId = (await lesson(8)).id
    await lesson(15, {
      subjectId: art.id,
      teacherUserIds: undefined,
      teachers: [
        { teacherUserId: teacher.id, role: 'MAIN' },
        { teacherUserId: cover.id, role: 'COVER' },
      ],
    })
    const off = await lesson(16)
    await school.asAdmin('POST', `/sessions/${off.id}/cancel`, { reason: 'Trip' })
    const earlier = await lesson(9, {}, -14)
    const mark = (classSessionId: string, entries: object[]) =>
      school.asAdmin('POST', '/attendance/mark', { classSessionId, entries })
    await mark(lessonId, [
      { studentUserId: zoe.id, status: 'LATE', minutesLate: 7 },
      { studentUserId: anna.id, status: 'PRESENT' },
    ])
    await mark(earlier.id, [
      { studentUserId: zoe.id, status: 'PRESENT' },
      { studentUserId: anna.id, status: 'ABSENT', note: 'Fever' },
    ])
    await school.asAdmin('POST', '/assignments', {
      sectionId: section.id,
      title: 'A letter to my grandparents',
      maxMarks: 20,
      dueAt: school.at(18, 0, 3),
    })
  })

  const opened = async (person: Person, options: Parameters<typeof browser.newPerson>[0] = {}) => {
    const context = await browser.newPerson(options)
    await school.signIn(context, person)
    return { context, page: await context.newPage() }
  }
  const heading = (page: Page, name: string | RegExp, level?: number) =>
    page.getByRole('heading', { name, ...(level && { level }) })
  const goto = async (page: Page, path: string, title: string) => {
    await page.goto(school.page(path))
    await heading(page, title, 1).waitFor()
  }
  const region = (page: Page, name: string) => page.getByRole('region', { name })
  const follow = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name }).click()
  const expectShown = (page: Page, child: string) =>
    expect.poll(() => page.getByRole('radio', { name: child }).isChecked()).toBe(true)

  it('shows a pupil the day, the attendance and the week, each with one request and of nobody else', async () => {
    const { context, page } = await opened(zoe)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const today = await apiRequestsDuring(page, async () => {
      await goto(page, '', 'Today')
      await page.getByText('Late · 7 min').waitFor()
    })
    expect(today).toEqual(['GET /proxy/FAMILY/me/dashboard'])
    const lessons = region(page, 'Lessons today')
    // It is about noon: the first is over, the next one is in the afternoon.
    expect(await lessons.getByRole('listitem').filter({ hasText: 'Next' }).innerText()).toContain(
      LONG_WORD,
    )
    await lessons.getByText('Cover: Ravi').waitFor()
    await lessons.getByText('Cancelled').waitFor()
    await region(page, 'To hand in').getByText('A letter to my grandparents').waitFor()
    await region(page, 'Attendance').getByText('100%').first().waitFor()
    const weeks = page.getByRole('table', { name: 'The last weeks' }).getByRole('row')
    expect(await weeks.allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringContaining('Late 1'),
        expect.stringContaining('Present 1'),
      ]),
    )
    await expectFine(page)

    const attendance = await apiRequestsDuring(page, async () => {
      await follow(page, 'Attendance')
      await heading(page, 'Late, absent or excused').waitFor()
    })
    expect(attendance).toEqual(['GET /proxy/FAMILY/me/attendance'])
    const entries = page.getByRole('main').getByRole('listitem')
    await expect.poll(() => entries.count()).toBe(1)
    expect(await entries.innerText()).toMatch(/Mathematics[\s\S]*8:00[\s\S]*6-A[\s\S]*Late · 7 min/)
    await page.getByRole('switch', { name: 'Show every lesson' }).press('Space')
    await expect.poll(() => entries.count()).toBe(2)
    await page.getByText('Choose', { exact: true }).click()
    await page.getByLabel('From').fill(school.day(-20))
    await page.getByLabel('To', { exact: true }).fill(school.day(-10))
    await expect.poll(() => entries.count()).toBe(1)
    await entries.getByText('Present').waitFor()
    await expectFine(page)
    await page.reload()
    await heading(page, 'All lessons').waitFor()
    expect(await page.getByLabel('From').inputValue()).toBe(school.day(-20))

    const timetable = await apiRequestsDuring(page, async () => {
      await follow(page, 'Timetable')
      await heading(page, 'Timetable', 1).waitFor()
      await page.getByText(LONG_WORD).first().waitFor()
    })
    expect(timetable).toEqual(['GET /proxy/FAMILY/me/timetable'])
    const day = page.locator('section').filter({ has: page.locator('[aria-current=date]') })
    expect(await day.getByRole('listitem').count()).toBe(3)
    // The gap of the day stands in the picture: seven hours between the first two begin.
    const [first, second] = await Promise.all(
      [0, 1].map((i) => day.getByRole('listitem').nth(i).boundingBox()),
    )
    expect(((second?.y ?? 0) - (first?.y ?? 0)) / (first?.height ?? 1)).toBeCloseTo(7 / 0.75, 0)
    expect(
      await page
        .getByRole('main')
        .getByRole('link', { name: /Mathematics/ })
        .count(),
    ).toBe(0)
    await expectFine(page)
    await page.setViewportSize(PHONE)
    await page.getByRole('tab', { name: /Today/ }).waitFor()
    await page.getByRole('tabpanel').getByText('Cancelled').waitFor()

    for (const url of asked)
      for (const { id } of [anna, parent, teacher]) expect(url).not.toContain(id)
    await context.close()
  })

  it('lets a parent switch between two children on every page, and says what it cannot show', async () => {
    const { context, page } = await opened(parent)
    expect(
      await apiRequestsDuring(page, async () => {
        await goto(page, '', 'Today')
        await page.getByText('Anna (6-A)').waitFor()
      }),
    ).toEqual(['GET /proxy/FAMILY/me/dashboard'])
    await expectShown(page, 'Anna (6-A)')
    await region(page, 'Attendance').getByText('50%').first().waitFor()
    await page.getByText('Zoe (6-A)').click()
    await page.getByText('Late · 7 min').waitFor()
    expect(page.url()).toContain(`child=${zoe.id}`)
    await expectFine(page)

    expect(
      await apiRequestsDuring(page, async () => {
        await follow(page, 'Attendance')
        await heading(page, 'Late, absent or excused').waitFor()
        await page.getByText('Late · 7 min').waitFor()
      }),
    ).toEqual(['GET /proxy/FAMILY/me/attendance'])
    await expectShown(page, 'Zoe (6-A)')
    await page.getByText('Anna (6-A)').click()
    await page.getByText('Fever').waitFor()
    await follow(page, 'Timetable')
    await heading(page, 'Timetable', 1).waitFor()
    await expectShown(page, 'Anna (6-A)')
    await page.getByRole('link', { name: 'Next week' }).click()
    await page.getByText('No lessons are planned in this week.').waitFor()
    expect(page.url()).toMatch(/child=.*week=|week=.*child=/)
    await page.getByRole('link', { name: 'This week' }).click()
    await page.getByText('Cover: Ravi').first().waitFor()

    // While the server is away it is said, and there is a way back.
    browser.expectComplaint(/me\/timetable/)
    await page.route('**/me/timetable?**', (route) => route.abort())
    await page.getByRole('link', { name: 'Previous week' }).click()
    await page.getByRole('alert').waitFor()
    await page.unroute('**/me/timetable?**')
    await page.getByRole('link', { name: 'Next week' }).waitFor()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('alert').waitFor({ state: 'detached' })

    browser.expectComplaint(/status of 404/)
    await page.goto(school.page(`?child=${teacher.id}`))
    await page.getByText('That is none of your children.').waitFor()
    await page.getByRole('button', { name: 'Show my children' }).click()
    await expectShown(page, 'Anna (6-A)')
    await context.close()
  })

  it('is kind where there is nothing: no child, no lesson, no register', async () => {
    const alone = await school.addPerson('guardians', { username: 'alone', firstName: 'Uma' })
    const fresh = await school.addPerson('students', { username: 'fresh', firstName: 'Mira' })
    const ofNobody = await opened(alone)
    for (const [path, title] of [
      ['', 'Today'],
      ['/attendance', 'Attendance'],
      ['/timetable', 'Timetable'],
    ] as const) {
      await goto(ofNobody.page, path, title)
      await ofNobody.page.getByText('No child is linked to your account yet.').waitFor()
    }
    await ofNobody.context.close()
    const { context, page } = await opened(fresh)
    await goto(page, '', 'Today')
    await page.getByText('No lessons today.').waitFor()
    await page.getByText('Nothing to hand in').waitFor()
    await page.getByText('No lesson counted yet').waitFor()
    await expectFine(page)
    await goto(page, '/attendance', 'Attendance')
    await page.getByText('No register was taken in these days.').waitFor()
    await goto(page, '/timetable', 'Timetable')
    await page.getByText('No lessons are planned in this week.').waitFor()
    await context.close()
  })

  it('leads a teacher from the week to the register, and fits it on a sheet of paper', async () => {
    const { context, page } = await opened(teacher)
    expect(
      await apiRequestsDuring(page, async () => {
        await goto(page, '/timetable', 'Timetable')
        await page.getByText('Cover: Ravi').first().waitFor()
      }),
    ).toEqual(['GET /proxy/FAMILY/me/timetable'])
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1)
    const [, width, height] = /MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? []
    expect(Number(width)).toBeGreaterThan(Number(height))
    await page.getByRole('link', { name: 'Previous week' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.url()).toContain(`week=`)
    const hasFocus = await page
      .getByRole('link', { name: 'Previous week' })
      .evaluate((link) => link === document.activeElement)
    expect(hasFocus).toBe(true)
    await page.goBack()
    await page.getByRole('link', { name: /8:00.*6-A.*Mathematics/ }).click()
    await expect.poll(() => page.url()).toContain(`/register/${lessonId}`)
    await context.close()
  })

  it('carries an announcement from the office to a pupil, who opens it and is counted', async () => {
    const office = await opened(school.admin)
    const { page } = office
    expect(
      await apiRequestsDuring(page, async () => {
        await goto(page, '/announcements', 'Announcements')
        await page.getByText('Nothing is announced at the moment.').waitFor()
      }),
    ).toEqual(['GET /proxy/FAMILY/announcements'])
    const write = page.getByRole('button', { name: 'New announcement' })
    await write.click()
    const dialog = page.getByRole('dialog')
    await expect
      .poll(() => dialog.getByLabel('Title').evaluate((field) => field === document.activeElement))
      .toBe(true)
    await page.keyboard.press('Enter')
    await dialog.getByText('This is needed.').first().waitFor()
    await dialog.getByLabel('Title').fill(`Trip ${LONG_WORD}`)
    await dialog
      .getByLabel('Text')
      .fill('Bring shoes.\nMore at https://example.org/trip?a=1. Not javascript:alert(1)')
    await dialog.getByLabel('For whom').selectOption({ label: '6-A' })
    browser.expectComplaint(/status of 422/)
    await dialog.getByLabel('Show until').fill(`${school.day(-1)}T08:00`)
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await dialog.getByText('The end has to be after the beginning.').waitFor()
    await dialog.getByLabel('Show until').fill(`${school.day(5)}T08:00`)
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /Trip.*6-A.*Read by 0 people/ }).waitFor()
    expect(await write.evaluate((button) => button === document.activeElement)).toBe(true)

    const pupil = await opened(anna)
    await goto(pupil.page, '', 'Today')
    const news = region(pupil.page, 'Announcements')
    await news.getByText('1 is new').waitFor()
    const sent = await apiRequestsDuring(pupil.page, async () => {
      await news.getByRole('button', { name: /Trip.*New/ }).click()
      await expect.poll(() => news.getByText('New', { exact: true }).count()).toBe(0)
    })
    expect(sent).toEqual([expect.stringMatching(/^POST .*\/announcements\/.*\/read$/)])
    await follow(pupil.page, 'Announcements')
    // The page before shows it, too.
    await heading(pupil.page, 'Announcements', 1).waitFor()
    await pupil.page.getByRole('button', { name: /Trip/ }).click()
    const text = pupil.page.getByRole('region').filter({ hasText: 'Bring shoes.' })
    expect(await text.innerText()).toContain(
      'Bring shoes.\nMore at https://example.org/trip?a=1. Not javascript:alert(1)',
    )
    const links = pupil.page.getByRole('main').getByRole('link')
    expect(await links.count()).toBe(1)
    expect(await links.getAttribute('href')).toBe('https://example.org/trip?a=1')
    expect(await links.getAttribute('rel')).toBe('noopener noreferrer')
    expect(await pupil.page.getByRole('button', { name: 'Withdraw' }).count()).toBe(0)
    await pupil.context.close()

    await page.reload()
    await page.getByRole('button', { name: /Trip.*Read by 1 person/ }).click()
    await expectFine(page)
    await page.getByRole('button', { name: 'Edit' }).click()
    await dialog.getByLabel('Title').fill('Trip moved')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: /Trip moved/ }).waitFor()
    await page.getByRole('button', { name: 'Withdraw' }).click()
    await dialog.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByText('Nothing is announced at the moment.').waitFor()
    await expect
      .poll(() => write.evaluate((button) => button === document.activeElement))
      .toBe(true)
    await office.context.close()
  })

  it('offers a teacher the sections taught alone, and says so where there is none', async () => {
    const { context, page } = await opened(teacher)
    await goto(page, '/announcements?mine=true', 'Announcements')
    await page.getByText('You have not announced anything yet.').waitFor()
    await page.getByRole('button', { name: 'New announcement' }).click()
    const dialog = page.getByRole('dialog')
    await expect
      .poll(() => dialog.getByLabel('For whom').locator('option').allInnerTexts())
      .toEqual(['Choose', '6-A'])
    await dialog.getByLabel('Title').fill('Test on Monday')
    await dialog.getByLabel('Text').fill('Chapters 1 to 3')
    await dialog.getByLabel('For whom').selectOption({ label: '6-A' })
    browser.expectComplaint(/announcements/)
    await page.route('**/announcements', (route) => route.abort())
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await dialog.getByText('The server cannot be reached.').waitFor()
    await page.unroute('**/announcements')
    // What was written is still there.
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await page.getByRole('button', { name: /Test on Monday.*6-A/ }).waitFor()
    await context.close()
    const other = await opened(
      await school.addPerson('teachers', { username: 'newcomer', firstName: 'Nila' }),
    )
    await goto(other.page, '/announcements', 'Announcements')
    await other.page.getByRole('button', { name: 'New announcement' }).click()
    await other.page.getByRole('dialog').getByText('there is none at the moment').waitFor()
    await other.context.close()
  })

  it('speaks Hindi to a parent on a phone at night', async () => {
    const { context, page } = await opened(parent, {
      locale: 'hi-IN',
      viewport: PHONE,
      colorScheme: 'dark',
    })
    for (const [path, title] of [
      ['', 'आज'],
      ['/attendance', 'उपस्थिति'],
      ['/timetable', 'समय-सारणी'],
      ['/announcements', 'सूचनाएँ'],
    ] as const) {
      await goto(page, path, title)
      await page
        .getByRole('main')
        .getByText('Anna')
        .or(page.getByText('Test on Monday'))
        .first()
        .waitFor()
      await expectFits(page)
      if (path === '') await expectAccessible(page)
      expect(await page.getByRole('main').innerText()).not.toMatch(/\b(Present|Absent|Late)\b/)
    }
    await context.close()
  })
})
