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

const LONG = 'Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissen'

e2e('the teacher’s pages', ({ system, browser }) => {
  let school: School
  let students: Person[]
  let teacher: Person
  let idle: Person
  let overId: string

  beforeAll(async () => {
    school = await makeSchool(system, 'TEACHER', 'Teacher School')
    const made = await makeClass(school)
    teacher = await school.addPerson('teachers', { username: 'asha', firstName: 'Asha' })
    idle = await school.addPerson('teachers', { username: 'ravi', firstName: 'Ravi' })
    students = await enrolStudents(school, made, ['Anna Rao', 'Bela Bose', `Chandra ${LONG}`])
    const subject = await school.asAdmin('POST', '/subjects', { code: 'MA', name: 'Mathematics' })
    const room = await school.asAdmin('POST', '/rooms', { code: 'R1', name: 'Room 1' })
    const lesson = (startsAt: string, endsAt: string, role = 'MAIN') =>
      school.asAdmin('POST', '/sessions', {
        sectionId: made.section.id,
        subjectId: subject.id,
        roomId: room.id,
        startsAt,
        endsAt,
        teachers: [{ teacherUserId: teacher.id, role }],
      })
    const { at } = school
    await lesson(at(9, 0, -2), at(10, 0, -2))
    overId = (await lesson(at(8), at(9))).id
    await lesson(at(9), at(10), 'COVER')
    await lesson(at(12), at(13))
    await lesson(at(14), at(15))
    const cancelled = await lesson(at(15), at(16))
    await school.asAdmin('POST', `/sessions/${cancelled.id}/cancel`, { reason: 'Sports day' })
    await school.asAdmin('POST', '/attendance/mark', {
      classSessionId: overId,
      entries: students.map(({ id }, i) => ({
        studentUserId: id,
        status: ['PRESENT', 'ABSENT', 'LATE'][i],
        ...(i === 2 && { minutesLate: 7, note: 'The bus' }),
      })),
    })
    await school.asAdmin('POST', '/announcements', { title: 'Staff meeting', body: 'At four.' })
  })

  async function asTeacher(who = teacher, options = {}): Promise<Page> {
    const context = await browser.newPerson(options)
    await school.signIn(context, who)
    return context.newPage()
  }
  const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()

  it('open with the day: the lesson of the moment, each register’s state, what is missing; one request', async () => {
    const page = await asTeacher()
    const requests = await apiRequestsDuring(page, async () => {
      await page.goto(school.page())
      await heading(page, 'Today’s lessons')
    })
    expect(requests).toEqual(['GET /proxy/TEACHER/me/dashboard'])
    const now = page.getByRole('region').filter({ hasText: 'Now' })
    await now.getByRole('link', { name: 'Take register' }).waitFor()
    await now.getByText('Mathematics · Room 1').waitFor()
    await page.getByText('1 present · 1 absent · 1 late').waitFor()
    await page.getByText('You cover').waitFor()
    await page.getByText('Cancelled: Sports day').waitFor()
    await heading(page, 'Registers not taken')
    expect(await page.getByText('Not taken', { exact: true }).count()).toBe(2)
    await page.getByText('Not yet', { exact: true }).waitFor()
    await page.getByText('Staff meeting').waitFor()
    await page.getByText('1 unread').waitFor()
    await expectFine(page)
    await page.context().close()
  })

  it('fit a phone, in Hindi', async () => {
    const page = await asTeacher(teacher, { viewport: PHONE, locale: 'hi-IN', hasTouch: true })
    await page.goto(school.page())
    await heading(page, 'आज की कक्षाएँ')
    await expectFits(page)
    await expectAccessible(page)
    await page.getByRole('link', { name: 'विद्यार्थी' }).tap()
    await page.getByRole('button', { name: 'Anna Rao' }).waitFor()
    await expectFits(page)
    await page.getByRole('button', { name: /Chandra/ }).tap()
    await page.getByText('देर से · 7 मिनट').waitFor()
    await expectFits(page)
    await expectAccessible(page)
    await page.context().close()
  })

  it('list whom one teaches, with search, section, and the attendance of one', async () => {
    const page = await asTeacher()
    const requests = await apiRequestsDuring(page, async () => {
      await page.goto(school.page('/students'))
      await page.getByRole('button', { name: 'Anna Rao' }).waitFor()
    })
    expect(requests).toEqual(['GET /proxy/TEACHER/me/students'])
    await page.getByText('3 students').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Section').selectOption('6-A')
    await page.getByLabel('Search by name').fill('bel')
    await page.getByText('1 student', { exact: true }).waitFor()
    expect(new URL(page.url()).searchParams.get('q')).toBe('bel')
    const opening = await apiRequestsDuring(page, async () => {
      await page.getByRole('button', { name: /Bela/ }).click()
      await page.getByRole('dialog').getByText('Absent').nth(1).waitFor()
    })
    expect(opening).toEqual([`GET /proxy/TEACHER/students/${students[1]?.id}/attendance`])
    await page.getByRole('dialog').getByText('0%').waitFor()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Bela')
    await page.getByLabel('Search by name').fill('nobody')
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await page.getByText('3 students').waitFor()
    await page.context().close()
  })

  it('are kind to whoever has nothing to do, and say when the school cannot be reached', async () => {
    browser.expectComplaint(/ERR_FAILED/)
    const page = await asTeacher(idle)
    await page.goto(school.page())
    await page.getByText('You have no lessons today.', { exact: false }).waitFor()
    await expectAccessible(page)
    await page.goto(school.page('/students'))
    await page.getByText('You teach no section today', { exact: false }).waitFor()
    await expectAccessible(page)
    await page.route('**/me/dashboard', (route) => route.abort())
    await page.goto(school.page())
    await page.getByRole('alert').waitFor()
    await expectAccessible(page)
    await page.unroute('**/me/dashboard')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('You have no lessons today.', { exact: false }).waitFor()
    await page.context().close()
  })
})
