/**
 * Makes the Prisma clients of both services (`npm run generate`; also after every install). The CLI insists on a schema engine it
 * never runs for this and would download one from its vendor: any executable satisfies it.
 */
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const cli = createRequire(import.meta.url).resolve('prisma/build/index.js')
for (const service of ['directory', 'school-api']) {
  try {
    execFileSync(process.execPath, [cli, 'generate', '--no-hints'], {
      cwd: fileURLToPath(new URL(`../${service}`, import.meta.url)),
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer }
    console.error(`The Prisma client of ${service} could not be made:\n${stdout}${stderr}`)
    process.exit(1)
  }
}
