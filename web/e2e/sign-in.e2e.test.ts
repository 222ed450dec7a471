import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { type Owner, signedInOwner } from '../../scripts/testing/owner.ts'
import { eventually } from '../../scripts/testing/program.ts'
import { apiRequestsDuring, expectAccessible, expectFits, PHONE } from './testing/browser.ts'
import { makeSchool, PASSWORD, type School } from './testing/school.ts'
import { focused, signInPage } from './testing/sign-in-page.ts'
import { e2e } from './testing/suite.ts'

const NAME = 'Kingfisher School'

e2e('signing in', ({ system, browser }) => {
  let school: School
  let owner: Owner
  const login = `${system.url}/app/login`
  const home = `${system.url}/app/school/KING`
  const said = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

  beforeAll(async () => {
    owner = signedInOwner(system.url, async () => ({ owner: system.owner, schools: [] }))
    school = await makeSchool(system, 'KING', NAME)
    await school.addPerson('teachers', {
      username: 'tara',
      firstName: 'Tara',
      teacherCode: 'T-7',
    } as { username: string; firstName: string })
    const pupil = await school.addPerson('students', { username: 'pia', firstName: 'Pia' })
    await school.addPerson('guardians', {
      username: 'gita',
      firstName: 'Gita',
      studentUserIds: [pupil.id],
    } as { username: string; firstName: string })
    // What a refused sign-in, a school that is gone and a lost network are to the console.
    browser.expectComplaint(/the server responded with a status of (401|403|404|422|429|503)/)
    browser.expectComplaint(/net::ERR_(INTERNET_DISCONNECTED|FAILED)/)
  })

  it('takes each role in by its tab, by keyboard alone, and back to the page that was asked for', async () => {
    const person = await browser.newPerson()
    const page = await person.newPage()
    const at = signInPage(page)
    const asked = await apiRequestsDuring(page, async () => {
      await page.goto(login)
      await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox')
    })
    expect(asked).toEqual(['GET /public/schools'])

    // The school by its code, the tab by arrow keys, a wrong teacher ID and the right one.
    await page.keyboard.type('kin')
    await page.getByRole('option', { name: NAME }).waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    expect(await at.school.inputValue()).toBe(NAME)
    await page.keyboard.press('Tab')
    expect(await at.tab('Teacher').isChecked()).toBe(true)
    await page.keyboard.press('Tab')
    await page.keyboard.type('tara')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Show password',
    )
    await page.keyboard.press('Space')
    expect(await at.password.getAttribute('type')).toBe('text')
    await page.keyboard.press('Tab')
    await page.keyboard.type('T-8')
    await page.keyboard.press('Enter')
    await said(page, 'The username, the password or the teacher ID is wrong.')
    expect(await focused(page)).toBe('Password')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('T-7')
    await page.keyboard.press('Enter')
    await page.waitForURL(home)
    // Whoever is signed in already goes straight on.
    await page.goto(login)
    await page.waitForURL(home)

    for (const [tab, username] of [
      ['Student', 'pia'],
      ['Parent', 'gita'],
      ['Staff', 'admin'],
    ] as const) {
      const other = await (await browser.newPerson()).newPage()
      await other.goto(`${home}/account?from=a-link`)
      // The link names the school: nothing has to be chosen.
      await other.waitForURL(`${login}?school=KING`)
      await signInPage(other).signIn(username, { as: tab })
      await other.waitForURL(`${home}/account?from=a-link`)
      await said(other, new RegExp(`· ${username} ·`))
      await other.context().close()
    }
    await person.close()
  })

  it('says what is wrong where it is wrong, and keeps what was typed', async () => {
    const page = await (await browser.newPerson()).newPage()
    const at = signInPage(page)
    await page.goto(login)
    await at.button.click()
    await said(page, 'Choose your school first.')
    await at.school.fill('kingfisher')
    await at.school.press('Tab')
    expect(await at.school.inputValue()).toBe(NAME)

    await at.signIn('pia', { as: 'Student', password: 'not hers' })
    await said(page, 'The username or the password is wrong.')
    expect(await focused(page)).toBe('Password')

    await at.signIn('pia', { as: 'Parent' })
    await said(page, /“Parent” is not the right choice/)
    expect(await at.tab('Parent').evaluate((tab) => tab === document.activeElement)).toBe(true)
    expect(await at.password.inputValue()).toBe(PASSWORD)
    await expectAccessible(page)

    await page.context().setOffline(true)
    await at.tab('Parent').press('ArrowLeft')
    await at.button.click()
    await said(page, /You seem to be offline/)
    await page.context().setOffline(false)
    await at.button.click()
    await page.waitForURL(home)

    // Remembered: the school and the tab, and nobody's name.
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL(`${login}?school=KING`)
    const asked = await apiRequestsDuring(page, async () => {
      await page.goto(login)
      await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'username')
    })
    expect(asked).toEqual([])
    expect(await at.school.inputValue()).toBe(NAME)
    expect(await at.tab('Student').isChecked()).toBe(true)
    expect(await at.username.inputValue()).toBe('')
  })

  it('counts down how long somebody who failed too often has to wait, and lets others in meanwhile', async () => {
    const failure = { username: 'gita', password: 'a guess' }
    for (let i = 0; i < 10; i++)
      await fetch(`${system.url}/proxy/KING/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(failure),
      })
    const page = await (await browser.newPerson()).newPage()
    const at = signInPage(page)
    await page.clock.install()
    await page.goto(`${login}?school=king`)
    await at.signIn('gita', { as: 'Parent' })
    await said(page, /Try again in 1[45]:\d\d/)
    await expectAccessible(page)
    await page.clock.runFor(5_000)
    await said(page, /Try again in 14:[0-5]\d/)
    expect(await at.button.getAttribute('aria-disabled')).toBe('true')
    await page.clock.fastForward('15:00')
    await said(page, 'You can try again now.')
    expect(await at.button.getAttribute('aria-disabled')).toBeNull()
    await at.signIn('pia', { as: 'Student' })
    await page.waitForURL(home)
  })

  it('chooses among 5,000 schools by keyboard and by touch, which are asked for once', async () => {
    const phone = await browser.newPerson({ viewport: PHONE, hasTouch: true, locale: 'hi-IN' })
    const page = await phone.newPage()
    let asked = 0
    const long = `Vishwavidyalaya${'vidyalaya'.repeat(6)}`
    // In place of creating them: the browser's part is what it does with as many.
    await page.route('**/public/schools', (route) => {
      asked++
      const many = Array.from({ length: 5_000 }, (_, i) => ({
        code: `S${String(i).padStart(4, '0')}`,
        name: i === 4_321 ? long : `School number ${i}`,
      }))
      return route.fulfill({ json: many })
    })
    await page.goto(login)
    const field = page.getByRole('combobox', { name: 'विद्यालय' })
    await field.tap()
    const options = page.getByRole('listbox').getByRole('option')
    await options.first().waitFor()
    expect(await options.count()).toBe(50)
    await said(page, '4950 और: सूची छोटी करने के लिए लिखें।')
    await expectFits(page)
    await expectAccessible(page)
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowUp')
    expect(await field.getAttribute('aria-activedescendant')).toContain('S0049')
    await page.keyboard.press('ArrowDown')
    expect(await field.getAttribute('aria-activedescendant')).toContain('S0000')
    await page.keyboard.press('Escape')
    expect(await options.count()).toBe(0)
    await field.fill('number 49')
    expect(await options.count()).toBe(50)
    await field.fill('no such school')
    await said(page, /नाम का कोई विद्यालय नहीं मिला/)
    await field.fill('vishwa')
    await options.first().tap()
    expect(await field.inputValue()).toBe(long)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectFits(page)
    await expectAccessible(page)
    expect(asked).toBe(1)
    await phone.close()
  })

  it('says so when the list cannot be loaded, when it is empty, and takes an unlisted school by its link', async () => {
    const page = await (await browser.newPerson()).newPage()
    await page.route('**/public/schools', (route) => route.abort())
    await page.goto(login)
    await said(page, 'The server cannot be reached. Check your connection.')
    await expectAccessible(page)
    await page.unroute('**/public/schools')
    await page.getByRole('button', { name: 'Try again' }).click()
    await signInPage(page).school.click()
    await page.getByRole('option', { name: NAME }).waitFor()

    await owner.asOwner('PATCH', `/owner/schools/${school.id}`, { listed: false })
    const asked = await apiRequestsDuring(page, async () => {
      await page.goto(`${login}?school=KING`)
      await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'username')
    })
    expect(asked).toEqual(['GET /resolve'])
    expect(await signInPage(page).school.inputValue()).toBe(NAME)
    await page.goto(`${login}?school=NOSUCH`)
    await said(page, /This school cannot be signed in to at the moment/)
  })

  it('lets somebody choose a password with an invite, once, and says what to do when the link is used up', async () => {
    const { id, invite } = await school.asAdmin<{ id: string; invite: { url: string } }>(
      'POST',
      '/guardians',
      { username: 'naya', firstName: 'Naya' },
    )
    const page = await (await browser.newPerson({ viewport: PHONE })).newPage()
    const urls: string[] = []
    page.on('request', (request) => urls.push(request.url()))
    const token = new URL(invite.url).hash.replace('#token=', '')
    const link = `${system.url}/app/accept-invite?school=KING#token=${token}`
    const asked = await apiRequestsDuring(page, async () => {
      await page.goto(link)
      await said(page, `Welcome to ${NAME}`)
    })
    expect(asked).toEqual(['GET /resolve'])
    expect(page.url()).not.toContain(token)
    await expectAccessible(page)
    await expectFits(page)
    const field = page.getByLabel('New password')
    const save = page.getByRole('button', { name: 'Save the password' })
    await field.fill('short')
    await save.click()
    await said(page, 'At least 8 characters are needed.')
    expect(await focused(page)).toBe('New password')
    await field.fill('password')
    browser.expectComplaint(/the server responded with a status of 400/)
    await save.click()
    await said(page, /one of the most common passwords/)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectAccessible(page)
    await field.fill(PASSWORD)
    await field.press('Enter')
    await said(page, /Your password is set/)
    expect(urls.filter((url) => url.includes(token))).toEqual([])
    await signInPage(page).signIn('naya', { as: 'Parent' })
    await page.waitForURL(home)

    // The back button finds no token either.
    const again = await (await browser.newPerson()).newPage()
    await again.goto(link)
    await again.getByLabel('New password').fill(PASSWORD)
    await again.getByRole('button', { name: 'Save the password' }).click()
    await again.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    await expectAccessible(again)
    // Another link in the same tab changes the hash alone; it is about somebody else's password.
    const next = await school.asAdmin<{ token: string }>('POST', `/users/${id}/invite`, {})
    await again.goto(link.replace(token, next.token))
    await again.getByLabel('New password').fill(PASSWORD)
    const sent = again.waitForRequest(/accept-invite$/)
    await again.getByRole('button', { name: 'Save the password' }).click()
    expect((await sent).postDataJSON()).toMatchObject({ token: next.token })
    await said(again, /Your password is set/)
    await again.goto(`${system.url}/app/accept-invite?school=KING`)
    await again.getByRole('heading', { name: 'This link is not complete' }).waitFor()
    await again.goto(`${system.url}/app/accept-invite?school=NOSUCH#token=${token}`)
    await again.getByRole('heading', { name: 'This school is not available' }).waitFor()
  })

  it('shows where one is signed in, ends that elsewhere, and changes the password', async () => {
    const elsewhere = await browser.newPerson()
    await school.signIn(elsewhere, { username: 'tara' })
    const there = await elsewhere.newPage()
    await there.goto(`${home}/account`)
    await said(there, 'This device')

    const page = await (await browser.newPerson()).newPage()
    await page.goto(`${home}/account`)
    await signInPage(page).signIn('tara', { as: 'Teacher' })
    await page.waitForURL(`${home}/account`)
    const asked = await apiRequestsDuring(page, async () => {
      await page.reload()
      await said(page, 'This device')
    })
    expect(asked).toEqual(['GET /proxy/KING/auth/sessions'])
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await said(page, 'You are signed in on this device only.')
    expect(await focused(page)).toBe('Where you are signed in')
    await there.reload()
    await there.waitForURL(`${login}?school=KING`)

    const change = page.getByRole('button', { name: 'Change password' })
    const [current, next] = [page.getByLabel('Current password'), page.getByLabel('New password')]
    await change.click()
    await said(page, 'This is needed.')
    await current.fill('not this one')
    await next.fill('a longer password')
    await change.click()
    await said(page, 'That is not your current password.')
    expect(await focused(page)).toBe('Current password')
    await current.fill(PASSWORD)
    await next.fill('eleven char')
    await change.click()
    await said(page, 'At least 12 characters are needed.')
    await next.fill('a quiet river bends twice')
    await change.click()
    await said(page, /Your password is changed/)
    expect(await current.inputValue()).toBe('')
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.reload()
    await said(page, 'This device')
    await expectAccessible(page)
    await expectFits(page)
  })

  it('works on a school’s own host, where nobody chooses a school', async () => {
    const own = `http://king.localhost:${system.port}`
    const page = await (await browser.newPerson()).newPage()
    await page.goto(`${own}/app/`)
    await page.waitForURL(`${own}/app/login?school=KING`)
    await said(page, NAME)
    const at = signInPage(page)
    expect(await at.school.count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Platform owner' }).count()).toBe(0)
    await expectAccessible(page)
    await at.signIn('pia', { as: 'Student' })
    await page.waitForURL(`${own}/app/school/KING`)
    // Another school's address is this school's here, and no other is asked.
    const asked = await apiRequestsDuring(page, async () => {
      await page.goto(`${own}/app/school/OTHER/account`)
      await said(page, 'This device')
    })
    expect(page.url()).toBe(`${own}/app/school/KING/account`)
    expect(asked).toEqual(['GET /api/auth/sessions'])
    const cookies = await page.context().cookies(`${own}/api/auth/refresh`)
    expect(cookies).toMatchObject([{ name: 'rt_king', path: '/api/auth', httpOnly: true }])
  })

  it('lets the owner of the platform in at a page of its own', async () => {
    const page = await (await browser.newPerson()).newPage()
    await page.goto(`${system.url}/app/owner/account`)
    await page.waitForURL(`${system.url}/app/owner/login`)
    await expectAccessible(page)
    await page.getByLabel('E-mail address').fill(system.owner.email)
    const password = page.getByLabel('Password', { exact: true })
    await password.fill('not this one')
    await password.press('Enter')
    await said(page, 'The e-mail address or the password is wrong.')
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectAccessible(page)
    expect(await focused(page)).toBe('Password')
    await password.fill(system.owner.password)
    await password.press('Enter')
    await page.waitForURL(`${system.url}/app/owner/account`)
    await page.getByRole('heading', { name: 'Change password' }).waitFor()
    await expectAccessible(page)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize(PHONE)
    await expectAccessible(page)
    await expectFits(page)
  })

  it('says that a school is gone when it is suspended, on a page and at the sign-in, and goes on when it is back', async () => {
    const person = await browser.newPerson()
    await school.signIn(person, { username: 'pia' })
    const page = await person.newPage()
    await page.goto(`${home}/account`)
    await said(page, 'This device')
    const other = await (await browser.newPerson()).newPage()
    await other.goto(`${login}?school=KING`)
    await signInPage(other).username.waitFor()

    await owner.asOwner('POST', `/owner/schools/${school.id}/suspend`)
    await untilResolved(system.url, 404)
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill('a quiet river bends twice')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('heading', { name: 'This school is not available' }).waitFor()
    await expectAccessible(page)
    await signInPage(other).signIn('pia', { as: 'Student' })
    await said(other, /This school cannot be signed in to at the moment/)
    expect(await focused(other)).toBe('School')

    await owner.asOwner('POST', `/owner/schools/${school.id}/resume`)
    await untilResolved(system.url, 200)
    await eventually(async () => {
      await page
        .getByRole('button', { name: 'Try again' })
        .click({ timeout: 1_000 })
        .catch(() => {})
      return (await page.getByText('This device', { exact: true }).isVisible()) || undefined
    })
  })
})

const untilResolved = (url: string, status: number) =>
  eventually(async () => {
    const answer = await fetch(`${url}/resolve?code=KING`)
    await answer.arrayBuffer()
    return answer.status === status || undefined
  })
