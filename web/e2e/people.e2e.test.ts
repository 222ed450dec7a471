import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import {
  apiRequestsDuring,
  DESKTOP,
  expectAccessible,
  expectFine,
  expectFits,
  PHONE,
} from './testing/browser.ts'
import {
  enrolStudents,
  makeClass,
  makeSchool,
  type Person,
  type School,
  severalAtOnce,
} from './testing/school.ts'
import { e2e } from './testing/suite.ts'

const OTHERS = 262

e2e('the office and its people', ({ system, browser }) => {
  let school: School
  let section: { id: string }
  let pupils: Person[]
  let office: BrowserContext
  let page: Page

  beforeAll(async () => {
    school = await makeSchool(system, 'PEOPLE', 'Riverside School')
    const made = await makeClass(school)
    section = made.section
    pupils = await enrolStudents(
      school,
      made,
      Array.from({ length: 40 }, (_, i) => `Pupil${i + 1} Sharma`),
    )
    // The page of a name that no screen was made for.
    await school.asAdmin('PATCH', `/students/${pupils[1]?.id}`, {
      firstName: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(2),
      lastName: 'Venkatanarasimharajuvaripeta '.repeat(3).trim(),
    })
    await severalAtOnce(Array.from({ length: OTHERS }), (_, i) =>
      school.asAdmin('POST', '/students', {
        username: `other${i}`,
        firstName: i === 77 ? 'Zarina' : 'Other',
        lastName: `Number${i}`,
      }),
    )
    office = await browser.newPerson()
    await school.signIn(office, school.admin)
    page = await office.newPage()
  })

  const open = async (path: string, on: Page = page) => {
    await on.goto(school.page(path))
    await on.getByRole('heading', { level: 1 }).waitFor()
  }
  const heading = (name: string | RegExp) => page.getByRole('heading', { name })
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const field = (name: string) => page.getByRole('textbox', { name, exact: true })
  const picked = async (name: string) => {
    await page.getByRole('option', { name: new RegExp(name) }).click()
  }
  const linkShown = () => page.getByRole('textbox', { name: 'Link' }).inputValue()

  it('finds one among 302 by name, page by page, each with one request', async () => {
    const opening = await apiRequestsDuring(page, async () => {
      await open('/people')
      await page.getByText('1–50 of 302').waitFor()
    })
    expect(opening).toEqual(['GET /proxy/PEOPLE/students'])
    await expectFine(page)
    await button('Next').click()
    await page.getByText('51–100 of 302').waitFor()
    await page.reload()
    await page.getByText('51–100 of 302').waitFor()
    await button('Previous').click()
    await page.getByText('1–50 of 302').waitFor()

    const searching = await apiRequestsDuring(page, async () => {
      await page.getByRole('searchbox').pressSequentially('zari num', { delay: 20 })
      await page.getByText('1–1 of 1').waitFor()
    })
    expect(searching.length).toBeLessThanOrEqual(2)
    expect(new URL(page.url()).searchParams.get('q')).toBe('zari num')
    await page.getByRole('link', { name: 'Zarina Number77' }).click()
    await heading('Zarina Number77').waitFor()
    await page.goBack()
    await page.getByText('1–1 of 1').waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe('zari num')

    await page.getByRole('searchbox').fill('nobody of this name')
    await page.getByText('Nobody fits this search.').waitFor()
    await button('Show everybody').click()
    await page.getByRole('combobox', { name: 'Section' }).click()
    await picked('6-A')
    await page.getByText('1–40 of 40').waitFor()
    await page.setViewportSize(PHONE)
    await expectFits(page)
    await page.setViewportSize(DESKTOP)
    await page.getByRole('tab', { name: 'Guardians' }).click()
    await page.getByText('There are no guardians yet.').waitFor()
    expect(new URL(page.url()).search).toBe('?kind=guardians')
  })

  it('says an outage in the list and tries again', async () => {
    browser.expectComplaint(/Failed to load resource: net::ERR_FAILED/)
    await page.route('**/teachers?*', (route) => route.abort())
    await page.getByRole('tab', { name: 'Teachers' }).click()
    await page.getByRole('alert').waitFor()
    await page.unroute('**/teachers?*')
    await button('Try again').click()
    await page.getByText('There are no teachers yet.').waitFor()
  })

  let teacherLink: string
  it('creates a teacher: errors at the fields, a username from the name, the link at the end', async () => {
    await school.asAdmin('POST', '/teachers', {
      username: 'asha.rao',
      firstName: 'Asha',
      lastName: 'Bose',
      teacherCode: 'T-1',
    })
    await page.getByRole('link', { name: 'New teacher' }).first().click()
    await heading('New teacher').waitFor()
    await button('Create').click()
    expect(await field('First name').getAttribute('aria-invalid')).toBe('true')
    expect(await field('First name').evaluate((node) => node === document.activeElement)).toBe(true)
    await expectFine(page)

    await field('First name').fill('Asha')
    await field('Last name').fill('Rao')
    await field('Teacher ID').fill('T-1')
    await expect.poll(() => field('Username').inputValue()).toBe('asha.rao2')
    await field('E-mail').fill('not an address')
    await button('Create').click()
    await page.getByText('This is not an e-mail address.').waitFor()
    await field('E-mail').fill('asha@example.org')
    browser.expectComplaint(/status of 409/)
    await button('Create').click()
    await page.getByText('A teacher has this ID already.').waitFor()
    await field('Teacher ID').fill('T-2')
    // Somebody who types a username keeps it, and is offered another when it is taken.
    await field('Username').fill('Asha.Rao')
    await page.keyboard.press('Enter')
    await page.getByText('Somebody has this username already.').waitFor()
    await button('Asha.Rao2 is free: use it').click()
    const creating = await apiRequestsDuring(page, async () => {
      await page.keyboard.press('Enter')
      await heading('Asha Rao has been created').waitFor()
    })
    expect(creating).toEqual(['POST /proxy/PEOPLE/teachers'])
    teacherLink = await linkShown()
    expect(teacherLink).toMatch(
      new RegExp(`^${system.url}/app/accept-invite\\?school=PEOPLE#token=[\\w-]{43}$`),
    )
    await page.getByRole('img', { name: 'QR code for Asha Rao' }).waitFor()
    await expectAccessible(page)
    await button('Create another').click()
    expect(await field('First name').inputValue()).toBe('')
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, location.href]))
    expect(kept).not.toContain('token')
  })

  it('creates a pupil, and from there a guardian of two children', async () => {
    await open('/people/new?kind=students')
    await field('First name').fill('Élodie')
    await field('Last name').fill('Number5')
    await field('Date of birth').or(page.getByLabel('Date of birth')).fill('2015-04-02')
    await expect.poll(() => field('Username').inputValue()).toBe('elodie.number5')
    await button('Create').click()
    await heading('Élodie Number5 has been created').waitFor()
    await page.getByRole('link', { name: 'Open the page' }).click()
    await page.getByText('2 April 2015').waitFor()
    await page.getByText('Not enrolled in the current year.').waitFor()
    await page.getByRole('link', { name: 'New guardian' }).click()
    await heading('New guardian').waitFor()
    await page.getByText('Élodie Number5').waitFor()
    await field('First name').fill('Marie')
    await page.getByRole('combobox', { name: 'Find a student' }).fill('zarina')
    await picked('Zarina Number77')
    await button('Remove Zarina Number77').waitFor()
    await page.getByRole('textbox', { name: 'Relationship' }).fill('mother')
    await expectAccessible(page)
    await button('Create').click()
    await heading('Marie has been created').waitFor()
    await page.getByRole('link', { name: 'Open the page' }).click()
    await heading('Children').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Élodie Number5' }).waitFor()

    // One of the two is unlinked, and linked again from the other end.
    await button('Unlink Zarina Number77').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click()
    await page.getByText('Marie is no longer linked to Zarina Number77').waitFor()
    await page.getByRole('link', { name: 'Élodie Number5' }).click()
    await page.getByRole('link', { name: 'Marie' }).waitFor()
    await open(`/people?q=zarina`)
    await page.getByRole('link', { name: 'Zarina Number77' }).click()
    await button('Link a guardian').click()
    await page.getByRole('combobox', { name: 'Find a guardian' }).fill('mar')
    await picked('Marie')
    await page.getByText('Chosen: Marie').waitFor()
    await expectAccessible(page)
    await button('Link').click()
    await page.getByRole('link', { name: 'Marie' }).waitFor()
    const { items } = await school.asAdmin<{ items: { children: object[] }[] }>('GET', '/guardians')
    expect(items.map(({ children }) => children.length)).toEqual([2])
  })

  it('edits in place, and tells when somebody else was faster', async () => {
    const [pupil] = pupils
    const opening = await apiRequestsDuring(page, () => open(`/people/${pupil?.id}?kind=students`))
    expect(opening).toEqual([`GET /proxy/PEOPLE/students/${pupil?.id}`])
    await heading('Pupil1 Sharma').waitFor()
    await button('Edit').click()
    expect(await field('First name').evaluate((node) => node === document.activeElement)).toBe(true)
    await field('Phone').fill('12345')
    await school.asAdmin('PATCH', `/students/${pupil?.id}`, { phone: '999', lastName: 'Verma' })
    browser.expectComplaint(/status of 412/)
    await page.keyboard.press('Enter')
    await page.getByText('Somebody else has changed this person meanwhile').waitFor()
    await page.getByText('Saved meanwhile: 999').waitFor()
    expect(await field('Phone').inputValue()).toBe('12345')
    expect(await field('Last name').inputValue()).toBe('Verma')
    await expectFine(page)
    await button('Save').click()
    await heading('Pupil1 Verma').waitFor()
    await page.getByText('12345', { exact: true }).waitFor()
    expect(await button('Edit').evaluate((node) => node === document.activeElement)).toBe(true)
    // Without a kind in the address the account says where it belongs.
    await open(`/people/${pupil?.id}`)
    await page.waitForURL(/kind=students$/)
  })

  it('lets an invited person set a password and in, and out at once when deactivated', async () => {
    const theirs = await browser.newPerson()
    const their = await theirs.newPage()
    await their.goto(teacherLink)
    await their.getByLabel('New password').first().fill('a quiet river bends')
    await their.getByRole('button', { name: 'Save the password' }).click()
    await their.waitForURL(/\/app\/login/)
    await their.getByLabel('Username').fill('asha.rao2')
    await their.locator('input[type=password]').fill('a quiet river bends')
    await their.getByRole('button', { name: 'Sign in', exact: true }).click()
    await their.waitForURL(/\/app\/school\/PEOPLE/)
    await their.getByRole('heading', { level: 1 }).waitFor()

    await open('/people?kind=teachers&q=asha')
    await page.getByRole('link', { name: 'Asha Rao' }).last().click()
    await page.getByText('Asha.Rao2').waitFor()
    await page.getByText(/^Last signed in/).waitFor()
    await button('Deactivate').click()
    await page.getByText('signed out at once').waitFor()
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await page.getByText('This account is deactivated').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await button(/Issue a link/).count()).toBe(0)
    browser.expectComplaint(/status of 401/)
    await their.getByRole('link', { name: 'Students' }).first().click()
    await their.waitForURL(/\/app\/login/)
    await theirs.close()

    await button('Reactivate').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Reactivate' }).click()
    await button('Issue a link for a new password').click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Link' }).waitFor()
    expect(await linkShown()).not.toBe(teacherLink)
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await button('Issue a link for a new password').waitFor()

    // The own account, and one of an owner.
    await open(`/people/${school.admin.id}?kind=staff`)
    await page.getByText('This is your own account.').waitFor()
    expect(await button('Deactivate').count()).toBe(0)
  })

  it('prints codes for a section of 40 with one request, and keeps them nowhere', async () => {
    const opening = await apiRequestsDuring(page, async () => {
      await open(`/invites?section=${section.id}`)
      await button('Issue QR codes').waitFor()
    })
    expect(opening).toEqual(['GET /proxy/PEOPLE/structure'])
    await expectAccessible(page)
    await button('Issue QR codes').click()
    const dialog = page.getByRole('dialog', { name: 'Issue codes for the students of 6-A?' })
    await dialog.getByText('can no longer use an earlier one').waitFor()
    const issuing = await apiRequestsDuring(page, async () => {
      await dialog.getByRole('button', { name: 'Issue now' }).click()
      await heading('40 codes for 6-A are ready').waitFor()
    })
    expect(issuing).toEqual([`POST /proxy/PEOPLE/sections/${section.id}/invites`])
    await heading('The first of 5 pages').waitFor()
    await expectFine(page)

    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(5)
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByText('Roll no. 40').isVisible()).toBe(true)
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(0)
    expect(await page.getByRole('img', { name: /^QR code for/ }).count()).toBe(40)
    await page.emulateMedia({ media: 'screen' })

    const kept = () =>
      page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.URL]),
      )
    expect(await kept()).not.toContain('token')
    await page.getByRole('link', { name: 'People' }).click()
    await page.getByText('1–50 of 303').waitFor()
    await page.goBack()
    await button('Issue QR codes').waitFor()
    expect(await page.getByRole('img', { name: /^QR code for/ }).count()).toBe(0)
  })

  it('is all there in Hindi, in the dark, on a telephone; what is printed is in the language of the school', async () => {
    const person = await browser.newPerson({
      viewport: PHONE,
      locale: 'hi-IN',
      colorScheme: 'dark',
    })
    await school.signIn(person, school.admin)
    const small = await person.newPage()
    const looksGood = async () => {
      await expectFits(small)
      await expectAccessible(small)
    }
    await open('/people', small)
    await small.getByText('303 में से 1–50').waitFor()
    await looksGood()
    await open(`/people/${pupils[1]?.id}?kind=students`, small)
    await small.getByRole('button', { name: 'बदलें', exact: true }).click()
    await looksGood()
    await open('/people/new?kind=guardians', small)
    await small.getByRole('button', { name: 'बनाएँ', exact: true }).click()
    await small.getByText('इसे भरें।').first().waitFor()
    await looksGood()
    await open(`/invites?section=${section.id}`, small)
    await small.getByRole('radio', { name: 'उनके अभिभावक' }).check()
    await small.getByRole('button', { name: 'QR कोड बनाएँ' }).click()
    await small.getByRole('button', { name: 'अभी बनाएँ' }).click()
    await small.getByText('यहाँ किसी को कोड की ज़रूरत नहीं').waitFor()
    await small.getByRole('button', { name: 'दूसरी शीट' }).click()
    await small.getByRole('button', { name: 'QR कोड बनाएँ' }).click()
    await small.getByRole('button', { name: 'अभी बनाएँ' }).click()
    await small.getByRole('heading', { name: '6-A के लिए 40 कोड तैयार हैं' }).waitFor()
    await small.getByText('Scan the code with a phone’s camera').first().waitFor()
    await looksGood()
    await person.close()
  })
})
