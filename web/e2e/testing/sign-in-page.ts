import type { Locator, Page } from 'playwright-core'
import { PASSWORD } from './school.ts'

type Tab = 'Teacher' | 'Student' | 'Parent' | 'Staff'

/** The sign-in page in English, as somebody uses it. */
export interface SignInPage {
  school: Locator
  username: Locator
  password: Locator
  teacherId: Locator
  button: Locator
  tab(name: Tab): Locator
  /** Fills in who one is and sends it. */
  signIn(username: string, options?: { as?: Tab; password?: string }): Promise<void>
}

export function signInPage(page: Page): SignInPage {
  const username = page.getByLabel('Username')
  const password = page.getByLabel('Password', { exact: true })
  const tab = (name: Tab) => page.getByRole('radio', { name })
  return {
    school: page.getByRole('combobox', { name: 'School' }),
    username,
    password,
    teacherId: page.getByLabel('Teacher ID'),
    button: page.getByRole('button', { name: 'Sign in' }),
    tab,
    async signIn(name, { as, password: typed = PASSWORD } = {}) {
      if (as) await page.getByText(as, { exact: true }).click()
      await username.fill(name)
      await password.fill(typed)
      await password.press('Enter')
    },
  }
}

/** The name of what has the focus: of a field its label's. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement
    return at instanceof HTMLInputElement
      ? (at.labels?.[0]?.textContent ?? '')
      : (at?.textContent ?? '')
  })
