import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Encoding } from '#src/http/accepted-encoding.ts'

/** A list of schools as it goes out. */
export interface PublicList extends ListBytes {
  /** Made when it is first asked for that way, and kept. */
  compressed(encoding: Encoding): Promise<ListBytes>
}

export interface ListBytes {
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
  let last: PublicList | undefined

  /** Most changes of schools are none of their names: what is compressed already stays. */
  function keepOrReplace(body: Buffer): PublicList {
    if (!last?.body.equals(body)) last = toList(body)
    return last
  }

  function build() {
    const sorted = [...schools()]
      .filter((school) => school.listed)
      .map(({ code, name }) => ({ code, name }))
      .sort((a, b) => collator.compare(a.name, b.name) || (a.code < b.code ? -1 : 1))
    return {
      sorted,
      folded: sorted.map(({ code, name }) => fold(`${name}\n${code}`)),
      whole: keepOrReplace(toBody(sorted)),
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
      return toList(toBody(sorted.filter((_, i) => folded[i]?.includes(wanted))))
    },
  }
}

const fold = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()

const COMPRESS: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  // One below where it begins to take twenty times as long for a tenth less.
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 9,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body) => promisify(gzip)(body, { level: 9 }),
}

const toBody = (schools: readonly { code: string; name: string }[]) =>
  Buffer.from(JSON.stringify(schools))

function toList(body: Buffer): PublicList {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 27)
  const made = new Map<Encoding, Promise<ListBytes>>()
  const make = async (encoding: Encoding) => ({
    body: await COMPRESS[encoding](body),
    etag: `"${hash}-${encoding}"`,
  })
  return {
    body,
    etag: `"${hash}"`,
    compressed(encoding) {
      const making = made.get(encoding) ?? make(encoding)
      made.set(encoding, making)
      return making
    },
  }
}
