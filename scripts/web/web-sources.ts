import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Which files of which folders the front end is built from. */
const SOURCES: readonly { dir: string; take: (path: string) => boolean }[] = [
  { dir: 'web', take: (path) => !/\.test\.tsx?$|^e2e\//.test(path) },
  // Its types, and perhaps more, come from the contracts.
  { dir: 'directory/src', take: (path) => path.endsWith('.schema.ts') },
  { dir: 'school-api/src', take: (path) => path.endsWith('.schema.ts') },
]

/** What else decides over the outcome: the versions of the libraries, what the compiler is told. */
const ALSO = ['package-lock.json', 'tsconfig.json']

/** @returns another text for every other set of sources */
export async function fingerprintOf(root: string): Promise<string> {
  const lists = await Promise.all(
    SOURCES.map(async ({ dir, take }) => {
      const files = await filesBelow(join(root, dir))
      return files
        .filter((file) => take(relative(join(root, dir), file)))
        .map((file) => relative(root, file))
    }),
  )
  const paths = [...lists.flat(), ...ALSO].sort()
  const hash = createHash('sha256')
  const contents = await Promise.all(paths.map((path) => readFile(join(root, path))))
  for (const [i, path] of paths.entries()) {
    const content = contents[i] ?? Buffer.alloc(0)
    // With its length: no file's end reads as the beginning of the next one's name.
    hash.update(`${path}\n${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

async function filesBelow(dir: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (/^(?:\.|node_modules$|dist$|generated$)/.test(entry.name)) continue
    const path = join(dir, entry.name)
    if (entry.isDirectory()) found.push(...(await filesBelow(path)))
    else if (entry.isFile()) found.push(path)
  }
  return found
}
