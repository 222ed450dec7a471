import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Releases for tests, beside the one of this source tree. */

const releaseDir = (dataDir: string, id: string) => join(dataDir, 'releases', id)

/** The same program under another id: to whoever runs it another release. */
export async function copyRelease(
  dataDir: string,
  from: string,
  id: string,
  description?: { version: string; schemaLevel: string | null },
): Promise<string> {
  await cp(releaseDir(dataDir, from), releaseDir(dataDir, id), { recursive: true })
  if (description)
    await writeFile(join(releaseDir(dataDir, id), 'release.json'), JSON.stringify(description))
  return id
}

const BROKEN = {
  /** Ends before it listens. */
  dies: `console.error('no such luck'); process.exit(3)`,
  /** Listens, and is well for nobody. */
  ill: `
    import { createServer } from 'node:http'
    const server = createServer((req, res) => res.writeHead(503).end())
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      process.send({ type: 'listening', port, internalPort: port })
    })
    process.on('disconnect', () => process.exit())
    process.on('SIGTERM', () => process.exit())`,
}

export async function addBrokenRelease(dataDir: string, id: keyof typeof BROKEN): Promise<string> {
  await mkdir(releaseDir(dataDir, id), { recursive: true })
  await writeFile(join(releaseDir(dataDir, id), 'main.mjs'), BROKEN[id])
  return id
}
