import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { eventually } from '../../scripts/testing/program.ts'
import { makeSchool, type School } from './testing/school.ts'
import { signInPage } from './testing/sign-in-page.ts'
import { e2e } from './testing/suite.ts'

e2e('several tabs', ({ system, browser }) => {
  let school: School
  const login = `${system.url}/app/login?school=TABS`

  beforeAll(async () => {
    school = await makeSchool(system, 'TABS', 'School of Many Tabs')
    await school.addPerson('students', { username: 'one', firstName: 'Oona' })
    await school.addPerson('students', { username: 'two', firstName: 'Twyla' })
    browser.expectComplaint(/the server responded with a status of 401/)
    browser.expectComplaint(/net::ERR_(INTERNET_DISCONNECTED|FAILED)/)
  })

  const openTab = async (person: BrowserContext, path = '/account'): Promise<Page> => {
    const page = await person.newPage()
    await page.goto(school.page(path))
    return page
  }
  const shows = (page: Page, username: string) =>
    page
      .getByText(new RegExp(`· ${username} ·`))
      .first()
      .waitFor()
  const signOut = async (page: Page) => {
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
  }
  /** As a window does that comes to the front again: what is old is read again. */
  const comeToFront = (page: Page) =>
    page.evaluate(() => void window.dispatchEvent(new Event('visibilitychange')))

  it('refresh at once, after a night, without ending each other', async () => {
    const person = await browser.newPerson()
    await school.signIn(person, { username: 'one' })
    await person.clock.install()
    const tabs = await Promise.all(Array.from({ length: 4 }, () => openTab(person)))
    await Promise.all(tabs.map((tab) => tab.getByText('This device').first().waitFor()))
    for (let round = 0; round < 3; round++) {
      // Longer than an access token lives.
      await person.clock.fastForward('20:00')
      const answers = tabs.flatMap((tab) => [
        tab.waitForResponse('**/auth/refresh'),
        tab.waitForResponse('**/auth/sessions**'),
      ])
      await Promise.all(tabs.map(comeToFront))
      for (const answer of await Promise.all(answers)) expect(answer.status()).toBe(200)
    }
    for (const tab of tabs) await shows(tab, 'one')
    await person.close()
  })

  it('end together when somebody signs out in one, and start together', async () => {
    const person = await browser.newPerson()
    await school.signIn(person, { username: 'one' })
    const [here, there] = [await openTab(person), await openTab(person)]
    await Promise.all([shows(here, 'one'), shows(there, 'one')])
    await signOut(here)
    await Promise.all([here.waitForURL(login), there.waitForURL(login)])
    // Whose cookie it was is signed in nowhere.
    await eventually(async () => {
      const cookies = await person.cookies(`${system.url}/proxy/TABS/auth/refresh`)
      return cookies.length === 0 || undefined
    })
    await signInPage(here).signIn('one', { as: 'Student' })
    await here.waitForURL(school.page())
    // Back to where this tab was: it is the same person.
    await there.waitForURL(school.page('/account'))
    await shows(there, 'one')
    await person.close()
  })

  it('show nothing of the one before when somebody else signs in in another, and ask nothing with their token', async () => {
    const person = await browser.newPerson()
    await school.signIn(person, { username: 'one' })
    const [here, there] = [await openTab(person), await openTab(person)]
    await Promise.all([shows(here, 'one'), shows(there, 'one')])
    const tokens: string[] = []
    await signOut(here)
    await there.waitForURL(login)
    there.on('request', (request) => {
      const { authorization } = request.headers()
      if (authorization) tokens.push(subjectOf(authorization))
    })
    await signInPage(here).signIn('two', { as: 'Student' })
    await here.waitForURL(school.page())
    // Not to the page of the one before.
    await there.waitForURL(school.page())
    await there.getByRole('button', { name: 'Account of Twyla' }).waitFor()
    await there.goto(school.page('/account'))
    await shows(there, 'two')
    expect(await there.content()).not.toContain('Oona')
    const cookies = await person.cookies(`${system.url}/proxy/TABS/auth/refresh`)
    expect(cookies).toHaveLength(1)
    expect(new Set(tokens).size).toBe(1)
    await person.close()
  })

  it('keep the sign-out of a laptop without network, and tell it before anything else', async () => {
    const person = await browser.newPerson()
    await school.signIn(person, { username: 'one' })
    const page = await openTab(person)
    await shows(page, 'one')
    // The school's API alone: the page itself can still be loaded.
    await person.route('**/proxy/TABS/**', (route) => route.abort())
    await signOut(page)
    await page.waitForURL(login)
    await page.goto(school.page('/account'))
    await page.getByRole('heading', { name: 'The school did not answer' }).waitFor()
    expect(await page.content()).not.toContain('Oona')

    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/proxy/')) asked.push(new URL(request.url()).pathname)
    })
    await person.unroute('**/proxy/TABS/**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.waitForURL(login)
    expect(asked).toEqual(['/proxy/TABS/auth/logout'])
    await person.close()
  })

  it('ask anew who is there when a page comes back by the back button', async () => {
    const person = await browser.newPerson()
    await school.signIn(person, { username: 'one' })
    const page = await openTab(person)
    await shows(page, 'one')
    await page.goto(`${system.url}/app/owner/login`)
    await page.getByLabel('E-mail address').waitFor()
    const other = await openTab(person)
    await shows(other, 'one')
    await signOut(other)
    await other.waitForURL(login)
    await page.goBack()
    await page.waitForURL(login)
    await person.close()
  })
})

/** Whose access token it is. */
const subjectOf = (authorization: string): string => {
  const [, payload = ''] = authorization.replace('Bearer ', '').split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub
}
