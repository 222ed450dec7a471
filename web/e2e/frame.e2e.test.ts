import { expect, it } from 'vitest'
import { expectAccessible } from './testing/browser.ts'
import { makeSchool, type School } from './testing/school.ts'
import { e2e } from './testing/suite.ts'

e2e('the frame of every page', ({ system, browser }) => {
  let school: School
  it('opens for somebody who is signed in, with one request beside the page itself', async () => {
    school = await makeSchool(system, 'FRAME', 'Frame School')
    const admin = await browser.newPerson()
    await school.signIn(admin, school.admin)
    const page = await admin.newPage()
    await page.goto(school.page('/account'))
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.title()).toContain('USMS')
    await expectAccessible(page)
  })
})
