import type { Page, Request } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { startHostileSchool } from './testing/hostile-school.ts'
import { makeSchool, type School } from './testing/school.ts'
import { signInPage } from './testing/sign-in-page.ts'
import { e2e } from './testing/suite.ts'

e2e('walls between schools in one browser', ({ system, browser }) => {
  let east: School
  let west: School
  beforeAll(async () => {
    east = await makeSchool(system, 'EAST', 'Eastern Lighthouse')
    west = await makeSchool(system, 'WEST', 'Western Observatory')
    await east.addPerson('students', { username: 'same', firstName: 'Esther' })
    await west.addPerson('students', { username: 'same', firstName: 'Wendy' })
  })

  it('lets nothing of two schools in two tabs cross: cookies, tokens, storage, requests, pages', async () => {
    const person = await browser.newPerson()
    const enter = async (school: School) => {
      const page = await person.newPage()
      const seen: Request[] = []
      page.on('request', (request) => seen.push(request))
      await page.goto(`${system.url}/app/login?school=${school.code}`)
      await signInPage(page).signIn('same', { as: 'Student' })
      await page.waitForURL(school.page())
      await page.getByRole('button', { name: /^Account of/ }).click()
      await page.getByRole('menuitem', { name: 'My account' }).click()
      await page.getByText('This device').first().waitFor()
      return { page, seen, school }
    }
    const [inEast, inWest] = [await enter(east), await enter(west)]
    // Both are used in turns.
    for (const { page } of [inEast, inWest]) {
      await page.reload()
      await page.getByText('This device').first().waitFor()
    }

    const cookies = await person.cookies(
      ['EAST', 'WEST'].map((code) => `${system.url}/proxy/${code}/auth/refresh`),
    )
    expect(cookies.map(({ name, path }) => ({ name, path }))).toEqual(
      expect.arrayContaining([
        { name: 'rt_east', path: '/proxy/EAST/auth' },
        { name: 'rt_west', path: '/proxy/WEST/auth' },
      ]),
    )
    expect(cookies).toHaveLength(2)
    for (const cookie of cookies)
      expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' })

    const secrets = cookies.map(({ value }) => value)
    for (const [own, other] of [
      [inEast, inWest],
      [inWest, inEast],
    ] as const) {
      const tokens = new Set<string>()
      for (const request of own.seen) {
        const headers = await request.allHeaders()
        if (headers['authorization']) tokens.add(headers['authorization'].replace('Bearer ', ''))
        expect(request.url()).not.toContain(`/proxy/${other.school.code}`)
        expect(headers['cookie'] ?? '').not.toContain(`rt_${other.school.code.toLowerCase()}`)
      }
      expect(tokens.size).toBeGreaterThan(0)
      const [token = ''] = tokens
      const me = (code: string) =>
        fetch(`${system.url}/proxy/${code}/auth/me`, {
          headers: { authorization: `Bearer ${token}` },
        })
      expect((await me(own.school.code)).status).toBe(200)
      expect((await me(other.school.code)).status).toBe(401)
      secrets.push(...tokens)

      const html = await own.page.content()
      expect(html).toContain(own.school.name)
      expect(html).not.toContain(other.school.name)
    }

    for (const { page, seen } of [inEast, inWest]) {
      // No token lies where a script, or the next user of this computer, finds it; and none stands in an address.
      const kept = await keptBy(page)
      const bodies = await Promise.all(seen.filter(isAboutSignIn).map(bodyOf))
      expect(bodies.length).toBeGreaterThan(1)
      for (const secret of secrets) {
        expect(kept).not.toContain(secret)
        for (const request of seen) expect(request.url()).not.toContain(secret)
      }
      for (const secret of cookies.map(({ value }) => value))
        for (const body of bodies) expect(body).not.toContain(secret)
    }

    // Leaving one is not leaving the other.
    await inEast.page.getByRole('button', { name: /^Account of/ }).click()
    await inEast.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await inEast.page.waitForURL(`${system.url}/app/login?school=EAST`)
    await inWest.page.reload()
    await inWest.page.getByText('This device').first().waitFor()
    await person.close()
  })

  it('follows no address to anything but a school', async () => {
    browser.expectComplaint(/the server responded with a status of 401/)
    const person = await browser.newPerson()
    await east.signIn(person, { username: 'same' })
    const page = await person.newPage()
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') asked.push(new URL(request.url()).pathname)
    })
    await page.goto(`${system.url}/app/no/such/page`)
    // Within the application, where no server looks at the address first.
    for (const path of ['..%2Fowner', '%2E%2E%2Fowner', 'EAST%2F..%2FWEST', 'x'.repeat(17)]) {
      await page.evaluate((to) => {
        history.pushState(null, '', to)
        dispatchEvent(new PopStateEvent('popstate'))
      }, `/app/school/${path}/account`)
      await page.waitForURL(`${system.url}/app/login`)
    }
    expect(asked).toEqual([])
    // In small letters it is the same school, with the same cookie.
    await page.goto(`${system.url}/app/school/east/account`)
    await page.getByText('This device').first().waitFor()
    expect(page.url()).toBe(east.page('/account'))
    await person.close()
  })

  it('runs no script of a page that a school answers with, and shows it no cookie and no storage', async () => {
    const hostile = await startHostileSchool(
      `<!doctype html><title>Hostile</title><h1>Hostile</h1>
       <script>document.title = 'ran inline'</script><script src="/proxy/HOSTILE/x.js"></script>
       <img src="/nothing" onerror="document.title = 'ran a handler'">
       <iframe srcdoc="<script>parent.document.title = 'ran in a frame'</script>"></iframe>
       <form action="/proxy/HOSTILE/y" method="post"><button>Send</button></form>`,
    )
    // That they are held back is said in the console.
    browser.expectComplaint(/Blocked script execution|Blocked form submission|sandbox/)
    browser.expectComplaint(/status of 404/)
    const person = await browser.newPerson()
    try {
      const page = await person.newPage()
      await page.goto(`${hostile.url}/app/`)
      // What the application keeps at this origin.
      await page.evaluate(() => {
        document.cookie = 'readable=yes'
        localStorage.setItem('usms:last-school', 'EAST')
      })
      const answer = await page.goto(hostile.url + hostile.path)
      expect(answer?.headers()['content-type']).toContain('text/html')
      expect(answer?.headers()['content-security-policy']).toBe('sandbox')
      await page.getByRole('heading', { name: 'Hostile' }).waitFor()
      await page.waitForLoadState('networkidle')
      expect(await page.title()).toBe('Hostile')
      // Even a script that got in would be one of an origin of its own, without anything of ours.
      expect(await page.evaluate(() => window.origin)).toBe('null')
      for (const read of ['document.cookie', 'localStorage.length', 'sessionStorage.length'])
        await expect(page.evaluate(read)).rejects.toThrow(/sandbox|denied/i)
    } finally {
      await person.close()
      await hostile.stop()
    }
  })
})

const isAboutSignIn = (request: Request) => /\/auth\/(login|refresh)$/.test(request.url())

async function bodyOf(request: Request): Promise<string> {
  const answer = await request.response()
  return answer ? await answer.text().catch(() => '') : ''
}

/** Everything that the page's own scripts could read or have left. */
const keptBy = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const databases = await indexedDB.databases()
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      history.state,
      databases,
      await caches.keys(),
    ])
  })
