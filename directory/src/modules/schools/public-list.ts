import { createHash } from 'node:crypto'

/** A list of schools as it goes out. */
export interface PublicList {
  body: Buffer
  /** Strong: the same bytes. */
  etag: string
}

interface Listed {
  code: string
  name: string
  listed: boolean
}

/** The public list as bytes, made once a change, and parts of it by search. */
export function createPublicList(schools: () => Iterable<Listed>) {
  const collator = new Intl.Collator('und', { numeric: true })
  let known:
    { sorted: { code: string; name: string }[]; folded: string[]; whole: PublicList } | undefined

  function build() {
    const sorted = [...schools()]
      .filter((school) => school.listed)
      .map(({ code, name }) => ({ code, name }))
      .sort((a, b) => collator.compare(a.name, b.name) || (a.code < b.code ? -1 : 1))
    return {
      sorted,
      folded: sorted.map(({ code, name }) => fold(`${name}\n${code}`)),
      whole: toList(sorted),
    }
  }

  return {
    /** Built again when it is next asked for. */
    forget: () => (known = undefined),
    /** @param q part of a name or code, in any case and with or without accents */
    read(q?: string): PublicList {
      const { sorted, folded, whole } = (known ??= build())
      if (q === undefined) return whole
      const wanted = fold(q)
      return toList(sorted.filter((_, i) => folded[i]?.includes(wanted)))
    },
  }
}

const fold = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()

function toList(schools: readonly { code: string; name: string }[]): PublicList {
  const body = Buffer.from(JSON.stringify(schools))
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` }
}
