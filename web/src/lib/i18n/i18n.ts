import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { keep } from '../keep.ts'

/** Languages by their own names. A further one is a folder in `locales/` and a line here. */
export const LANGUAGES = { en: 'English', hi: 'हिन्दी' } as const
export type Language = keyof typeof LANGUAGES

const CHOSEN = 'usms:language'

const isLanguage = (text: string): text is Language => Object.hasOwn(LANGUAGES, text)

/** Chosen before, or else the first of the browser's that we speak. */
function preferredLanguage(): Language {
  const chosen = localStorage.getItem(CHOSEN)
  const wanted = [...(chosen ? [chosen] : []), ...navigator.languages]
  return wanted.map((tag) => tag.split('-')[0] ?? '').find(isLanguage) ?? 'en'
}

const texts = import.meta.glob<Record<string, unknown>>('../../locales/*/*.json', {
  import: 'default',
})

/** Resolves when the texts that every page needs are there. */
export async function startI18n(): Promise<i18n> {
  const i18n = i18next
    .use({
      type: 'backend',
      read: (language: string, namespace: string) =>
        texts[`../../locales/${language}/${namespace}.json`]?.() ??
        Promise.reject(new Error(`No texts ${language}/${namespace}`)),
    })
    .use(initReactI18next)
  await i18n.init({
    lng: preferredLanguage(),
    // Every language is complete (locales.test.ts), so none is loaded twice.
    fallbackLng: false,
    supportedLngs: Object.keys(LANGUAGES),
    ns: ['common'],
    defaultNS: 'common',
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  })
  const show = (language: string) => document.documentElement.setAttribute('lang', language)
  show(i18n.language)
  i18n.on('languageChanged', show)
  return i18n
}

export async function chooseLanguage(i18n: i18n, language: Language): Promise<void> {
  keep(localStorage, CHOSEN, language)
  await i18n.changeLanguage(language)
}
