import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { ConfigError } from '@usms/service-kit/config'
import type { Encoding } from '#src/http/accepted-encoding.ts'
import { createPage, type Page } from './page.ts'

/** The built front end, whole in memory: a few megabytes. */
export interface FrontEnd {
  page: Page
  /** By path below the folder, as `assets/index-B1x2.js`: what is served as it lies there. */
  files: ReadonlyMap<string, StaticFile>
}

export interface StaticFile {
  plain: Buffer
  /** What the build laid beside it, compressed. */
  encoded: Partial<Record<Encoding, Buffer>>
}

const PAGE = 'index.html'
const TWINS: Record<Encoding, string> = { br: '.br', gzip: '.gz' }

/**
 * Reads the folder once. Nothing of a request ever becomes a path on the disk, and a build that replaces the folder takes no file
 * from under the page that names it.
 * @throws ConfigError when it holds no page that can be filled in
 */
export async function readFrontEnd(dir: string): Promise<FrontEnd> {
  const found = await readAll(dir).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([`WEB_DIR: ${dir} cannot be read (${error.code})`])
  })
  const page = createPage(String(found.get(PAGE) ?? ''))
  if (!page)
    throw new ConfigError([`WEB_DIR: ${join(dir, PAGE)} is not the page of a built front end`])
  const files = new Map<string, StaticFile>()
  for (const [path, plain] of found) {
    if (path === PAGE || isTwin(path, found)) continue
    const [br, gzip] = [found.get(path + TWINS.br), found.get(path + TWINS.gzip)]
    files.set(path, { plain, encoded: { ...(br && { br }), ...(gzip && { gzip }) } })
  }
  return { page, files }
}

const isTwin = (path: string, found: ReadonlyMap<string, Buffer>) =>
  Object.values(TWINS).some(
    (ending) => path.endsWith(ending) && found.has(path.slice(0, -ending.length)),
  )

/** Without what begins with a dot: the bundler and whoever built keep notes there. */
async function readAll(dir: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(?:^|\/)\./.test(path))
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(dir, path))] as const)),
  )
}
