import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { signedInOwner } from '../../scripts/testing/owner.ts'
import {
  apiRequestsDuring,
  DESKTOP,
  expectAccessible,
  expectFits,
  PHONE,
} from './testing/browser.ts'
import { PASSWORD } from './testing/school.ts'
import { e2e } from './testing/suite.ts'

const CODE = 'OWNBORN'
const NAME = 'Owner Born School'
/** Registered and nothing more, for the long list. */
const MANY = 300
const GROUP = 'Owner e2e district'

e2e("the platform owner's dashboard", ({ system, browser }) => {
  const { asOwner } = signedInOwner(system.url, async () => ({ owner: system.owner, schools: [] }))
  const app = (path = '') => `${system.url}/app/owner${path}`
  let person: BrowserContext
  let page: Page
  let schoolId = ''

  beforeAll(async () => {
    person = await browser.newPerson()
    await person.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: system.url })
    page = await person.newPage()
    const numbers = Array.from({ length: MANY }, (_, i) => i)
    // Twenty at a time.
    for (let at = 0; at < MANY; at += 20)
      await Promise.all(
        numbers.slice(at, at + 20).map((i) =>
          asOwner('POST', '/owner/schools', {
            code: `OWNX${String(i).padStart(3, '0')}`,
            name:
              i === 7
                ? 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
                : `Owner listed ${String(MANY - i).padStart(3, '0')}`,
            group: GROUP,
          }),
        ),
      )
  })

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name })
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const focused = () => page.evaluate(() => document.activeElement?.textContent)
  const dialog = () => page.getByRole('dialog')

  it('lets nobody in with a wrong password, and the owner with the right one', async () => {
    browser.expectComplaint(/status of 401/)
    await page.goto(app())
    await page.getByLabel('E-mail address').fill(system.owner.email)
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByLabel('Password', { exact: true }).press('Enter')
    await page.getByText('The e-mail address or the password is wrong.').first().waitFor()
    await page.getByLabel('Password', { exact: true }).fill(system.owner.password)
    await page.getByLabel('Password', { exact: true }).press('Enter')
    await heading('Schools').waitFor()
  })

  it('finds one of hundreds: searched, sorted, paged, all in the address', async () => {
    const opened = await apiRequestsDuring(page, async () => {
      await page.goto(app('?q=OWNX&sort=name&order=asc'))
      await page.getByText(`1–50 of ${MANY}`).waitFor()
      await page.waitForLoadState('networkidle')
    })
    // The page, and the next one before anybody asks for it.
    expect(opened).toEqual(['GET /owner/schools', 'GET /owner/schools'])
    await page.getByRole('row', { name: /OWNX007/ }).waitFor()
    expect(await rowCodes()).toHaveLength(50)
    expect(await sortOf('Name')).toBe('ascending')

    await button('Code').click()
    await expect.poll(async () => (await rowCodes())[0]).toBe('OWNX000')
    expect([await sortOf('Code'), await sortOf('Name')]).toEqual(['ascending', null])
    await button('Code').click()
    await expect.poll(async () => (await rowCodes())[0]).toBe('OWNX299')
    await button('Next').click()
    await page.getByText(`51–100 of ${MANY}`).waitFor()
    await expect.poll(async () => (await rowCodes())[0]).toBe('OWNX249')
    await button('Next').click()
    await page.getByText(`101–150 of ${MANY}`).waitFor()
    await page.reload()
    await page.getByText(`101–150 of ${MANY}`).waitFor()
    await button('Previous').click()
    await expect.poll(async () => (await rowCodes())[0]).toBe('OWNX249')

    // Whoever comes back finds the place.
    const link = page.getByRole('link', { name: /^Owner listed 088$/ })
    await link.click()
    await heading('Owner listed 088').waitFor()
    await page.getByRole('link', { name: 'All schools' }).click()
    await page.getByText(`51–100 of ${MANY}`).waitFor()
    await expect.poll(() => link.evaluate((node) => node === document.activeElement)).toBe(true)
    await page.goBack()
    await heading('Owner listed 088').waitFor()
    await page.goBack()
    await page.getByText(`51–100 of ${MANY}`).waitFor()

    await page.getByLabel('Search by name or code').fill('listed 29')
    await page.getByText('1–9 of 9').waitFor()
    await button('Registered (9)').click()
    expect(new URL(page.url()).searchParams.get('status')).toBe('PENDING')
    await expectAccessible(page)
    await button('Failed (0)').click()
    await page.getByText('No school fits this search.').waitFor()
    await page.getByRole('link', { name: 'Show all schools' }).click()
    await expect.poll(() => page.getByLabel('Search by name or code').inputValue()).toBe('')
  })

  const rowCodes = () => page.locator('tbody tr td:first-child').allTextContents()
  const sortOf = (name: string) =>
    page.getByRole('columnheader', { name, exact: true }).getAttribute('aria-sort')

  it('says at the fields what a school cannot be called', async () => {
    browser.expectComplaint(/status of 409/)
    await page.getByRole('link', { name: 'Onboard a school' }).first().click()
    await heading('Onboard a school').waitFor()
    await expectAccessible(page)
    await button('Create and set up').click()
    await page.getByText('1 to 200 characters, in one line').waitFor()
    const name = page.getByLabel('Name of the school')
    expect(await name.evaluate((node) => node === document.activeElement)).toBe(true)
    await name.fill('Owner Ximena 000')
    expect(await page.getByLabel('Code').inputValue()).toBe('OX000')
    await page.getByLabel('Code').fill('ownx000')
    await page.getByLabel('Code').press('Enter')
    await page.getByText('Another school has this code').waitFor()
  })

  it('watches a school being born, and hands over the invite', async () => {
    await watchSteps(page)
    await page.getByLabel('Name of the school').fill(NAME)
    await page.getByLabel('Code').fill(CODE)
    await page.getByLabel('Group').fill(GROUP)
    await page.getByLabel('Group').press('Enter')
    await page.getByRole('heading', { name: `${NAME} is ready` }).waitFor()
    // One after another, before the end: never all at once after it.
    const seen = await stepsSeen(page)
    expect(seen.at(-1)).toBe('SUCCEEDED×6')
    expect(seen.filter((state) => state !== 'SUCCEEDED×6').length).toBeGreaterThan(2)
    expect(seen.some((state) => state.includes('RUNNING'))).toBe(true)
    await page.getByText(`${CODE} is active`).waitFor()
    await page.getByRole('img', { name: 'The link as a QR code' }).waitFor()
    await expectAccessible(page)

    const listed = (await (await fetch(`${system.url}/public/schools`)).json()) as {
      code: string
    }[]
    expect(listed.map(({ code }) => code)).toContain(CODE)

    const link = page.getByRole('link', { name: 'Open the link' })
    const url = (await link.getAttribute('href')) ?? ''
    await button('Copy').click()
    await button('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url)
    const [invited] = await Promise.all([person.waitForEvent('page'), link.click()])
    await invited.getByRole('heading', { name: 'Choose your password' }).waitFor()
    await invited.getByLabel('New password', { exact: true }).fill(PASSWORD)
    await invited.getByRole('button', { name: 'Save the password' }).click()
    await invited.getByText('Your password is set.').first().waitFor()
    await invited.close()

    // The same job for whoever comes back.
    const jobUrl = page.url()
    await page.getByRole('link', { name: 'Schools', exact: true }).first().click()
    await heading('Schools').waitFor()
    await page.goto(jobUrl)
    await page.getByRole('heading', { name: `${NAME} is ready` }).waitFor()
    expect((await stepStates(page)).join()).toBe(Array(6).fill('SUCCEEDED').join())
    await button('Make an invite').click()
    await page.getByText(/sets the password of the account admin/).waitFor()
    await expect.poll(focused).toMatch(/^Whoever opens this link/)
    await page.getByRole('link', { name: `To the school (${CODE})` }).click()
    await heading(NAME).waitFor()
    schoolId = page.url().split('/').at(-1) ?? ''
  })

  it('opens a school with two requests, and changes what is written down', async () => {
    // The page before may still be asking.
    await page.goto('about:blank')
    const opened = await apiRequestsDuring(page, async () => {
      await page.goto(app(`/schools/${schoolId}`))
      await page.getByText('Running', { exact: true }).waitFor()
      await page.getByText(/^\d.* MB$/).waitFor()
    })
    expect(opened.sort()).toEqual([
      `GET /owner/schools/${schoolId}`,
      `GET /owner/schools/${schoolId}/status`,
    ])
    await expectAccessible(page)
    await button('Edit').click()
    await page.getByLabel('Subdomain').fill('owner-born')
    await button('Save').click()
    await page.getByText('The details are saved').waitFor()
    await page.getByText('owner-born', { exact: true }).waitFor()

    // Somebody else is quicker.
    browser.expectComplaint(/status of 412/)
    await button('Edit').click()
    await asOwner('PATCH', `/owner/schools/${schoolId}`, { group: 'Changed by another' })
    await page.getByLabel('Name of the school').fill(`${NAME} II`)
    await page.getByLabel('Name of the school').press('Enter')
    await page.getByText('Somebody changed this school meanwhile').waitFor()
    await expect
      .poll(async () => {
        const saveOver = button('Make my changes to them')
        if (await saveOver.isVisible()) await saveOver.click()
        return heading(`${NAME} II`).isVisible()
      })
      .toBe(true)
    await page.getByText('Changed by another').waitFor()
  })

  it('suspends, resumes and restarts, and says what the people there will see', async () => {
    // Somebody who is about to sign in.
    const visitor = await (await browser.newPerson()).newPage()
    await visitor.goto(`${system.url}/app/login?school=${CODE}`)
    await expect
      .poll(() => visitor.getByRole('combobox', { name: 'School' }).inputValue())
      .toContain(NAME)
    await button('Suspend').click()
    await dialog()
      .getByText(/nobody at Owner Born School II can sign in/)
      .waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await expect.poll(focused).toBe('Suspend')
    await button('Suspend').click()
    await dialog().getByRole('button', { name: 'Suspend' }).click()
    await button('Resume').waitFor()
    await expect.poll(focused).toBe('What you can do')

    browser.expectComplaint(/status of (404|410|503)/)
    await visitor.getByLabel('Username').fill('admin')
    await visitor.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await visitor.keyboard.press('Enter')
    await visitor
      .getByText(/cannot be signed in to|not available/)
      .first()
      .waitFor()
    await visitor.context().close()

    await button('Resume').click()
    await button('Restart').waitFor()
    await expect.poll(focused).toBe('What you can do')
    await button('Restart').click()
    await dialog().getByRole('button', { name: 'Restart' }).click()
    await page.getByRole('heading', { name: `${NAME} II runs again` }).waitFor()
  })

  it('shows why a job failed, at which step, and tries again', async () => {
    await page.getByRole('link', { name: 'To the school', exact: true }).click()
    await button('Upgrade').click()
    await dialog().getByLabel('Release').fill('-')
    await dialog().getByRole('button', { name: 'Upgrade' }).click()
    await dialog().getByText('The name or the id of a release', { exact: true }).waitFor()
    await dialog().getByLabel('Release').fill('no-such-release')
    await dialog().getByLabel('Release').press('Enter')
    await heading(`Upgrading ${NAME} II to no-such-release`).waitFor()
    const alert = page.getByRole('alert').filter({ hasText: 'It failed at: Find the release' })
    await alert.getByText(/no-such-release/).waitFor()
    expect((await stepStates(page))[0]).toBe('FAILED')
    await page
      .getByRole('group', { name: 'Log' })
      .getByText(/no-such-release/)
      .waitFor()
    await expectAccessible(page)
    const first = page.url()
    await button('Try again').click()
    await page.waitForURL((url) => url.href !== first)
    await alert.getByText(/no-such-release/).waitFor()
    await page.getByRole('link', { name: 'To the school', exact: true }).click()
    await page.getByRole('tab', { name: 'Jobs' }).click()
    await expect.poll(() => page.getByRole('row', { name: /Upgrade.*Failed/ }).count()).toBe(2)
  })

  it("follows a school's log live, stands still and goes on", async () => {
    await page.getByRole('tab', { name: 'Logs' }).click()
    await page.getByText('Live', { exact: true }).waitFor()
    const log = page.getByRole('region', { name: 'Log of the school' })
    const visit = (mark: string) => fetch(`${system.url}/proxy/${CODE}/${mark}`)
    await visit('seen-live')
    await log
      .getByText(/seen-live/)
      .first()
      .waitFor()
    await button('Pause').click()
    await page.getByText('Paused', { exact: true }).waitFor()
    await visit('behind-the-pause')
    await page.getByText(/^[1-9]\d* lines? since$/).waitFor()
    expect(await log.getByText(/behind-the-pause/).count()).toBe(0)
    await button('Go on').click()
    await log
      .getByText(/behind-the-pause/)
      .first()
      .waitFor()
  })

  it('archives and erases, once the code is typed, and shows the certificate', async () => {
    await page.getByRole('tab', { name: 'Overview' }).click()
    await button('Suspend').click()
    await dialog().getByRole('button', { name: 'Suspend' }).click()
    await button('Archive').click()
    await dialog().getByRole('button', { name: 'Archive' }).click()
    await page.getByRole('heading', { name: `${NAME} II is archived` }).waitFor()
    await page.getByRole('link', { name: 'To the school', exact: true }).click()
    await button('Erase').click()
    await dialog().getByLabel(`Type ${CODE} to go on`).fill('GVPS')
    await dialog().getByLabel(`Type ${CODE} to go on`).press('Enter')
    await dialog().getByText('This is not the code of the school').waitFor()
    await dialog().getByLabel(`Type ${CODE} to go on`).fill(CODE.toLowerCase())
    await dialog().getByLabel(`Type ${CODE} to go on`).press('Enter')
    await page.getByRole('heading', { name: /is erased$/ }).waitFor()
    await page.getByRole('link', { name: 'To the school', exact: true }).click()
    await page.getByRole('heading', { name: 'Certificate of erasure' }).waitFor()
    await page
      .getByText(/found: 0/)
      .first()
      .waitFor()
    await expectAccessible(page)
  })

  it('tells all of it in the audit', async () => {
    const opened = await apiRequestsDuring(page, async () => {
      await page.goto(app(`/audit?school=${CODE}`))
      await page.getByText(/^1–\d+ of \d+$/).waitFor()
    })
    expect(opened).toEqual(['GET /owner/audit'])
    const told = await page.locator('tbody tr th').allTextContents()
    for (const action of ['registered', 'set up', 'suspended', 'resumed', 'restarted', 'upgraded'])
      expect(told.join()).toContain(`School ${action}`)
    for (const action of ['changed', 'archived', 'erased'])
      expect(told.join()).toContain(`School ${action}`)
    expect(told).toContain('Administrator invited')
    await expectAccessible(page)
    await page.getByLabel('Action').selectOption('School suspended')
    await page.getByText('1–2 of 2').waitFor()
    await page.getByLabel('To, that day included').fill('2020-01-01')
    await page.getByText('Nothing fits these filters.').waitFor()
    await button('Clear').click()
    await page.getByText(/^1–50 of \d+$/).waitFor()
    await button('Next').click()
    await page.getByText(/^51–100 of \d+$/).waitFor()
    await page.getByLabel('Action').selectOption('Sign-in refused')
    await page
      .getByText('nobody signed in')
      .or(page.getByText(system.owner.email))
      .first()
      .waitFor()
  })

  it('says what is wrong while the server is away, and comes back', async () => {
    browser.expectComplaint(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/)
    await page.goto(app('?q=OWNX'))
    await page.getByText(`1–50 of ${MANY}`).waitFor()
    await page.route('**/owner/schools?*', (route) => route.abort())
    await button('Registered (300)').click()
    await page
      .getByText('The server cannot be reached. Check your connection.')
      .waitFor({ timeout: 20_000 })
    await expectAccessible(page)
    await page.unroute('**/owner/schools?*')
    await button('Try again').click()
    await page.getByText(`1–50 of ${MANY}`).waitFor()
  })

  it('is for phones, in the dark, in Hindi', async () => {
    const { items } = await asOwner<{ items: { id: string }[] }>(
      'GET',
      `/owner/schools?q=Donaudampf&limit=1`,
    )
    const jobs = await asOwner<{ items: { id: string }[] }>(
      'GET',
      `/owner/schools/${schoolId}/jobs?limit=1`,
    )
    const phone = await browser.newPerson({
      viewport: PHONE,
      colorScheme: 'dark',
      locale: 'hi-IN',
      storageState: await person.storageState(),
    })
    const small = await phone.newPage()
    const look = async (path: string, title: string | RegExp) => {
      await small.goto(app(path))
      await small.getByRole('heading', { level: 1, name: title }).waitFor()
      await small.locator('[aria-busy="true"]').waitFor({ state: 'detached' })
      await expectFits(small)
      await expectAccessible(small)
    }
    await look('?q=OWNX00', 'विद्यालय')
    await small.getByText('10 में से 1–10').waitFor()
    await small.getByLabel('क्रम').selectOption('नाम, बढ़ता हुआ')
    await small.getByRole('link', { name: /^Donaudampf/ }).waitFor()
    await expectFits(small)
    await look('/schools/new', 'विद्यालय जोड़ें')
    await look(`/schools/${items[0]?.id}`, /^Donaudampf/)
    await look(`/schools/${schoolId}?tab=jobs`, CODE)
    await look(`/schools/${items[0]?.id}?tab=logs`, /^Donaudampf/)
    await look(`/jobs/${jobs.items[0]?.id}`, /को मिटाना/)
    await look('/audit', 'ऑडिट')
    await small.setViewportSize(DESKTOP)
    await look('?q=OWNX00', 'विद्यालय')
    await phone.close()
  })
})

/** Notes every state of the steps that the page shows, from now on until it is loaded anew. */
const watchSteps = (page: Page) =>
  page.evaluate(() => {
    const seen: string[] = []
    Object.assign(globalThis, { stepsSeen: seen })
    new MutationObserver(() => {
      const states = [...document.querySelectorAll<HTMLElement>('[data-step]')].map(
        ({ dataset }) => dataset['status'],
      )
      if (states.length === 0) return
      const text = states.every((state) => state === 'SUCCEEDED')
        ? `SUCCEEDED×${states.length}`
        : states.join()
      if (seen.at(-1) !== text) seen.push(text)
    }).observe(document.body, { subtree: true, childList: true, attributes: true })
  })

const stepsSeen = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { stepsSeen: string[] }).stepsSeen)

const stepStates = (page: Page) =>
  page.locator('[data-step]').evaluateAll((nodes) => nodes.map((node) => node.dataset['status']))
