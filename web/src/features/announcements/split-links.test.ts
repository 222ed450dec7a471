import { describe, expect, it } from 'vitest'
import { splitLinks } from './split-links.ts'

const links = (text: string) => splitLinks(text).flatMap(({ href }) => (href ? [href] : []))

describe('splitLinks', () => {
  it('leaves out nothing of the text', () => {
    const text = 'See https://a.example/x, or (http://b.example/y).\n\nThen come.'
    expect(
      splitLinks(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text)
    expect(links(text)).toEqual(['https://a.example/x', 'http://b.example/y'])
  })

  it('makes a link of http and https alone', () => {
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,<script>1</script>',
      'ftp://a.example/x',
      'www.a.example',
      'https://',
      'no address at all',
      '',
    ])
      expect(links(text), text).toEqual([])
  })

  it('ends an address before whatever could end an attribute', () => {
    expect(links('https://a.example/"onmouseover="x')).toEqual(['https://a.example/'])
    expect(links('<https://a.example/x>')).toEqual(['https://a.example/x'])
  })
})
