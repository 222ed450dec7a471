import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import {
  apiRequestsDuring,
  expectAccessible,
  expectFine,
  expectFits,
  PHONE,
} from './testing/browser.ts'
import { makeSchool, type School, severalAtOnce } from './testing/school.ts'
import { e2e } from './testing/suite.ts'

/** A Mantine select: opens the list and takes what is called so. */
async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option }).click()
}

const dialog = (page: Page) => page.getByRole('dialog')
const save = (page: Page) => dialog(page).getByRole('button', { name: 'Save', exact: true }).click()
const closed = (page: Page) => dialog(page).waitFor({ state: 'detached' })
const rosterRow = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) })

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await dialog(page).getByLabel(label, { exact: true }).fill(value)
}

/** A message that fades away has no contrast for that moment, which is no fault. */
async function closeMessages(page: Page): Promise<void> {
  const close = page.getByRole('status').getByRole('button', { name: 'Close' })
  while ((await close.count()) > 0)
    await close
      .first()
      .click({ timeout: 1_000 })
      .catch(() => {})
}

async function expectLooks(page: Page): Promise<void> {
  await closeMessages(page)
  await expectFine(page)
}

e2e('structure and enrollment', ({ system, browser }) => {
  let school: School
  let office: BrowserContext
  let page: Page
  const NAMES = ['Asha Bose', 'Ravi Das', 'Meera Iyer', 'Kabir Khan', 'Zoya Mirza', 'Om Nair']

  beforeAll(async () => {
    school = await makeSchool(system, 'STRUCT', 'Structure School')
    await school.asAdmin('POST', '/teachers', {
      username: 'leela',
      firstName: 'Leela',
      lastName: 'Menon',
      teacherCode: 'T-1',
    })
    await severalAtOnce(NAMES, (name, i) => {
      const [firstName = name, lastName] = name.split(' ')
      const body = { username: `pupil${i}`, firstName, lastName, admissionNo: `ADM-${i}` }
      return school.asAdmin('POST', '/students', body)
    })
    office = await browser.newPerson({ reducedMotion: 'reduce' })
    await school.signIn(office, school.admin)
    page = await office.newPage()
  })

  it('is set up by the office along the checklist, which opens with one request', async () => {
    const requests = await apiRequestsDuring(page, async () => {
      await page.goto(school.page('/structure'))
      await page.getByText('0 of 7 steps done').waitFor()
    })
    expect(requests).toEqual(['GET /proxy/STRUCT/structure'])
    await expectLooks(page)

    await page.getByRole('button', { name: 'Add a year' }).click()
    await save(page)
    await dialog(page).getByText('Needed').first().waitFor()
    await fill(page, {
      Name: 'This year',
      'Short name': 'Y1',
      'First day': school.day(-120),
      'Last day': school.day(120),
    })
    await dialog(page).getByRole('button', { name: 'Add a term' }).click()
    const term = dialog(page).getByRole('group', { name: 'Term 1' })
    await term.getByLabel('First day').fill(school.day(-130))
    await term.getByLabel('Last day').fill(school.day(0))
    await save(page)
    await dialog(page).getByText('A term lies inside its year').waitFor()
    await term.getByLabel('First day').fill(school.day(-120))
    await page.keyboard.press('Enter')
    await closed(page)
    await page.getByText('1 of 7 steps done').waitFor()
    await page.getByText('Current year').waitFor()
  })

  it('explains by name why two years clash, and makes another one current only when asked twice', async () => {
    browser.expectComplaint(/409 \(Conflict\)/)
    await page.getByRole('button', { name: 'Add a year' }).click()
    await fill(page, {
      Name: 'Next year',
      'Short name': 'Y2',
      'First day': school.day(100),
      'Last day': school.day(400),
    })
    await save(page)
    await dialog(page)
      .getByText(/belong to another year already: This year \(.+\)/)
      .waitFor()
    await expectAccessible(page)
    await fill(page, { 'First day': school.day(121) })
    await save(page)
    await closed(page)
    await page.getByRole('button', { name: 'Make Next year the current year' }).click()
    await dialog(page)
      .getByText('Next year becomes the current year in place of This year')
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Make current' }).click()
    await page.getByRole('button', { name: 'Make This year the current year' }).click()
    await dialog(page).getByRole('button', { name: 'Make current' }).click()
    await page.getByRole('button', { name: 'Make Next year the current year' }).waitFor()
    // The current year stays: said before anything is asked of the server.
    await page.getByRole('button', { name: 'Remove This year' }).click()
    await dialog(page).getByText('This is the current year.').waitFor()
    await page.keyboard.press('Escape')
    await closed(page)
  })

  it('takes grades, sections, subjects, rooms and who teaches what, one after another', async () => {
    await page.getByRole('link', { name: 'Grades', exact: true }).click()
    await page.getByRole('button', { name: 'Add a grade' }).click()
    await fill(page, { 'Short name': '6', Name: 'Grade 6' })
    await dialog(page).getByRole('button', { name: 'Save and add another' }).click()
    await dialog(page).getByText('Grade 6 is saved').waitFor()
    // The form is empty again, and the focus in it.
    await expectValue(page, 'Short name', '')
    await page.keyboard.type('6')
    await fill(page, { Name: 'Grade 7' })
    await page.keyboard.press('Enter')
    await dialog(page).getByText('Another grade has this short name').waitFor()
    await fill(page, { 'Short name': '7' })
    await page.keyboard.press('Enter')
    await closed(page)

    await page.getByRole('tab', { name: 'Sections' }).click()
    expect(page.url()).toContain('tab=sections')
    await addSection(page, '6-A', '2')
    await addSection(page, '6-B', '5')
    await page.getByRole('button', { name: 'Add a section' }).click()
    await dialog(page).getByRole('radio', { name: 'Group' }).check()
    await fill(page, { Name: 'Choir' })
    await save(page)
    await closed(page)
    await page.getByText('0 of 2 seats taken').waitFor()
    await expectLooks(page)

    await page.getByRole('tab', { name: 'Grades' }).click()
    await page.getByRole('button', { name: 'Remove Grade 6' }).click()
    await dialog(page).getByText('Grade 6 has 2 sections. Move them').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Remove Grade 7' }).click()
    await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('Grade 7 is removed').waitFor()
    await page.getByRole('button', { name: 'Remove Grade 7' }).waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Grades')

    await page.getByRole('tab', { name: 'Subjects' }).click()
    await page.getByRole('button', { name: 'Add a subject' }).click()
    await fill(page, { Name: 'Mathematics', 'Short name': 'MATH' })
    await save(page)
    await closed(page)
    await page.getByRole('tab', { name: 'Rooms' }).click()
    await page.getByRole('button', { name: 'Add a room' }).click()
    await fill(page, { Name: 'Laboratory', 'Short name': 'L1', Places: '30' })
    await save(page)
    await closed(page)

    const requests = await apiRequestsDuring(page, async () => {
      await page.getByRole('tab', { name: 'Teaching' }).click()
      await page.getByText('Nobody is assigned yet.').waitFor()
    })
    expect(requests).toEqual(['GET /proxy/STRUCT/teaching-assignments'])
    await page.getByRole('button', { name: 'Assign a teacher' }).click()
    for (const [label, option] of [
      ['Teacher', 'Leela Menon (T-1)'],
      ['Section', '6-A'],
      ['Subject', 'Mathematics'],
    ] as const) {
      await dialog(page).getByRole('combobox', { name: label, exact: true }).click()
      await page.getByRole('option', { name: option }).click()
    }
    await save(page)
    await closed(page)
    await page.getByRole('heading', { name: '6-A' }).waitFor()
    await page.getByText('6 of 7 steps done').waitFor()
    await closeMessages(page)
    await expectAccessible(page)
  })

  it('enrolls several at once into the first section with one request, and every list knows', async () => {
    const people = page.getByRole('link', { name: 'People', exact: true })
    await people.click()
    await page.getByRole('link', { name: 'Asha Bose' }).waitFor()
    const inFirst = page.getByRole('cell', { name: '6-A', exact: true })
    expect(await inFirst.count()).toBe(0)
    await page.goBack()
    await page.getByRole('link', { name: 'Students in their homerooms' }).click()
    await page.getByRole('link', { name: /6-A/ }).click()
    await page.getByText('Nobody is in this section on this day.').waitFor()
    await page.getByRole('button', { name: 'Enroll students' }).click()
    await dialog(page).getByText('6 of 6 shown').waitFor()
    await dialog(page).getByRole('button', { name: 'Enroll', exact: true }).click()
    await dialog(page).getByText('Choose at least one student').waitFor()
    await dialog(page)
      .getByRole('checkbox', { name: /Asha Bose/ })
      .check()
    await dialog(page).getByRole('searchbox').fill('das')
    await dialog(page).getByText('1 of 1 shown').waitFor()
    await dialog(page)
      .getByRole('checkbox', { name: /Ravi Das/ })
      .check()
    await expectAccessible(page)
    const requests = await apiRequestsDuring(page, async () => {
      await dialog(page).getByRole('button', { name: 'Enroll 2 students' }).click()
      await page.getByText('2 students are enrolled in 6-A').waitFor()
    })
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([
      'POST /proxy/STRUCT/enrollments/bulk',
    ])
    await rosterRow(page, 'Asha Bose').waitFor()
    await page.getByText('2 of 2 seats taken').waitFor()
    await expectLooks(page)
    await people.click()
    await expect.poll(() => inFirst.count()).toBe(2)
    await page.goBack()
    await rosterRow(page, 'Asha Bose').waitFor()
  })

  it('goes beyond the seats only with a reason, and keeps the reason in the history', async () => {
    await page.getByRole('button', { name: 'Enroll students' }).click()
    // Who is enrolled is not offered again.
    await dialog(page).getByText('4 of 4 shown').waitFor()
    await dialog(page)
      .getByRole('checkbox', { name: /Meera Iyer/ })
      .check()
    await dialog(page).getByRole('button', { name: 'Enroll 1 student' }).click()
    await dialog(page).getByText('It has 2 seats, and 2 are taken.').waitFor()
    await dialog(page).getByRole('button', { name: 'Go beyond the seats' }).click()
    await dialog(page).getByText('Say why').waitFor()
    await dialog(page).getByLabel('Reason for going beyond the seats').fill('Sister is here')
    await expectAccessible(page)
    await dialog(page).getByRole('button', { name: 'Go beyond the seats' }).click()
    await closed(page)
    await page.getByText('1 more than there are seats').waitFor()
    await act(page, 'Meera Iyer', 'History')
    await dialog(page).getByText('Reason: Sister is here').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await closed(page)
  })

  it('changes a roll number, transfers and withdraws, each with its date in the history', async () => {
    await act(page, 'Meera Iyer', 'Change roll number')
    await fill(page, { 'Roll number': '1' })
    await save(page)
    await dialog(page).getByText('Somebody in this section has this number').waitFor()
    await fill(page, { 'Roll number': '7' })
    await save(page)
    await closed(page)
    await rosterRow(page, '7 Meera Iyer').waitFor()

    await act(page, 'Meera Iyer', 'Transfer')
    await dialog(page).getByRole('button', { name: 'Transfer', exact: true }).click()
    await expect.poll(() => dialog(page).getByText('Needed').count()).toBe(2)
    await dialog(page).getByRole('combobox', { name: 'To section' }).click()
    await page.getByRole('option', { name: '6-B (0/5)' }).click()
    await fill(page, { Reason: 'Nearer to her bus' })
    await dialog(page).getByRole('button', { name: 'Transfer', exact: true }).click()
    await page.getByText('Meera Iyer is in 6-B now').waitFor()
    await rosterRow(page, 'Meera Iyer').waitFor({ state: 'detached' })

    await act(page, 'Ravi Das', 'Withdraw')
    await fill(page, { Reason: 'Moved away', 'First day away': school.day(0) })
    await dialog(page).getByRole('button', { name: 'Withdraw', exact: true }).click()
    await page.getByText('Ravi Das is withdrawn').waitFor()
    await page.getByText('1 of 2 seats taken').waitFor()

    // The roster of a day before is what it was.
    const requests = await apiRequestsDuring(page, async () => {
      await choose(page, 'Section', '6-B')
      await rosterRow(page, 'Meera Iyer').waitFor()
    })
    expect(requests).toHaveLength(1)
    await page.getByLabel('On', { exact: true }).fill(school.day(-1))
    await page.getByText('Nobody is in this section on this day.').waitFor()
    await page.getByLabel('On', { exact: true }).fill(school.day(0))
    await act(page, 'Meera Iyer', 'History')
    await dialog(page).getByText('6-B · This year').waitFor()
    await dialog(page).getByText('Reason: Nearer to her bus').waitFor()
    await page.keyboard.press('Escape')
    await closed(page)
  })

  it('fills a group from two homerooms and takes one out again', async () => {
    await choose(page, 'Section', 'Choir')
    await page.getByRole('button', { name: 'Add students' }).click()
    for (const [section, name] of [
      ['6-A', 'Asha Bose'],
      ['6-B', 'Meera Iyer'],
    ] as const) {
      await dialog(page).getByLabel('Homeroom').selectOption(section)
      await dialog(page).getByText('1 of 1 shown').waitFor()
      await dialog(page)
        .getByRole('checkbox', { name: new RegExp(name) })
        .check()
    }
    await dialog(page).getByRole('button', { name: 'Add 2 students' }).click()
    await page.getByText('2 students are added to Choir').waitFor()
    await rosterRow(page, 'Meera Iyer').waitFor()
    await page.getByRole('button', { name: 'Add students' }).click()
    await dialog(page)
      .getByRole('checkbox', { name: /Asha Bose.*is in the group/ })
      .waitFor()
    await page.keyboard.press('Escape')
    await closed(page)
    await act(page, 'Asha Bose', 'Take out of the group')
    await fill(page, { 'First day away': school.day(1) })
    await dialog(page).getByRole('button', { name: 'Take out' }).click()
    await closed(page)
    await rosterRow(page, 'Asha Bose').getByText(/until/).waitFor()
  })

  it('tells the second of two at once: of the last seat, and of what was changed meanwhile', async () => {
    browser.expectComplaint(/412 \(Precondition Failed\)/)
    const second = await school.addPerson('users', {
      username: 'second',
      firstName: 'Second',
      role: 'ADMIN',
    } as { username: string; firstName: string })
    const other = await browser.newPerson({ reducedMotion: 'reduce' })
    await school.signIn(other, second)
    const there = await other.newPage()
    // One seat is free in 6-A.
    for (const [who, name] of [
      [page, 'Kabir Khan'],
      [there, 'Zoya Mirza'],
    ] as const) {
      await who.goto(school.page('/enrollment'))
      await who.getByRole('link', { name: /6-A/ }).click()
      await who.getByRole('button', { name: 'Enroll students' }).click()
      await dialog(who)
        .getByRole('checkbox', { name: new RegExp(name) })
        .check()
    }
    await dialog(page).getByRole('button', { name: 'Enroll 1 student' }).click()
    await closed(page)
    await dialog(there).getByRole('button', { name: 'Enroll 1 student' }).click()
    await dialog(there).getByText('Not enough seats in 6-A').waitFor()

    for (const who of [page, there]) {
      await who.goto(school.page('/structure?tab=sections'))
      await who.getByRole('button', { name: 'Edit 6-B' }).click()
    }
    await fill(page, { Seats: '7' })
    await save(page)
    await closed(page)
    await fill(there, { Seats: '3' })
    await save(there)
    await dialog(there).getByText('Somebody else has changed this in the meantime.').waitFor()
    await dialog(there).getByRole('button', { name: 'Show how it is now' }).click()
    await expectValue(there, 'Seats', '7')
    await fill(there, { Seats: '8' })
    await save(there)
    await there.getByText('1 of 8 seats taken').waitFor()
    await other.close()
  })

  it('fits on a phone and speaks Hindi', async () => {
    const phone = await browser.newPerson({
      viewport: PHONE,
      locale: 'hi-IN',
      reducedMotion: 'reduce',
    })
    await school.signIn(phone, school.admin)
    const small = await phone.newPage()
    await small.goto(school.page('/structure'))
    for (const [tab, heading] of [
      ['अध्यापन', 'कौन क्या पढ़ाता है'],
      ['कमरे', 'कमरे'],
      ['विषय', 'विषय'],
      ['सेक्शन', 'सेक्शन और समूह'],
      ['कक्षाएँ', 'कक्षाएँ'],
      ['सत्र', 'शैक्षणिक सत्र'],
    ] as const) {
      await small.getByRole('tab', { name: tab }).click()
      await small.getByRole('heading', { level: 2, name: heading }).waitFor()
      await expectFits(small)
    }
    await small.getByRole('button', { name: 'This year बदलें' }).click()
    await expectFits(small)
    await expectAccessible(small)
    await small.goto(school.page('/enrollment'))
    await small.getByRole('heading', { level: 1, name: 'नामांकन' }).waitFor()
    await expectFits(small)
    const requests = await apiRequestsDuring(small, async () => {
      await small.getByRole('link', { name: /6-A/ }).click()
      await small.getByRole('row', { name: /Kabir Khan/ }).waitFor()
    })
    expect(requests).toHaveLength(1)
    await expectFits(small)
    await small.getByRole('button', { name: 'विद्यार्थियों का नामांकन करें' }).click()
    await small.getByRole('checkbox').first().waitFor()
    await expectFits(small)
    await expectAccessible(small)
    await phone.close()
  })

  it('says what is wrong while the school is away, and goes on where it was', async () => {
    browser.expectComplaint(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|503/)
    await page.goto(school.page('/enrollment'))
    await page.getByRole('link', { name: /6-B/ }).click()
    await page.getByRole('button', { name: 'Enroll students' }).click()
    await dialog(page)
      .getByRole('checkbox', { name: /Om Nair/ })
      .check()
    await page.route('**/enrollments/bulk', (route) => route.abort('internetdisconnected'))
    await dialog(page).getByRole('button', { name: 'Enroll 1 student' }).click()
    await dialog(page).getByText('The server cannot be reached.').waitFor()
    await page.unroute('**/enrollments/bulk')
    await dialog(page).getByRole('button', { name: 'Enroll 1 student' }).click()
    await page.getByText('1 student is enrolled in 6-B').waitFor()

    await page.route('**/proxy/*/structure', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{}' }),
    )
    await page.goto(school.page('/structure'))
    await page.getByText('The school cannot be reached right now.').waitFor()
    await page.unroute('**/proxy/*/structure')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Academic years' }).waitFor()
    // Everything is set up: the checklist has gone.
    expect(await page.getByText('Setting up the school').count()).toBe(0)
  })
})

async function addSection(page: Page, name: string, seats: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a section' }).click()
  await dialog(page).getByLabel('Grade').selectOption('Grade 6')
  await fill(page, { Name: name, Seats: seats })
  await save(page)
  await closed(page)
}

async function act(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
  await dialog(page).waitFor()
}

const expectValue = (page: Page, label: string, value: string) =>
  expect.poll(() => dialog(page).getByLabel(label, { exact: true }).inputValue()).toBe(value)
