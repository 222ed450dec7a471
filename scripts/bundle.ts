/** `node scripts/bundle.ts IMAGE FOLDER`: the programs of an image, each one file. Run by infra/Dockerfile. */
import { join } from 'node:path'
import { bundleProgram } from '@usms/service-kit/build/bundle-program'

const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'school-api': { main: 'school-api/src/main.ts', probe: 'school-api/src/probe-main.ts' },
  provisioner: {
    main: 'directory/src/worker.ts',
    setup: 'scripts/compose/setup.ts',
    demo: 'scripts/compose/demo.ts',
    rekey: 'directory/src/rekey.ts',
  },
  directory: { main: 'directory/src/main.ts' },
}

const root = join(import.meta.dirname, '..')
const [image = '', folder = ''] = process.argv.slice(2)
const programs = PROGRAMS[image]
if (!programs || folder === '')
  throw new Error(`Usage: node scripts/bundle.ts <${Object.keys(PROGRAMS).join('|')}> FOLDER`)

for (const [name, entry] of Object.entries(programs))
  await bundleProgram({
    root,
    entry,
    outFile: join(folder, `${name}.mjs`),
    // Bundling is for schools that run as processes.
    external: ['esbuild'],
    // What dockerode would reach an engine by over SSH, and build images with.
    without: ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader'],
  })
