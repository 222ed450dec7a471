import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '#src/lib/i18n/i18n.ts'

const folder = import.meta.dirname
const namespaces = readdirSync(join(folder, 'en')).map((file) => file.replace('.json', ''))
const others = Object.keys(LANGUAGES).filter((language) => language !== 'en')

/** Every text by its path: `nav.today` → `Today`. */
function textsOf(language: string, namespace: string): Map<string, string> {
  const texts = new Map<string, string>()
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'string') return void texts.set(path, value)
    for (const [key, inner] of Object.entries(value as object))
      walk(inner, path ? `${path}.${key}` : key)
  }
  walk(JSON.parse(readFileSync(join(folder, language, `${namespace}.json`), 'utf8')), '')
  return texts
}

const placeholdersOf = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name)

/** `<0>…</0>`: where components go. */
const slotsOf = (text: string) => [...text.matchAll(/<\/?(\w+)\s*\/?>/g)].map(([tag]) => tag).sort()

describe.each(others)('the texts in %s', (language) => {
  it('come in the same files as the English ones', () => {
    const files = readdirSync(join(folder, language)).map((file) => file.replace('.json', ''))
    expect(files.sort()).toEqual(namespaces.toSorted())
  })

  it.each(namespaces)('of %s have the same keys, placeholders and slots', (namespace) => {
    const english = textsOf('en', namespace)
    const translated = textsOf(language, namespace)
    expect([...translated.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [key, text] of english) {
      const other = translated.get(key) ?? ''
      expect(other.trim(), key).not.toBe('')
      expect(new Set(placeholdersOf(other)), key).toEqual(new Set(placeholdersOf(text)))
      expect(slotsOf(other), key).toEqual(slotsOf(text))
    }
  })
})
