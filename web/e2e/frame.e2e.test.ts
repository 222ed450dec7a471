import { expect, it } from 'vitest'
import { apiRequestsDuring, expectAccessible, expectFits, PHONE } from './testing/browser.ts'
import { makeSchool } from './testing/school.ts'
import { e2e } from './testing/suite.ts'

e2e('the frame of every page', ({ system, browser }) => {
  it('tells who one is without asking, and can be used by keyboard and on a phone', async () => {
    const school = await makeSchool(system, 'FRAME', 'Frame School')
    const person = await browser.newPerson()
    await school.signIn(person, school.admin)
    const page = await person.newPage()
    const requests = await apiRequestsDuring(page, async () => {
      await page.goto(school.page('/no-such-page'))
      await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor()
    })
    // Who is signed in came with the refresh of the access token.
    expect(requests).toEqual([])
    expect(await page.title()).toBe('There is no such page · USMS')
    await expectAccessible(page)

    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByRole('link', { name: 'Skip to the content' }).focus()
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')

    await page.setViewportSize(PHONE)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Main navigation' }).click()
    await page.getByRole('dialog').getByRole('link', { name: 'Settings' }).waitFor()
    await expectAccessible(page)
    await expectFits(page)
  })

  it('says that there is nothing at an address of no page', async () => {
    const page = await (await browser.newPerson()).newPage()
    await page.goto(`${system.url}/app/no/such/page`)
    await page.getByRole('link', { name: 'To the start' }).click()
    await page.waitForURL('**/app/login**')
  })
})
